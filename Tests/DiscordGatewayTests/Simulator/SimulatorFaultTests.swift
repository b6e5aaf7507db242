import DiscordGateway
import DiscordREST
import DiscordSimulator
import TestSupport
import Testing

/// Seeded faults over real sockets. (Two hundred plans run in `FaultRunTests`, without sockets.)
@Suite(.serialized, .timeLimit(.minutes(5))) struct SimulatorFaultTests {
  /// What a subscriber saw: messages, and where a session was lost.
  enum Seen: Equatable {
    case message(UInt64), lost
  }

  @Test(arguments: [(1, true), (2, true), (3, false), (4, false)] as [(UInt64, Bool)])
  func eachMessageOnceInOrderAndLossesTold(seed: UInt64, resumableOnly: Bool) async throws {
    let faults = GatewayFault.random(
      seed: seed, count: 8, dispatches: 60, resumableOnly: resumableOnly)
    let bench = try await SimulatorBench(factor: 20, faults: faults, seed: seed)
    let events = bench.client.events
    try await bench.client.start()
    let posting = Task {
      var posted: [UInt64] = []
      for number in 0..<60 {
        posted.append(
          bench.simulator.post(as: bench.ids.bob, in: bench.ids.general, "message \(number)").id)
        try await bench.clock.sleep(for: .milliseconds(400))
      }
      // One of these comes when all is well again.
      while !Task.isCancelled {
        posted.append(bench.simulator.post(as: bench.ids.bob, in: bench.ids.general, "end").id)
        try? await bench.clock.sleep(for: .seconds(4))
      }
      return posted
    }
    var seen: [Seen] = []
    for await event in events {
      switch event {
      case .ready(let ready) where ready.followsLostSession: seen.append(.lost)
      case .messageCreate(let message): seen.append(.message(message.id.snowflake.rawValue))
      case .missed: Issue.record("a slow subscriber")
      default: break
      }
      if case .messageCreate(let message) = event, message["channel_id"] != nil,
        bench.simulator.world.messages[bench.ids.general]?
          .first(where: { $0.id == message.id.snowflake.rawValue })?.content == "end"
      {
        break
      }
    }
    posting.cancel()
    let posted = try await posting.value
    await bench.stop()

    expect(seen, of: posted)
    if resumableOnly { #expect(!seen.contains(.lost)) }
    let statistics = bench.simulator.gatewayStatistics
    let losing = faults.count(where: \.losesSession)
    #expect(statistics.identifies + statistics.identifiesTooSoon <= losing + 2)
    #expect(statistics.identifiesTooSoon == 0)
    #expect(!bench.log.text.contains(bench.ids.botToken))
  }

  /// Once, in order; whatever is missing lies where a loss was told.
  private func expect(_ seen: [Seen], of posted: [UInt64]) {
    var rest = posted[...]
    var maySkip = false
    for item in seen {
      switch item {
      case .lost: maySkip = true
      case .message(let id):
        if maySkip {
          rest = rest.drop { $0 != id }
          maySkip = false
        }
        #expect(rest.first == id)
        rest = rest.dropFirst()
      }
    }
  }
}
