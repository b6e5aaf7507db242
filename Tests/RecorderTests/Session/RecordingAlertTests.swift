import CaptureLog
import DiscordREST
import DiscordSimulator
import DiscordVoice
import Foundation
import Logging
import SystemPackage
import TestSupport
import Testing

@testable import Recorder

@Suite("Alerts of a recording", .timeLimit(.minutes(1)))
struct RecordingAlertTests {
  @Test(
    "Deafened: told at once to log, status, metrics' reader, channel and capture; all-clear too")
  func deafened() async throws {
    let studio = try Studio()
    var options = studio.options
    options.alerts = [.channel(ID(Snowflake(UInt64(studio.ids.general))))]
    let recording = try await studio.recorder().start(options)
    var updates = recording.updates.makeAsyncIterator()
    let stay = try studio.stay
    stay.observer.handle(
      .ownVoiceState(channel: UInt64(studio.ids.voice), mute: false, deaf: true, suppress: false))
    #expect(recording.status.alerts.map(\.cause) == [.deafened])
    #expect(studio.log.contains("deafened in the guild", atLeast: .error))
    stay.observer.handle(
      .ownVoiceState(channel: UInt64(studio.ids.voice), mute: false, deaf: false, suppress: false))
    #expect(recording.status.alerts.isEmpty)
    var told: [String] = []
    while told.count < 2, let update = await updates.next() {
      switch update {
      case .alert(let alert): told.append("raised \(alert.cause)")
      case .cleared(let alert): told.append("cleared \(alert.cause)")
      default: break
      }
    }
    #expect(told == ["raised deafened", "cleared deafened"])
    let end = await recording.stop()
    let posts = studio.posts(in: studio.ids.general)
    #expect(posts.count { $0.contains("Recording in danger") } == 1)
    #expect(posts.count { $0.contains("All clear") } == 1)
    #expect(
      try Studio.payloads(AlertEvent.self, end.capture).map(\.state) == ["raised", "cleared"])
  }

  @Test("That it has ended is told to a program that takes six seconds")
  func slowTarget() async throws {
    let studio = try Studio()
    let (go, done) = (studio.folder.path.appending("go"), studio.folder.path.appending("done"))
    try studio.folder.write(
      "#!/bin/sh\nwhile [ ! -e '\(go)' ]; do sleep 0.01; done\necho \"$1 $2\" > '\(done)'\n",
      to: "alert.sh", permissions: [.ownerReadWriteExecute])
    var options = studio.options
    options.alerts = [.command(studio.folder.path.appending("alert.sh").string)]
    let recording = try await studio.recorder().start(options)
    try studio.stay.finish(VoiceEnd(.kicked, "kicked"))
    // The deadline of the end, that of the target, and the look at the program.
    func pass(_ steps: Int) async {
      var left = steps
      while left > 0, !studio.log.contains("recording ended") {
        if recording.status.alerts.contains(where: { $0.cause == .ended }),
          studio.clock.sleepers >= 3
        {
          studio.clock.advance(by: .milliseconds(50))
          left -= 1
        } else {
          await Task.yield()
        }
      }
    }
    await pass(120)
    #expect(!studio.log.contains("recording ended"))
    try studio.folder.write("", to: "go", permissions: [.ownerRead])
    while !studio.log.contains("recording ended"),
      (try? studio.folder.text("done")) != "raised ended\n"
    {
      try await Task.sleep(for: .milliseconds(2))
    }
    // It may take a moment more to exit.
    while !studio.log.contains("recording ended") {
      await pass(1)
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(await recording.end().reason == .kicked)
    #expect(try studio.folder.text("done") == "raised ended\n")
    #expect(!studio.log.contains("did not reach"))
  }

  @Test("Frames that do not open: the session is asked for recovery, then another connection")
  func unreadable() async throws {
    let studio = try Studio()
    let recording = try await studio.recorder().start(studio.options)
    let stay = try studio.stay
    await stay.epoch(1, users: [11])
    stay.observer.handle(.speaking(connection: 0, user: 11, ssrc: 500, flags: 1))
    var number: UInt16 = 0
    for _ in 0..<60 {
      for _ in 0..<25 {
        stay.packet(number, ssrc: 500)
        number += 1
      }
      // The watch has a thread of its own.
      try await Task.sleep(for: .milliseconds(20))
      studio.pass(.milliseconds(500), recording)
    }
    await Task.yield()
    let asked = stay.calls.filter { $0 != "join" }
    #expect(asked.first == "unreadable")
    #expect(asked.contains("reconnect unreadable"))
    #expect(recording.status.alerts.map(\.cause) == [.unreadable])
    #expect(!recording.status.undecryptable.isEmpty)
    await recording.stop()
  }

  @Test("A gap over 10 s: exactly one alert, and one all-clear")
  func gap() async throws {
    let studio = try Studio()
    let recording = try await studio.recorder().start(studio.options)
    let stay = try studio.stay
    stay.observer.handle(.disconnected(connection: 0, code: nil, cause: "network"))
    studio.pass(.seconds(60), recording)
    await stay.connect(1)
    studio.pass(.seconds(10), recording)
    let end = await recording.stop()
    let alerts = try Studio.payloads(AlertEvent.self, end.capture)
    #expect(alerts.map { "\($0.state) \($0.cause)" } == ["raised gap", "cleared gap"])
  }

  @Test("Drops of the kernel are in the capture and told")
  func drops() async throws {
    let studio = try Studio()
    let recording = try await studio.recorder().start(studio.options)
    studio.pass(.seconds(1), recording)
    try studio.stay.setKernelDrops(17)
    studio.pass(.seconds(1), recording)
    #expect(recording.status.alerts.map(\.cause) == [.drops])
    #expect(recording.status.drops.kernel == 17)
    let end = await recording.stop()
    let drops = try Studio.payloads(DropsEvent.self, end.capture)
    #expect(drops.filter { $0.where == "kernel" }.map(\.packets) == [17])
  }

  @Test("A write that fails once: nothing lost, another segment, and it is told")
  func failedWrite() async throws {
    let studio = try Studio()
    let recording = try await studio.recorder().start(studio.options)
    let stay = try studio.stay
    for number in 0..<20 { stay.packet(UInt16(number), ssrc: 500) }
    try await Self.wait { recording.packetsOnDisk == 20 }
    studio.files.fail(.ioError)
    for number in 20..<40 { stay.packet(UInt16(number), ssrc: 500) }
    try await Self.wait { studio.files.failures > 0 }
    studio.files.fail(nil)
    studio.pass(.seconds(2), recording)
    try await Self.wait { recording.packetsOnDisk == 40 }
    let end = await recording.stop()
    #expect(end.isComplete)
    #expect(end.exitCode == 0)
    #expect(end.status.warnings.contains { $0.contains("goes on in a new segment") })
    #expect(try Studio.packets(end.capture) == 40)
    let names = try FileManager.default.contentsOfDirectory(atPath: end.capture.string)
    #expect(names.contains("segment-000000.pcapng.part"))
    #expect(names.contains { $0.hasSuffix(".pcapng") })
  }

  @Test(
    "A disk that takes nothing any more: told once, what was written stays, and the end says so",
    arguments: [Errno.ioError, .readOnlyFileSystem, .noSpace])
  func failingDisk(error: Errno) async throws {
    let studio = try Studio()
    let recording = try await studio.recorder().start(studio.options)
    let stay = try studio.stay
    for number in 0..<20 { stay.packet(UInt16(number), ssrc: 500) }
    try await Self.wait { recording.packetsOnDisk == 20 }
    studio.files.fail(error)
    for number in 20..<40 { stay.packet(UInt16(number), ssrc: 500) }
    try await Self.wait { studio.files.failures > 1 }
    for _ in 0..<20 {
      studio.pass(.milliseconds(500), recording)
      await Task.yield()
    }
    #expect(recording.status.alerts.map(\.cause).contains(.diskError))
    let end = await recording.stop()
    #expect(!end.isComplete)
    #expect(end.exitCode == 75)
    #expect(end.message.contains("\(error)"))
    #expect(end.status.alerts.map(\.cause).contains(.ended))
    #expect(try Studio.packets(end.capture) == 20)
    #expect(try CaptureKeys.open(end.capture, with: [studio.key]).transport(0).count == 1)
  }

  @Test("A disk that hangs is told within its time, once, and nobody asks it for its free space")
  func hangingDisk() async throws {
    let studio = try Studio()
    let recording = try await studio.recorder().start(studio.options)
    studio.files.close()
    // The sync thread, once a second.
    await studio.files.waitForCall()
    studio.pass(.seconds(9), recording)
    #expect(recording.status.alerts.isEmpty)
    studio.pass(.seconds(3), recording)
    #expect(recording.status.alerts.map(\.cause) == [.diskError])
    #expect(recording.status.freeBytes != nil)
    #expect(studio.files.askedWhileClosed == 0)
    studio.files.open()
    try await Self.wait {
      studio.pass(.milliseconds(500), recording)
      return recording.status.alerts.isEmpty
    }
    let end = await recording.stop()
    #expect(end.isComplete)
    let alerts = try Studio.payloads(AlertEvent.self, end.capture)
    #expect(
      alerts.map { "\($0.state) \($0.cause)" } == ["raised disk_error", "cleared disk_error"])
  }

  private static func wait(_ condition: () -> Bool) async throws {
    while !condition() { try await Task.sleep(for: .milliseconds(2)) }
  }

  @Test("Keys that are not stored in time hold up the gateway for a second and are told")
  func keyLog() async throws {
    let studio = try Studio()
    let recording = try await studio.recorder().start(studio.options)
    let stay = try studio.stay
    studio.files.close()
    let stored = Task { await stay.epoch(1, users: [11]) }
    // A second counts from when the keys' thread has taken them.
    try await Self.wait {
      studio.clock.advance(by: .seconds(1))
      studio.pass(.milliseconds(500), recording)
      return recording.status.alerts.map(\.cause).contains(.keyLog)
    }
    await stored.value
    studio.files.open()
    await stay.epoch(2, users: [11])
    studio.pass(.seconds(6), recording)
    #expect(!recording.status.alerts.map(\.cause).contains(.keyLog))
    let end = await recording.stop()
    let keys = try CaptureKeys.open(end.capture, with: [studio.key])
    #expect(Set(keys.senders("11").map(\.epoch)) == [1, 2])
  }
}
