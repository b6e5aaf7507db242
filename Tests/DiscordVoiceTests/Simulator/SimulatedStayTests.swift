import DiscordGateway
import DiscordSimulator
import Testing

@testable import DiscordVoice

/// Whole stays in the simulator: each fault, and that speech can be read again behind it.
@Suite(.timeLimit(.minutes(1)), .serialized) struct SimulatedStayTests {
  @Test func hearsReadsSpeaksAndLeaves() async throws {
    try await SimulatedStay.run { stay in
      await stay.wait(for: ["server", "connected 0"])
      await stay.observer.wait { $0.words.contains { $0.hasPrefix("member") } }
      let share = try await stay.readableShare()
      #expect(share > 0.9)
      #expect(stay.observer.heard.words.contains("name person-1"), "who was there already")
      #expect(stay.session.privacyCode?.count == 35)
      #expect(stay.session.connection?.daveVersion == 1)

      await stay.session.setSpeaking(1)
      var sent = 0
      for number in 0..<2000 as Range<UInt32> where stay.simulator.voiceStatistics.received < 20 {
        if stay.session.send(opus: [0xFC, 9], timestamp: number * 960) { sent += 1 }
        await Task.yield()
      }
      #expect(sent > 0)

      await stay.session.leave()
      #expect(await stay.session.end.reason == .left)
      #expect(stay.observer.heard.words.last == "ended left")
      #expect(stay.simulator.voiceStatistics.invalidCommitWelcomes == 0)
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var faults: [VoiceFault.Effect]
    var words: [String]
    var testDescription: String { "\(faults)" }
  }

  private static let cases: [Case] = [
    Case(faults: [.drop], words: ["gap 0 network", "resumed 0"]),
    Case(faults: [.close(1001)], words: ["gap 0 close_1001", "resumed 0"]),
    Case(faults: [.close(4015)], words: ["gap 0 close_4015", "resumed 0"]),
    Case(faults: [.repeatReplay(50), .drop], words: ["gap 0 network", "resumed 0"]),
    Case(faults: [.refuseResumes(1), .drop], words: ["gap 0 network", "connected 1"]),
    Case(faults: [.close(4006)], words: ["gap 0 close_4006", "connected 1"]),
    Case(faults: [.close(4009)], words: ["gap 0 close_4009", "connected 1"]),
    Case(faults: [.close(4020)], words: ["gap 0 close_4020", "connected 1"]),
    Case(faults: [.migrate(.updateFirst, nullEndpointFirst: false)], words: ["connected 1"]),
    Case(faults: [.migrate(.closeFirst, nullEndpointFirst: false)], words: ["connected 1"]),
    Case(faults: [.migrate(.updateFirst, nullEndpointFirst: true)], words: ["connected 1"]),
    Case(faults: [.migrate(.closeFirst, nullEndpointFirst: true)], words: ["connected 1"]),
    Case(faults: [.recreate], words: ["pending", "member 1"]),
    Case(faults: [.downgrade], words: ["off"]),
    Case(faults: [.deafen(true), .deafen(false)], words: ["deaf"]),
  ]

  @Test(arguments: cases)
  func readsOnBehindAFault(_ fault: Case) async throws {
    try await SimulatedStay.run { stay in
      await stay.observer.wait { $0.words.contains { $0.hasPrefix("member") } }
      let before = stay.observer.heard.words.count
      for effect in fault.faults { stay.simulator.inject(VoiceFault(effect, user: stay.bot)) }
      await stay.wait(for: fault.words, after: before)
      if fault.words.contains("connected 1") {
        await stay.observer.wait { heard in
          heard.words.drop { $0 != "connected 1" }.contains { $0.hasPrefix("member") }
        }
      }
      let share = try await stay.readableShare(ofNext: 100)
      #expect(share > 0.7)
    }
  }

  @Test func mutedAcknowledgementsAreAZombie() async throws {
    var rules = VoiceRules()
    rules.heartbeatInterval = .milliseconds(300)
    try await SimulatedStay.run(rules: rules) { stay in
      stay.simulator.inject(VoiceFault(.muteAcknowledgements, user: stay.bot))
      await stay.wait(for: ["gap 0 zombie", "resumed 0"])
    }
  }

  @Test func kickedAndMoved() async throws {
    try await SimulatedStay.run { stay in
      stay.simulator.inject(VoiceFault(.move(to: stay.other), user: stay.bot))
      await stay.wait(for: ["moved \(stay.other)", "connected 1"])
      #expect(stay.session.connection?.channel == stay.other)
      stay.simulator.inject(VoiceFault(.kick, user: stay.bot))
      #expect(await stay.session.end.reason == .kicked)
    }
  }

  @Test func stageHasNoEncryption() async throws {
    try await SimulatedStay.run(onStage: true) { stay in
      await stay.wait(for: ["stage"])
      #expect(stay.session.encryption == .stage)
      #expect(stay.session.connection?.daveVersion == 0)
      let share = try await stay.readableShare()
      #expect(share > 0.9)
    }
  }

  @Test func mainGatewayLosesItsSessionUnderALiveConnection() async throws {
    try await SimulatedStay.run { stay in
      await stay.observer.wait { $0.words.contains { $0.hasPrefix("member") } }
      await stay.gateway.reconnect(resume: false)
      await stay.wait(for: ["connected 1"])
      await stay.observer.wait { heard in
        heard.words.drop { $0 != "connected 1" }.contains { $0.hasPrefix("member") }
      }
      let share = try await stay.readableShare(ofNext: 100)
      #expect(share > 0.7)
    }
  }
}
