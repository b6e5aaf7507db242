import DiscordGateway
import DiscordREST
import DiscordSimulator
import Testing

/// Two hundred seeded plans of faults, each against a session and a simulated gateway.
@Suite struct FaultRunTests {
  /// Faults after which Discord promises a replay: nothing may be missing.
  @Test(arguments: 1...100 as ClosedRange<UInt64>)
  func resumableFaultsLoseNothing(seed: UInt64) {
    let faults = GatewayFault.random(seed: seed, count: 12, dispatches: 150, resumableOnly: true)
    var run = FaultRun(seed: seed, faults: faults, events: 150)
    run.run()
    expectOrder(run, faults)
    // The first session may fail before its READY has come.
    for session in run.received.dropFirst() { #expect(!session.followsLost) }
    #expect(run.received.count == 1)
    #expect(run.received.last?.events == run.truth[run.received.last?.session ?? ""])
  }

  /// All faults: what is missing lies before a READY that says so, and nowhere else.
  @Test(arguments: 101...200 as ClosedRange<UInt64>)
  func lostSessionsAreTold(seed: UInt64) {
    let faults = GatewayFault.random(seed: seed, count: 12, dispatches: 150)
    var run = FaultRun(seed: seed, faults: faults, events: 150)
    run.run()
    expectOrder(run, faults)
    for session in run.received.dropFirst() { #expect(session.followsLost) }
  }

  private func expectOrder(_ run: FaultRun, _ faults: [GatewayFault]) {
    #expect(run.errors.isEmpty)
    #expect(run.isDone)
    // Once, in order, over all sessions.
    let all = run.received.flatMap(\.events)
    #expect(zip(all, all.dropFirst()).allSatisfy { $0 < $1 })
    // Of a session that was lost, its beginning; of the last one, all.
    for session in run.received {
      let truth = run.truth[session.session] ?? []
      #expect(session.events == Array(truth.prefix(session.events.count)))
    }
    // No storm: one for the beginning, one for each lost session, one for each READY that a fault
    // kept from coming.
    let statistics = run.server.statistics
    let losing = faults.count(where: \.losesSession)
    let unheard = statistics.identifies - run.received.count
    #expect(run.identifyTimes.count <= losing + 1 + unheard)
    #expect(unheard <= 2)
    #expect(statistics.identifiesTooSoon == 0)
    for (first, second) in zip(run.identifyTimes, run.identifyTimes.dropFirst()) {
      #expect(second - first >= .seconds(5))
    }
    // The client broke no rule: only faults closed its connections with these codes.
    for code in [4001, 4002, 4003, 4005, 4007, 4008] as [UInt16] {
      let scripted = faults.count { $0.effect == .close(code) }
      #expect(statistics.closes[code, default: 0] <= scripted)
    }
    #expect(run.maximumQueue == 0)
    expectVoice(run)
  }

  /// Who is in voice is what the world says: nobody missing, no ghosts.
  private func expectVoice(_ run: FaultRun) {
    let guild = ID<Guild>(Snowflake(FaultWorld.guild))
    #expect(run.voiceStates.isKnown(guild))
    let known = run.voiceStates.participants(in: guild)
    #expect(
      known.map { "\($0.userID) \($0.channelID) \($0.name)" }
        == run.world.voice.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value) user \($0.key)" }
    )
  }

  @Test func theSameSeedIsTheSameRun() {
    var notes: [[SessionNote]] = []
    for _ in 0..<2 {
      var run = FaultRun(
        seed: 7, faults: GatewayFault.random(seed: 7, count: 12, dispatches: 150), events: 150)
      run.run()
      notes.append(run.notes)
    }
    #expect(notes[0] == notes[1])
    #expect(!notes[0].isEmpty)
  }
}
