import CaptureLog
import DiscordSimulator
import Render
import TestSupport
import Testing

@testable import Recorder

/// Beside one another: each waits most of its time.
@Suite("Faults over sockets", .timeLimit(.minutes(3)))
struct LiveFaultTests {
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
            [try LiveStudio.clip(3, seed: seed * 10 + UInt64(index))], pause: .milliseconds(300),
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
}
