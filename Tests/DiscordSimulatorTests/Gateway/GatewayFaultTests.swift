import DiscordSimulator
import JSONValues
import Testing

/// The faults, each as it is told.
struct GatewayFaultTests {
  let intents = GatewayIntent.guildMessages | GatewayIntent.messageContent

  /// A session whose third dispatch (its second message) meets the fault.
  func afterFault(
    _ effect: GatewayFault.Effect
  ) -> (GatewayBench, UInt64, String, [GatewayOutput]) {
    var bench = GatewayBench(faults: [GatewayFault(.dispatch(3), effect)])
    let (connection, session) = bench.ready(intents: intents)
    #expect(bench.message("1").count == 1)
    let outputs = bench.message("2")
    #expect(outputs.names.first == "MESSAGE_CREATE")
    return (bench, connection, session, Array(outputs.dropFirst()))
  }

  @Test func askedToReconnect() {
    let (_, connection, _, outputs) = afterFault(.reconnect)
    #expect(outputs.payloads.map { $0["op"] } == [7])
    #expect(outputs.count == 1)
    #expect(connection == 1)
  }

  @Test func invalidSessions() {
    var (bench, connection, session, outputs) = afterFault(.invalidSession(resumable: true))
    #expect(outputs.payloads.first?["d"] == true)
    #expect(bench.message("3").isEmpty)
    bench.server.closed(connection, code: 4000, now: .zero)
    #expect(bench.resume(session, after: 3).outputs.names == ["MESSAGE_CREATE", "RESUMED"])
    (bench, connection, session, outputs) = afterFault(.invalidSession(resumable: false))
    #expect(outputs.payloads.first?["d"] == false)
    bench.server.closed(connection, code: 4000, now: .zero)
    #expect(bench.resume(session, after: 3).outputs.payloads.first?["op"] == 9)
  }

  @Test func lostConnections() {
    for effect: GatewayFault.Effect in [.reset, .silence, .close(4000), .close(4008)] {
      var (bench, connection, session, outputs) = afterFault(effect)
      switch effect {
      case .reset: #expect(outputs == [.reset(connection)])
      case .silence: #expect(outputs == [.silence(connection)])
      default: #expect(outputs.closeCode != nil)
      }
      #expect(bench.message("3").isEmpty)
      #expect(bench.send(1, .null, on: connection).isEmpty)
      #expect(bench.resume(session, after: 3).outputs.names == ["MESSAGE_CREATE", "RESUMED"])
    }
  }

  @Test func closesThatEndTheSession() {
    var (bench, _, session, outputs) = afterFault(.close(4009))
    #expect(outputs.closeCode == 4009)
    #expect(bench.resume(session, after: 3).outputs.payloads.first?["op"] == 9)
  }

  @Test func heartbeatsAskedForAndMuted() {
    let (_, _, _, outputs) = afterFault(.requestHeartbeat)
    #expect(outputs.payloads.map { $0["op"] } == [1])
    var (bench, connection, _, _) = afterFault(.muteAcknowledgements)
    #expect(bench.send(1, 3, on: connection).isEmpty)
    #expect(bench.message("3").names == ["MESSAGE_CREATE"])
  }

  @Test func slowAndGarbled() {
    var (bench, connection, _, _) = afterFault(.slowDispatch(.seconds(2), count: 2))
    let slow = (0..<3).map { bench.message("\($0)").first }
    #expect(slow[0] == .pause(connection, .seconds(2)))
    #expect(slow[1] == .pause(connection, .seconds(2)))
    #expect(slow[2] != .pause(connection, .seconds(2)))
    #expect(afterFault(.garbage("what?")).3 == [.sendText(1, "what?")])
  }

  @Test func resumesRefusedAndRepeated() {
    var (bench, _, session, _) = afterFault(.refuseResumes(1))
    #expect(bench.resume(session, after: 3).outputs.payloads.last?["op"] == 9)
    #expect(bench.server.sessions[session] == nil)
    (bench, _, session, _) = afterFault(.repeatReplay(2))
    _ = bench.server.inject(
      GatewayFault(.now, .reset), now: bench.now, world: bench.world)
    let outputs = bench.resume(session, after: 3).outputs
    #expect(outputs.payloads.map { $0["s"] } == [2, 3, 4])
  }

  @Test func aResumeThatBreaksOff() {
    var bench = GatewayBench(faults: [GatewayFault(.replay(2), .reset)])
    let (connection, session) = bench.ready(intents: intents)
    bench.server.closed(connection, code: nil, now: bench.now)
    for number in 0..<4 { _ = bench.message("\(number)") }
    let first = bench.resume(session, after: 1)
    #expect(first.outputs.names == ["MESSAGE_CREATE", "MESSAGE_CREATE"])
    #expect(first.outputs.last == .reset(first.connection))
    #expect(bench.resume(session, after: 3).outputs.payloads.map { $0["s"] } == [4, 5, 6])
  }

  @Test func connectionsRefusedLateOrDropped() {
    var bench = GatewayBench(faults: [
      GatewayFault(.connection(1), .lateHello(.seconds(3))),
      GatewayFault(.connection(2), .reset),
      GatewayFault(.time(.seconds(60)), .refuseConnections(.seconds(5))),
    ])
    let late = bench.open()
    #expect(late.outputs.first == .pause(late.connection, .seconds(3)))
    let dropped = bench.open()
    #expect(dropped.outputs == [.reset(dropped.connection)])
    var admitted = [bench.server.admitsConnection(now: .zero)]
    #expect(bench.server.nextDeadline == .seconds(60))
    _ = bench.server.tick(now: .seconds(60), world: bench.world)
    admitted.append(bench.server.admitsConnection(now: .seconds(64)))
    admitted.append(bench.server.admitsConnection(now: .seconds(65)))
    #expect(admitted == [true, false, true])
    #expect(bench.server.statistics.refusedConnections == 1)
  }

  @Test func plansOfASeedAreTheSame() {
    let plan = GatewayFault.random(seed: 7, count: 50, dispatches: 100)
    #expect(plan == GatewayFault.random(seed: 7, count: 50, dispatches: 100))
    #expect(plan != GatewayFault.random(seed: 8, count: 50, dispatches: 100))
    let resumable = GatewayFault.random(
      seed: 7, count: 500, dispatches: 100, resumableOnly: true)
    #expect(resumable.allSatisfy { !$0.losesSession })
  }
}
