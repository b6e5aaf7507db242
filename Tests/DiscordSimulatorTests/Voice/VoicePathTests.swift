import DiscordSimulator
import Synchronization
import SimulatorTestSupport
import Testing

/// What faults do to the packets of a client, over a real socket: what came is compared with what
/// the simulator says that it sent.
@Suite("Faults on the way of speech")
struct VoicePathTests {
  @Test(
    "Each does what it says",
    arguments: [
      .loss(0.4, for: .seconds(60)), .burst(packets: 12), .reorder(0.4, for: .seconds(60)),
      .duplicate(0.4, for: .seconds(60)), .corrupt(0.4, for: .seconds(60)),
      .replay(0.4, for: .seconds(60)), .forge(0.5, for: .seconds(60)),
      .delay(.milliseconds(120), for: .seconds(60)),
      .jitter(.milliseconds(40), for: .seconds(60)), .stall(.milliseconds(500)),
      .blackout(.milliseconds(500)),
    ] as [VoiceFault.Effect])
  func effects(_ effect: VoiceFault.Effect) async throws {
    var rules = VoiceRules()
    rules.reportInterval = .seconds(600)
    try await VoiceScene.run(rules: rules) { scene in
      let (peer, _) = try await scene.join(scene.stage)
      // Those that last a moment happen within the speech.
      if !effect.isMomentary { scene.simulator.inject(VoiceFault(effect, user: scene.bot)) }
      let packets = (0..<40).map { [0xF8, UInt8($0), 7] }
      let speaker = scene.simulator.speak(
        scene.people[1], in: scene.stage, VoiceScript([VoiceClip(packets: packets)]))
      if effect.isMomentary {
        try await until("speech begins") { !scene.simulator.truth.isEmpty }
        scene.simulator.inject(VoiceFault(effect, user: scene.bot))
      }
      await speaker.finished()
      let truth = scene.simulator.truth
      let sent = truth.filter { $0.fate != .lost }.count
      let extra = effect.isExtra
      try await until("what was sent comes") {
        let count = peer.state.withLock { $0.datagrams.count }
        return extra ? count > sent : count >= sent
      }
      let heard = try peer.heard()
      let opened = heard.filter { $0.opus != nil }
      let lost = truth.count { $0.fate == .lost }
      let order = opened.map(\.sequence)
      switch effect {
      case .loss: #expect((5...30).contains(lost) && heard.count == truth.count - lost)
      case .burst:
        #expect(lost == 12 && truth.prefix(12).allSatisfy { $0.fate == .lost })
      case .reorder, .jitter:
        #expect(order.count == 45 && order != order.sorted() && Set(order).count == 45)
      case .duplicate:
        #expect(heard.count > 50 && Set(order).count == 45)
        #expect(truth.count { $0.fate == .repeated } == heard.count - 45)
      case .corrupt:
        let bad = truth.count { $0.fate == .corrupted }
        // Some are no RTP any more.
        #expect(bad > 5 && opened.count == 45 - bad && heard.count <= 45)
      case .replay: #expect(Set(order).count == 45 && opened.count > 45)
      case .forge: #expect(opened.count == 45 && heard.count > 50)
      case .delay:
        #expect(truth.allSatisfy { $0.sentTime - $0.speechTime >= 120_000_000 })
      case .stall:
        let together = Dictionary(grouping: truth, by: \.sentTime).values.map(\.count).max()
        #expect((together ?? 0) > 3 && order == order.sorted())
      case .blackout: #expect(lost > 3 && truth.first?.fate == .sent)
      default: Issue.record("an effect that is no matter of packets")
      }
      await peer.leave()
    }
  }

  @Test("A speaker's clock drifts, and another's timestamps stand still in pauses")
  func clocks() async throws {
    try await VoiceScene.run { scene in
      let (peer, _) = try await scene.join(scene.stage)
      let clip = VoiceClip(packets: Array(repeating: [0xF8, 1], count: 10))
      var fast = VoiceScript([clip, clip], pause: .milliseconds(300))
      fast.clockPPM = 1000
      var frozen = fast
      frozen.freezesTimestamps = true
      frozen.clockPPM = 0
      let speakers = [
        scene.simulator.speak(scene.people[1], in: scene.stage, fast),
        scene.simulator.speak(scene.people[2], in: scene.stage, frozen),
      ]
      for speaker in speakers { await speaker.finished() }
      let truth = scene.simulator.truth
      func timeline(_ user: World.ID) -> [(ticks: UInt32, time: Int64)] {
        let own = truth.filter { $0.user == user }
        return own.map { ($0.timestamp &- own[0].timestamp, $0.speechTime - own[0].speechTime) }
      }
      let drifting = try #require(timeline(scene.people[1]).last)
      let ticks = Double(drifting.time) * 48e-6 * 1.001
      #expect(abs(Double(drifting.ticks) - ticks) < 2)
      let standing = timeline(scene.people[2])
      #expect(standing.map(\.ticks) == (0..<30).map { UInt32($0 * 960) })
      #expect(try #require(standing.last).time > 29 * 20_000_000 + 290_000_000)
      await peer.leave()
    }
  }
}

extension VoiceFault.Effect {
  fileprivate var isExtra: Bool {
    switch self {
    case .replay, .forge: true
    default: false
    }
  }

  fileprivate var isMomentary: Bool {
    switch self {
    case .stall, .blackout: true
    default: false
    }
  }
}
