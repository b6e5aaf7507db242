import CaptureLog
import DiscordREST
import DiscordSimulator
import DiscordVoice
import FoundationEssentials
import SystemPackage
import TestSupport
import Testing

@testable import Recorder

@Suite("Recording", .timeLimit(.minutes(1)))
struct RecordingTests {
  @Test("Packets, events, keys and names are in one capture, with its zero and its end")
  func capture() async throws {
    let studio = try Studio()
    let recording = try await studio.recorder().start(studio.options)
    let stay = try studio.stay
    stay.voiceState(11, in: UInt64(studio.ids.voice), name: "ada")
    stay.voiceState(12, in: UInt64(studio.ids.voice), name: "robot", bot: true)
    await stay.epoch(1, users: [11, 12, studio.bot])
    stay.observer.handle(.speaking(connection: 0, user: 11, ssrc: 500, flags: 1))
    for number in 0..<50 { stay.packet(UInt16(number), ssrc: 500) }
    recording.mark("a good moment")
    studio.pass(.seconds(1), recording)
    let status = recording.status
    #expect(status.connection == .connected)
    #expect(status.encryption == .on(epoch: 1, privacyCode: "12345"))
    #expect(status.speakers.map(\.name) == ["ada", "robot"])
    #expect(status.speakers.map(\.isBot) == [false, true])
    #expect(status.speakers[0].packets == 50)
    #expect(status.elapsed == .seconds(1))
    #expect(status.channelName == "Listening Room")
    let end = await recording.stop(reason: "signal")
    #expect(end.reason == .stopped)
    #expect(end.exitCode == 0)
    #expect(end.isComplete)
    let kinds = try Studio.events(end.capture).map(\.kind)
    for kind in [
      "recorder", "notice", "voice_server", "connection", "participant", "dave_epoch", "speaking",
      "mark", "leave",
    ] {
      #expect(kinds.contains(kind), "\(kind)")
    }
    #expect(try Studio.payloads(LeaveEvent.self, end.capture).map(\.reason) == ["signal"])
    let keys = try CaptureKeys.open(end.capture, with: [studio.key])
    #expect(keys.transport(0).count == 1)
    #expect(keys.senderUsers == ["11", "12", "\(studio.bot)"].sorted())
    #expect(keys.profiles["11"] == ProfileNames(username: "ada"))
    #expect(keys.profiles["12"]?.isBot == true)
    // Ids only outside of the key log.
    let texts = try Studio.events(end.capture).map {
      $0.message + String(decoding: $0.data, as: UTF8.self)
    }
    #expect(!texts.contains { $0.contains("ada") })
    let session = try CaptureSession.read(end.capture)
    #expect(session.channelName == "Listening Room")
    #expect(session.guildName == "Tape Club")
    #expect(try CaptureReader(opening: end.capture).isComplete)
  }

  @Test("Cameras are noted, and their packets counted and not stored")
  func video() async throws {
    let studio = try Studio()
    let recording = try await studio.recorder().start(studio.options)
    let stay = try studio.stay
    let voice = UInt64(studio.ids.voice)
    stay.voiceState(11, in: voice, name: "ada")
    stay.observer.handle(.speaking(connection: 0, user: 11, ssrc: 500, flags: 1))
    stay.voiceState(11, in: voice, name: "ada", camera: true)
    // Op 12 names two; a third has the payload type of H.264.
    stay.observer.handle(.videoSSRC(connection: 0, user: 11, ssrcs: [501, 502]))
    for number in 0..<10 as Range<UInt16> {
      stay.packet(number, ssrc: 500)
      for ssrc in [501, 502] as [UInt32] { stay.packet(number, ssrc: ssrc) }
      stay.packet(number, ssrc: 503, type: 101)
    }
    stay.voiceState(11, in: voice, name: "ada")
    studio.pass(.seconds(1), recording)
    #expect(MetricsText.text([recording.status]).contains("kind=\"video\"} 30"))
    let end = await recording.stop()
    #expect(end.status.packets == 10 && end.status.counted["video"] == 30)
    let states = try Studio.payloads(ParticipantEvent.self, end.capture).map(\.state)
    #expect(states == ["joined", "camera_on", "camera_off"])
    let drops = try Studio.payloads(DropsEvent.self, end.capture)
    #expect(drops.map(\.where) == ["video"] && drops.map(\.packets) == [30])
    var reader = try CaptureReader(opening: end.capture)
    var stored = 0
    while let record = try reader.next() { if case .packet = record { stored += 1 } }
    #expect(stored == 10)
  }

  @Test("Reconnects are gaps with their causes in the same capture; numbers go on over a resume")
  func gaps() async throws {
    let studio = try Studio()
    let recorder = studio.recorder()
    var options = studio.options
    // Discord makes us wait for a third nickname, and the clock stands still.
    options.notice?.nicknamePrefix = nil
    let recording = try await recorder.start(options)
    var stay = try studio.stay
    stay.observer.handle(.disconnected(connection: 0, code: 4006, cause: "close_4006"))
    studio.pass(.seconds(3), recording)
    #expect(recording.status.connection == .reconnecting("close_4006"))
    await stay.connect(1)
    stay.observer.handle(.disconnected(connection: 1, code: nil, cause: "network"))
    studio.pass(.milliseconds(500), recording)
    stay.observer.handle(.resumed(connection: 1))
    #expect(recording.status.connection == .connected)
    #expect(recording.status.reconnects == ["close_4006": 1, "network": 1])
    let capture = await recording.stop().capture
    let gaps = try Studio.payloads(GapEvent.self, capture)
    #expect(gaps.map(\.state) == ["begins", "ends", "begins", "ends"])
    #expect(gaps.map(\.cause) == ["close_4006", "close_4006", "network", "network"])
    #expect(gaps.compactMap(\.milliseconds) == [3000, 500])

    options.resume = capture
    let second = try await recorder.start(options)
    stay = try studio.stay
    #expect(stay.configuration.firstConnection == 2)
    #expect(second.folder == capture)
    await second.stop()
    let connections = try Studio.payloads(ConnectionEvent.self, capture).map(\.connection)
    #expect(connections == [0, 1, 2])
    #expect(try Studio.payloads(RecorderEvent.self, capture).map(\.resumed) == [false, true])
    let keys = try CaptureKeys.open(capture, with: [studio.key])
    #expect((0..<3).allSatisfy { keys.transport($0).count == 1 })
  }

  @Test("A second recorder of the guild is refused, and leaves no trace")
  func second() async throws {
    let studio = try Studio()
    var options = studio.options
    options.notice?.nicknamePrefix = nil
    let recording = try await studio.recorder().start(options)
    let error = await #expect(throws: RecorderError.self) {
      try await studio.recorder().start(studio.options)
    }
    #expect(error?.exitCode == 69)
    #expect(studio.posts(in: studio.ids.voice).count == 1)
    await recording.stop()
    studio.host.advance(.seconds(1))
    let again = try await studio.recorder().start(options)
    await again.stop()
    #expect(try studio.folder.names(in: "captures").count == 2)
  }

  @Test(
    "Not joined: the capture and the notice are taken back, with the exit code of the cause",
    arguments: [
      (.channelFull, .channelFull, 69), (.notPermitted, .notPermitted, 77),
      (.daveRequired, .encryptionRequired, 69), (.rateLimited, .refused, 69),
      (.refused, .internal, 70), (.notJoined, .temporary, 75),
    ] as [(VoiceEnd.Reason, RecorderError.Code, Int32)])
  func notJoined(reason: VoiceEnd.Reason, code: RecorderError.Code, exitCode: Int32) async throws {
    let studio = try Studio()
    studio.prepareStays { $0.refuse(VoiceEnd(reason, "no")) }
    let error = await #expect(throws: RecorderError.self) {
      try await studio.recorder().start(studio.options)
    }
    #expect(error?.code == code)
    #expect(error?.exitCode == exitCode)
    #expect(try studio.folder.names(in: "captures") == [])
    #expect(studio.posts(in: studio.ids.voice) == [])
    #expect(studio.nick == nil)
  }

  @Test(
    "Refused while it records: the reason and the exit code are those of the cause",
    arguments: [
      (.channelFull, .channelFull, 69), (.daveRequired, .encryptionRequired, 69),
      (.rateLimited, .refused, 69), (.refused, .failed, 70), (.notPermitted, .notPermitted, 77),
    ] as [(VoiceEnd.Reason, RecordingEnd.Reason, Int32)])
  func refused(reason: VoiceEnd.Reason, ends: RecordingEnd.Reason, exitCode: Int32) async throws {
    let studio = try Studio()
    let recording = try await studio.recorder().start(studio.options)
    try studio.stay.finish(VoiceEnd(reason, "no"))
    let end = await recording.end()
    #expect(end.reason == ends)
    #expect(end.exitCode == exitCode)
    #expect(end.isComplete)
  }

  @Test("A capture goes on with other keys: each part opens by its own, and it is told")
  func otherRecipients() async throws {
    let studio = try Studio()
    var options = studio.options
    options.notice = nil
    let first = try await studio.recorder().start(options)
    await (try studio.stay).epoch(1, users: [11])
    options.resume = await first.stop().capture
    let other = try OperatorKey.generate()
    options.recipients = [other.publicKey]
    let second = try await studio.recorder().start(options)
    await (try studio.stay).epoch(2, connection: 1, users: [11])
    let end = await second.stop()
    #expect(
      try CaptureSession.read(end.capture).recipients == [studio.key.publicKey.id, other.id])
    func epochs(_ key: OperatorKey) throws -> [UInt64] {
      try CaptureKeys.open(end.capture, with: [key]).senders("11").map(\.epoch)
    }
    #expect(try epochs(studio.key) == [1])
    #expect(try epochs(other) == [2])
    let warning = try #require(end.status.warnings.first)
    #expect(warning.contains("before does not open with \(other.id)"))
    #expect(warning.contains("from now on does not open with \(studio.key.id)"))
    // With the same keys there is nothing to tell.
    options.recipients = [studio.key.publicKey, other.publicKey]
    let third = try await studio.recorder().start(options)
    #expect(await third.stop().status.warnings == [])
  }

  @Test("Warnings of the time before anybody listens go to the first who does")
  func earlyWarnings() async throws {
    let studio = try Studio()
    studio.prepareStays { $0.observer.handle(.unknown(op: 99, isBinary: false)) }
    let recording = try await studio.recorder().start(studio.options)
    var updates = recording.updates.makeAsyncIterator()
    guard case .warning(let text) = await updates.next() else {
      Issue.record("no warning")
      return
    }
    #expect(text.contains("op 99"))
    let later = recording.updates
    await recording.stop()
    for await update in later {
      if case .warning(let text) = update { #expect(!text.contains("op 99")) }
    }
  }

  @Test("What makes no sense is refused before anything is done")
  func refused() async throws {
    let studio = try Studio()
    var options = studio.options
    options.recipients = []
    #expect(await Self.exitCode(studio, options) == 66)
    options = studio.options
    options.channel = ID(Snowflake(UInt64(studio.ids.general)))
    #expect(await Self.exitCode(studio, options) == 64)
    options.channel = 1
    #expect(await Self.exitCode(studio, options) == 66)
    options = studio.options
    options.captures = "/nonexistent"
    #expect(await Self.exitCode(studio, options) == 66)
    options = studio.options
    options.resume = studio.folder.path
    #expect(await Self.exitCode(studio, options) == 66)
    options = studio.options
    options.optOutFile = "/nonexistent"
    #expect(await Self.exitCode(studio, options) == 66)
    #expect(try studio.folder.names(in: "captures") == [])
    #expect(studio.posts(in: studio.ids.voice) == [])
  }

  private static func exitCode(_ studio: Studio, _ options: RecordingOptions) async -> Int32? {
    do {
      try await studio.recorder().start(options).stop()
      return nil
    } catch {
      return (error as? RecorderError)?.exitCode
    }
  }

  @Test(
    "Stop rules end it cleanly",
    arguments: [
      (StopRules(duration: .seconds(90)), RecordingEnd.Reason.duration),
      (StopRules(emptyFor: .seconds(60)), .empty),
      (StopRules(onlyBotsFor: .seconds(60)), .onlyBots),
    ])
  func stopRules(rules: StopRules, reason: RecordingEnd.Reason) async throws {
    let studio = try Studio()
    var options = studio.options
    options.stopRules = rules
    let recording = try await studio.recorder().start(options)
    try studio.stay.voiceState(11, in: UInt64(studio.ids.voice), name: "ada")
    studio.pass(.seconds(70), recording)
    #expect(recording.status.connection == .connected)
    try studio.stay.voiceState(11, in: nil, name: "ada")
    studio.pass(.seconds(70), recording)
    let end = await recording.end()
    #expect(end.reason == reason)
    #expect(end.exitCode == 0)
    #expect(end.status.alerts.isEmpty)
    #expect(try studio.stay.calls == ["join", "leave"])
    #expect(try Studio.payloads(LeaveEvent.self, end.capture).map(\.reason) == [reason.rawValue])
  }

  @Test(
    "Kicked: it ends with what was recorded, exit 0, and an alert; a token that is refused: 77",
    arguments: [
      (VoiceEnd.Reason.kicked, RecordingEnd.Reason.kicked, Int32(0)),
      (.callEnded, .callEnded, 0), (.moved, .moved, 0), (.notPermitted, .notPermitted, 77),
      (.refused, .failed, 70),
      (.gatewayStopped, .gatewayStopped, 75),
    ])
  func ends(reason: VoiceEnd.Reason, ended: RecordingEnd.Reason, exitCode: Int32) async throws {
    let studio = try Studio()
    let recorder = studio.recorder()
    let recording = try await recorder.start(studio.options)
    #expect(recorder.metrics.contains("tapedeck_sessions 1"))
    try studio.stay.finish(VoiceEnd(reason, "over"))
    let end = await recording.end()
    #expect(end.reason == ended)
    #expect(end.exitCode == exitCode)
    #expect(end.isComplete)
    // Only the move under --no-follow is what somebody asked for.
    #expect(end.status.alerts.map(\.cause) == (reason == .moved ? [] : [.ended]))
    var last: RecordingEnd?
    for await update in recording.updates { if case .ended(let end) = update { last = end } }
    #expect(last == end)
    #expect(studio.nick == nil)
  }

  @Test("A leave that is not answered holds the end up for its deadline only")
  func hangingLeave() async throws {
    let studio = try Studio()
    let recording = try await studio.recorder().start(studio.options)
    try studio.stay.hangAtLeave()
    async let end = recording.stop()
    try await studio.clock.waitForSleepers(1)
    while recording.status.connection != .ended {
      studio.clock.advance(by: .seconds(5))
      await Task.yield()
    }
    #expect(await end.exitCode == 0)
  }

  @Test("A disk that hangs holds the end up for its deadlines only, and it is told")
  func hangingDisk() async throws {
    let studio = try Studio()
    let recording = try await studio.recorder().start(studio.options)
    try studio.stay.packet(1, ssrc: 5)
    studio.files.close()
    let ending = Task { await recording.stop() }
    let mover = Task {
      while !Task.isCancelled {
        studio.clock.advance(by: .seconds(1))
        try await Task.sleep(for: .milliseconds(5))
      }
    }
    let end = await ending.value
    mover.cancel()
    #expect(!end.isComplete)
    #expect(end.exitCode == 75)
    #expect(end.message.contains("disk does not answer: what was said since"))
    studio.files.open()
  }

  @Test("At the free-space floor it stops cleanly and says so")
  func diskFull() async throws {
    let studio = try Studio()
    studio.files.setFree(100 << 20)
    let recording = try await studio.recorder().start(studio.options)
    studio.pass(.seconds(10), recording)
    #expect(recording.status.alerts.map(\.cause) == [.diskSpace])
    studio.files.setFree(1 << 20)
    while recording.status.connection != .ended {
      try studio.stay.packet(1, ssrc: 5)
      studio.pass(.seconds(15), recording)
      try await Task.sleep(for: .milliseconds(10))
    }
    let end = await recording.end()
    #expect(end.reason == .diskFull)
    #expect(end.exitCode == 75)
    let alerts = end.status.alerts.map(\.cause)
    #expect(alerts.first == .diskSpace && alerts.last == .ended, "\(alerts)")
    #expect(end.message.split(separator: "the floor is").count == 2, "\(end.message)")
  }

  @Test("Several recordings in one process: the end of one touches no other")
  func several() async throws {
    let (first, second) = (try Studio(), try Studio())
    let (one, two) = (
      try await first.recorder().start(first.options),
      try await second.recorder().start(second.options)
    )
    try first.stay.finish(VoiceEnd(.kicked, "kicked"))
    #expect(await one.end().reason == .kicked)
    try second.stay.packet(1, ssrc: 5)
    second.pass(.seconds(1), two)
    #expect(two.status.connection == .connected)
    #expect(await two.stop().status.packets == 1)
  }
}
