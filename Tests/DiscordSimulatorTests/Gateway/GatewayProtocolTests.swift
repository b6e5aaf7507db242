import DiscordSimulator
import JSONValues
import Testing

/// What the server does with what clients send.
struct GatewayProtocolTests {
  @Test func heartbeatsAreAcknowledgedEvenBeforeIdentify() {
    var bench = GatewayBench()
    let connection = bench.open().connection
    #expect(bench.send(1, .null, on: connection).payloads.first?["op"] == 11)
    _ = bench.identify(intents: 0, on: connection)
    #expect(bench.send(1, 1, on: connection).payloads.first?["op"] == 11)
    #expect(bench.server.statistics.heartbeats == 2)
  }

  @Test func missedHeartbeatsEndTheSession() {
    var bench = GatewayBench()
    let (connection, session) = bench.ready(intents: 0)
    let deadline = bench.server.nextDeadline
    #expect(deadline == .milliseconds(61_250))
    bench.now = .seconds(30)
    _ = bench.send(1, 1, on: connection)
    bench.now = .milliseconds(61_250)
    #expect(bench.server.tick(now: bench.now, world: bench.world).isEmpty)
    bench.now = .milliseconds(91_250)
    #expect(bench.server.tick(now: bench.now, world: bench.world).closeCode == 4009)
    #expect(bench.server.sessions[session] == nil)
    #expect(bench.server.takeEndedSessions() == [session])
  }

  @Test(arguments: [3, 4, 8, 31]) func nothingButHeartbeatsBeforeIdentify(op: Int) {
    var bench = GatewayBench()
    let connection = bench.open().connection
    #expect(bench.send(op, [:], on: connection).closeCode == 4003)
  }

  @Test(arguments: [2, 6]) func nobodyIdentifiesTwice(op: Int) {
    var bench = GatewayBench()
    let (connection, _) = bench.ready(intents: 0)
    #expect(bench.send(op, [:], on: connection).closeCode == 4005)
  }

  @Test(arguments: [0, 5, 7, 9, 10, 11, 99, -1]) func unknownOpcodes(op: Int) {
    var bench = GatewayBench()
    let (connection, session) = bench.ready(intents: 0)
    #expect(bench.send(op, .null, on: connection).closeCode == 4001)
    // One may resume after it.
    #expect(bench.server.sessions[session] != nil)
  }

  @Test(arguments: ["", "hello", "[]", "{}", "{\"op\":\"1\"}", "{\"op\":1.5}", "1", "{\"op\":"])
  func payloadsThatAreNone(text: String) {
    var bench = GatewayBench()
    let connection = bench.open().connection
    let outputs = bench.server.received(
      Array(text.utf8), from: connection, now: bench.now, world: bench.world)
    #expect(outputs.closeCode == 4002)
  }

  @Test func payloadsOverTheLimit() {
    var bench = GatewayBench()
    let (connection, _) = bench.ready(intents: 0)
    func payload(bytes: Int) -> [UInt8] {
      let text = "{\"op\":1,\"d\":null}"
      return Array((text + String(repeating: " ", count: bytes - text.utf8.count)).utf8)
    }
    let within = bench.server.received(
      payload(bytes: 4096), from: connection, now: bench.now, world: bench.world)
    #expect(within.payloads.first?["op"] == 11)
    let over = bench.server.received(
      payload(bytes: 4097), from: connection, now: bench.now, world: bench.world)
    #expect(over.closeCode == 4002)
  }

  @Test func oneHundredAndTwentySendsAMinute() {
    var bench = GatewayBench()
    let (connection, session) = bench.ready(intents: 0)
    for _ in 0..<119 {
      #expect(bench.send(1, .null, on: connection).closeCode == nil)
    }
    #expect(bench.send(1, .null, on: connection).closeCode == 4008)
    #expect(bench.server.sessions[session] != nil)
    // A minute later the same number is allowed again.
    var calm = GatewayBench()
    let (other, _) = calm.ready(intents: 0)
    for _ in 0..<119 { _ = calm.send(1, .null, on: other) }
    calm.now = .seconds(60)
    #expect(calm.send(1, .null, on: other).payloads.first?["op"] == 11)
  }

  @Test func presenceIsAccepted() {
    var bench = GatewayBench()
    let (connection, _) = bench.ready(intents: 0)
    let presence: JSONValue = ["since": .null, "activities": [], "status": "idle", "afk": false]
    #expect(bench.send(3, presence, on: connection).isEmpty)
    #expect(bench.send(3, .null, on: connection).closeCode == 4002)
  }

  @Test func voiceStateIsARequestToTheWorld() throws {
    var bench = GatewayBench()
    let (connection, session) = bench.ready(intents: 0)
    let outputs = bench.send(
      4, ["guild_id": 4_194_304, "channel_id": "5", "self_mute": true, "self_deaf": false],
      on: connection)
    let output = try #require(outputs.first)
    guard case .voiceState(let request) = output else {
      Issue.record("\(output)")
      return
    }
    #expect(request.sessionID == session)
    #expect(request.userID == FakeGatewayWorld.bot)
    #expect(request.guildID == FakeGatewayWorld.club)
    #expect(request.channelID == 5)
    #expect(request.selfMute)
    #expect(bench.send(4, ["channel_id": "5"], on: connection).closeCode == 4002)
  }

  @Test func membersComeInChunks() {
    var bench = GatewayBench()
    bench.world.people = 1500
    let (connection, _) = bench.ready(intents: GatewayIntent.guildMembers)
    let all = bench.send(
      8, ["guild_id": "4194304", "query": "", "limit": 0, "nonce": "n"], on: connection)
    #expect(all.payloads.map { $0["d"]?["members"]?.array?.count } == [1000, 502])
    #expect(all.payloads.map { $0["d"]?["chunk_index"] } == [0, 1])
    #expect(all.payloads.allSatisfy { $0["d"]?["chunk_count"] == 2 && $0["d"]?["nonce"] == "n" })
    let some = bench.send(
      8, ["guild_id": "4194304", "query": "USER100", "limit": 5], on: connection)
    #expect(some.data("GUILD_MEMBERS_CHUNK")?["members"]?.array?.count == 5)
    let named = bench.send(
      8, ["guild_id": "4194304", "user_ids": ["1003", "9"], "limit": 0], on: connection)
    #expect(named.data("GUILD_MEMBERS_CHUNK")?["members"]?.array?.count == 1)
    #expect(named.data("GUILD_MEMBERS_CHUNK")?["not_found"] == ["9"])
  }
}
