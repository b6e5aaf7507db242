import CaptureLog
import CaptureSynthesis
import DiscordREST
import DiscordSimulator
import FoundationEssentials
import Render
import SystemPackage
import TestSupport
import Testing

@testable import Recorder

@Suite("Recording over sockets", .serialized, .timeLimit(.minutes(3)))
struct LiveRecordingTests {
  /// Speech of so many seconds, other for each seed.
  private static func clip(_ seconds: Int, seed: UInt64) throws -> VoiceClip {
    try VoiceClip(
      Voice.synthetic(seconds: Double(seconds), seed: seed), for: .seconds(seconds))
  }

  @Test("Two people talk, end to end encrypted: all of it is in the tracks, at its time")
  func twoSpeakers() async throws {
    try await LiveStudio.run { studio in
      let recording = try await studio.recorder.start(studio.options)
      let speakers = try [studio.ids.alice, studio.ids.bob].enumerated().map { index, user in
        studio.simulator.speak(
          user, in: studio.ids.voice,
          VoiceScript(
            [
              .say(try Self.clip(2, seed: UInt64(index) + 1)), .pause(.milliseconds(700)),
              .say(try Self.clip(2, seed: UInt64(index) + 11)), .pause(.milliseconds(500)),
            ]))
      }
      for speaker in speakers { await speaker.finished() }
      let status = recording.status
      let end = await recording.stop()
      #expect(end.exitCode == 0)
      #expect(status.speakers.map(\.name).sorted() == ["Alice", "Bobby"])
      #expect(status.alerts == [])
      #expect(status.undecryptable["bad_tag"] == nil)
      let manifest = try studio.render(end.capture)
      for user in [studio.ids.alice, studio.ids.bob] {
        let placement = try studio.placement(of: user, end.capture, manifest)
        #expect(placement.energy >= 0.99, "energy \(placement.energy)")
        #expect(placement.energy <= 1.01, "energy \(placement.energy)")
        #expect(placement.p99 <= 5, "lags \(placement.lags)")
        #expect(placement.lags.count >= 2)
      }
      let speaker = manifest.speakers.first { $0.userID == "\(studio.ids.bob)" }
      #expect(speaker?.names.nick == "Bobby")
      let kinds = Set(try Studio.events(end.capture).map(\.kind))
      #expect(kinds.isSuperset(of: ["dave_epoch", "dave_transition", "participant", "notice"]))
    }
  }

  /// What may happen to a recording, one after another.
  private static let faults: [VoiceFault.Effect] = [
    .drop, .close(4006), .close(4009), .close(4015), .close(1001),
    .migrate(.updateFirst, nullEndpointFirst: false),
    .migrate(.closeFirst, nullEndpointFirst: true),
    .loss(0.05, for: .milliseconds(500)), .reorder(0.2, for: .milliseconds(500)),
    .duplicate(0.2, for: .milliseconds(500)), .corrupt(0.1, for: .milliseconds(500)),
    .replay(0.2, for: .milliseconds(500)), .forge(0.5, for: .milliseconds(500)),
    .jitter(.milliseconds(20), for: .milliseconds(500)), .badCommit, .recreate,
  ]

  @Test(
    "Faults in an order by the seed: one capture, each gap explained and closed, speech goes on",
    arguments: [1, 2] as [UInt64])
  func faults(seed: UInt64) async throws {
    var random = TestSupport.SplitMix64(seed: seed)
    let order = Self.faults.shuffled(using: &random).prefix(6)
    try await LiveStudio.run { studio in
      let recording = try await studio.recorder.start(studio.options)
      let speakers = try [studio.ids.alice, studio.ids.bob].enumerated().map { index, user in
        studio.simulator.speak(
          user, in: studio.ids.voice,
          VoiceScript(
            [try Self.clip(3, seed: seed * 10 + UInt64(index))], pause: .milliseconds(300),
            repetitions: nil))
      }
      try await Task.sleep(for: .milliseconds(1500))
      for effect in order {
        studio.simulator.inject(VoiceFault(effect, user: studio.ids.bot))
        try await Task.sleep(for: .milliseconds(2500))
        // Whatever happened, there is a connection again, and packets come.
        let before = recording.status.packets
        for _ in 0..<100 where recording.status.packets < before + 20 {
          try await Task.sleep(for: .milliseconds(100))
        }
        #expect(recording.status.packets >= before + 20, "after \(effect) of \(order)")
      }
      for speaker in speakers { speaker.leave() }
      let end = await recording.stop()
      #expect(end.exitCode == 0)
      #expect(end.isComplete)
      #expect(try studio.folder.names(in: "captures").count == 1)
      let gaps = try Studio.payloads(GapEvent.self, end.capture)
      #expect(gaps.count.isMultiple(of: 2))
      #expect(gaps.allSatisfy { $0.cause != "" && $0.milliseconds ?? 0 < 10_000 }, "\(gaps)")
      let disconnects = try Studio.payloads(DisconnectEvent.self, end.capture)
      #expect(disconnects.allSatisfy { !$0.reason.isEmpty })
      let alerts = try Studio.payloads(AlertEvent.self, end.capture).filter { $0.state == "raised" }
      #expect(Set(alerts.map(\.cause)).count == alerts.count, "\(alerts)")
      #expect(try studio.render(end.capture).speakers.count >= 2)
    }
  }

  @Test("What a crash leaves is rendered, and gone on with: connection numbers go on")
  func crash() async throws {
    try await LiveStudio.run { studio in
      let recording = try await studio.recorder.start(studio.options)
      let speaker = studio.simulator.speak(
        studio.ids.alice, in: studio.ids.voice,
        VoiceScript([try Self.clip(3, seed: 5)], pause: .milliseconds(300), repetitions: nil))
      try await Task.sleep(for: .seconds(3))
      // What is on the disk now is what a killed process would leave, but for its lock.
      let folder = studio.folder.path
      let left = folder.appending("left")
      try FileManager.default.copyItem(
        atPath: recording.folder.string, toPath: left.string)
      let stored = recording.status.packets
      await recording.stop()
      #expect(stored > 50)
      var options = studio.options
      options.resume = left
      let second = try await studio.recorder.start(options)
      try await Task.sleep(for: .seconds(3))
      speaker.leave()
      let end = await second.stop()
      #expect(end.exitCode == 0)
      #expect(end.capture == left)
      let connections = try Studio.payloads(ConnectionEvent.self, left).map(\.connection)
      #expect(connections == [0, 1])
      #expect(try Studio.payloads(GapEvent.self, left).map(\.cause) == ["recorder"])
      let manifest = try studio.render(left)
      let alice = manifest.speakers.first { $0.userID == "\(studio.ids.alice)" }
      #expect(Set(alice?.streams.map(\.connection) ?? []).count == 2)
      #expect(studio.simulator.world.guilds[studio.ids.guild]?.members[studio.ids.bot]?.nick == nil)
    }
  }

  @Test("Deafened by somebody: told within 2 s, and the all-clear")
  func deafened() async throws {
    try await LiveStudio.run { studio in
      let recording = try await studio.recorder.start(studio.options)
      for isDeaf in [true, false] {
        studio.simulator.inject(VoiceFault(.deafen(isDeaf), user: studio.ids.bot))
        let start = ContinuousClock.now
        while recording.status.alerts.map(\.cause).contains(.deafened) != isDeaf {
          guard ContinuousClock.now - start < .seconds(2) else { break }
          try await Task.sleep(for: .milliseconds(20))
        }
        #expect(recording.status.alerts.map(\.cause).contains(.deafened) == isDeaf)
      }
      studio.simulator.inject(VoiceFault(.kick, user: studio.ids.bot))
      let end = await recording.end()
      #expect(end.reason == .kicked)
      #expect(end.exitCode == 0)
    }
  }
}
