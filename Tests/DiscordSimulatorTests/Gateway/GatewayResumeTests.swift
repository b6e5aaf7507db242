import DiscordSimulator
import JSONValues
import Testing

/// Sessions that outlive their connections.
struct GatewayResumeTests {
  let intents = GatewayIntent.guildMessages | GatewayIntent.messageContent

  @Test func missedEventsAreReplayedInOrder() {
    var bench = GatewayBench()
    let (connection, session) = bench.ready(intents: intents)
    #expect(bench.message("1").count == 1)
    bench.server.closed(connection, code: nil, now: bench.now)
    #expect(bench.message("2").isEmpty)
    #expect(bench.message("3").isEmpty)
    let outputs = bench.resume(session, after: 2).outputs
    #expect(outputs.names == ["MESSAGE_CREATE", "MESSAGE_CREATE", "RESUMED"])
    #expect(outputs.payloads.map { $0["s"] } == [3, 4, 5])
    #expect(outputs.payloads.map { $0["d"]?["content"] } == ["2", "3", nil])
    #expect(bench.message("4").payloads.first?["s"] == 6)
    #expect(bench.server.statistics.resumed == 1)
    #expect(bench.server.statistics.resumesElsewhere == 0)
  }

  @Test func aSecondReplayHasNoResumedOfTheFirst() {
    var bench = GatewayBench()
    let (connection, session) = bench.ready(intents: intents)
    bench.server.closed(connection, code: 4000, now: bench.now)
    let second = bench.resume(session, after: 1).connection
    bench.server.closed(second, code: 4000, now: bench.now)
    _ = bench.message("1")
    #expect(bench.resume(session, after: 1).outputs.names == ["MESSAGE_CREATE", "RESUMED"])
  }

  @Test func resumeTakesTheSessionFromItsOldConnection() {
    var bench = GatewayBench()
    let (old, session) = bench.ready(intents: intents)
    let (new, outputs) = bench.resume(session, after: 1)
    #expect(outputs.first == .close(old, code: 4000, reason: "The session was resumed elsewhere."))
    bench.server.closed(old, code: 4000, now: bench.now)
    guard case .send(new, _)? = bench.message("1").first else {
      Issue.record("the message did not go to the new connection")
      return
    }
  }

  @Test(arguments: [1000, 1001] as [UInt16]) func goodbyeEndsTheSession(code: UInt16) {
    var bench = GatewayBench()
    let (connection, session) = bench.ready(intents: intents)
    bench.server.closed(connection, code: code, now: bench.now)
    let outputs = bench.resume(session, after: 1).outputs
    #expect(outputs.payloads.first?["op"] == 9)
    #expect(outputs.payloads.first?["d"] == false)
  }

  @Test func sessionsAreForgottenAfterAWhile() {
    var bench = GatewayBench()
    let (connection, session) = bench.ready(intents: intents)
    bench.server.closed(connection, code: nil, now: bench.now)
    #expect(bench.server.nextDeadline == .seconds(180))
    _ = bench.server.tick(now: .seconds(179), world: bench.world)
    #expect(bench.server.sessions[session] != nil)
    _ = bench.server.tick(now: .seconds(180), world: bench.world)
    #expect(bench.server.sessions[session] == nil)
  }

  @Test func sequencesAheadAreInvalid() {
    var bench = GatewayBench()
    let (connection, session) = bench.ready(intents: intents)
    bench.server.closed(connection, code: nil, now: bench.now)
    #expect(bench.resume(session, after: 2).outputs.closeCode == 4007)
    #expect(bench.resume(session, after: 1).outputs.payloads.first?["op"] == 9)
  }

  @Test func wrongOwnersAndUnknownSessions() {
    var bench = GatewayBench()
    let (_, session) = bench.ready(intents: intents)
    #expect(bench.resume(session, after: 1, token: "nobody").outputs.closeCode == 4004)
    #expect(bench.resume(session, after: 1, token: "other").outputs.payloads.first?["op"] == 9)
    #expect(bench.resume("unknown", after: 1).outputs.payloads.first?["op"] == 9)
    #expect(bench.resume(session, after: 1).outputs.names.last == "RESUMED")
    let connection = bench.open().connection
    #expect(bench.send(6, ["token": "token"], on: connection).closeCode == 4002)
  }

  @Test func whatIsNoLongerKeptCannotBeResumed() {
    var rules = GatewayRules()
    rules.replayLimit = 10
    var bench = GatewayBench(rules: rules)
    let (connection, session) = bench.ready(intents: intents)
    bench.server.closed(connection, code: nil, now: bench.now)
    for number in 0..<50 { _ = bench.message("\(number)") }
    // 51 events, of which the last ten are kept.
    #expect(bench.resume(session, after: 41).outputs.names.count == 11)
    #expect(bench.resume(session, after: 40).outputs.payloads.last?["op"] == 9)
  }

  @Test func afterARefusalOneMayIdentifyOnTheSameConnection() {
    var bench = GatewayBench()
    let connection = bench.resume("unknown", after: 1).connection
    #expect(bench.identify(intents: 0, on: connection).names == ["READY"])
  }
}
