internal import CaptureLog
internal import DiscordGateway
internal import DiscordREST
internal import FoundationEssentials
internal import Glibc
internal import JSONValues
internal import Recorder
internal import Render
internal import SystemPackage

/// `doctor --live`: walks through what only the live service can show, with a person's help, and
/// writes a report that has nothing of anybody in it.
struct LiveDoctor: Sendable {
  let options: DiscordOptions
  let channel: String
  let guild: String?
  let captures: FilePath
  let report: FilePath
  /// Seconds of the long stay.
  let stay: Double

  func run(_ session: DiscordSession) async throws {
    guard access(report.string, F_OK) != 0 else {
      throw CommandFailure(
        .usage, "\(Terminal.escaped(report.string, limit: 200)) is there already")
    }
    let place = try await RecordPlace(channel, guild: guild, session.resolver)
    let logger = DiscordSession.logger(options, session.token)
    var configuration = GatewayConfiguration(intents: .recording)
    configuration.trustRootsFile = try DiscordSession.trustRoots(options)
    let gateway = GatewayClient(
      client: session.client, configuration: configuration, logger: logger)
    let folder = captures.appending(".live-\(getpid())")
    try CaptureFolders.make(folder)
    Interruption.current?.patience = nil
    Interruption.current?.setLastWords { Self.remove(folder) }
    defer { Self.remove(folder) }
    do {
      try await gateway.start()
      let recorder = Recorder(client: session.client, gateway: gateway, logger: logger)
      let made = try await record(recorder, place, folder)
      await gateway.stop()
      try write(made)
      say(
        "The report is \(report): it has no ids, names, tokens or addresses; read it all the same.")
      if made.hasFailed {
        throw CommandFailure(.unavailable, "not everything came about; the report says what")
      }
    } catch {
      await gateway.stop()
      throw place.failure(
        error, occupants: gateway.voiceStates.participants(in: place.channel).count) ?? error
    }
  }

  private func record(
    _ recorder: Recorder, _ place: RecordPlace, _ folder: FilePath
  ) async throws -> LiveReport {
    let key = try OperatorKey.generate(name: "live")
    var settings = RecordingOptions(
      guild: place.guild, channel: place.channel, captures: folder, recipients: [key.publicKey])
    settings.guildName = place.guildName
    settings.channelName = place.channelName
    say("Everybody in the channel is told that they are recorded; nothing of it is kept.")
    let recording = try await recorder.start(settings)
    let alerts = Task {
      var seen: [String: Int] = [:]
      for await update in recording.updates {
        if case .alert(let alert) = update { seen[alert.cause.rawValue, default: 0] += 1 }
      }
      return seen
    }
    var result = LiveReport()
    for step in LiveStep.allCases where step != .leave {
      result.steps.append(await walk(step, recording))
    }
    let begin = ContinuousClock.now
    // Not cancelled with this task: the bot must leave whatever happens.
    let end = await Task { await recording.stop(reason: "live") }.value
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    result.steps.append((.leave, end.exitCode == 0 ? .ok : .failed, seconds))
    result.alerts = await alerts.value
    result.endReason = end.reason.rawValue
    result.isStage = end.status.encryption == .stage
    result.facts = try WireFacts(capture: end.capture)
    if let manifest = try? RenderJob(
      capture: end.capture, output: folder.appending("tracks"), keys: [key]
    ).run().manifest {
      result.speakers = manifest.speakers.count
      result.captured = manifest.speakers.reduce(0) { $0 + $1.packets.captured }
      result.decoded = manifest.speakers.reduce(0) { $0 + $1.packets.placed }
      result.lost = manifest.speakers.reduce(0) { $0 + $1.frames.lost }
    }
    return result
  }

  /// Waits until the step has come about, or its time is over; Ctrl-C skips what is left.
  private func walk(
    _ step: LiveStep, _ recording: Recording
  ) async -> (LiveStep, LiveReport.Result, Double) {
    guard !Task.isCancelled else { return (step, .skipped, 0) }
    if let prompt = step.prompt { say(prompt) }
    let begin = ContinuousClock.now
    let first = recording.status
    let before = Self.facts(first, since: first)
    while !Task.isCancelled {
      let seconds = (ContinuousClock.now - begin) / .seconds(1)
      let status = recording.status
      if step.isDone(Self.facts(status, since: first), before: before, stay: stay) {
        say("  ok: \(step.rawValue)")
        return (step, .ok, seconds)
      }
      if status.connection == .ended || seconds > step.patience(stay: stay) {
        say("  did not come about: \(step.rawValue)")
        return (step, .failed, seconds)
      }
      try? await Task.sleep(for: .milliseconds(200))
    }
    return (step, .skipped, (ContinuousClock.now - begin) / .seconds(1))
  }

  private static func facts(
    _ status: RecordingStatus, since first: RecordingStatus
  ) -> LiveStep.Facts {
    var facts = LiveStep.Facts()
    facts.isConnected = status.connection == .connected
    facts.heard = status.speakers.map(\.packets)
    if case .on(let epoch, _) = status.encryption { facts.epoch = epoch }
    facts.isStage = status.encryption == .stage
    facts.moves = status.channel == first.channel ? 0 : 1
    facts.elapsed = status.elapsed / .seconds(1)
    return facts
  }

  private func write(_ made: LiveReport) throws {
    let file = try FileDescriptor.open(
      report, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
      permissions: [.ownerReadWrite])
    try file.closeAfter { _ = try file.writeAll(made.json.bytes + [0x0A]) }
  }

  private func say(_ text: String) { Tapedeck.writeError(text) }

  private static func remove(_ folder: FilePath) {
    try? FileManager.default.removeItem(atPath: folder.string)
  }
}
