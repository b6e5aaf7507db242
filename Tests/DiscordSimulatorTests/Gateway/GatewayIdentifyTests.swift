import DiscordSimulator
import JSONValues
import Testing

/// How a session begins, and why it does not.
struct GatewayIdentifyTests {
  let guilds = GatewayIntent.guilds

  @Test func helloThenReadyThenGuilds() {
    var bench = GatewayBench()
    let (connection, hello) = bench.open()
    #expect(hello.payloads.first?["op"] == 10)
    #expect(hello.payloads.first?["d"]?["heartbeat_interval"] == 41_250)
    let outputs = bench.identify(intents: guilds, on: connection)
    #expect(outputs.names == ["READY", "GUILD_CREATE", "GUILD_CREATE"])
    let ready = outputs.data("READY")
    #expect(ready?["v"] == 10)
    #expect(ready?["user"]?["id"] == "100")
    #expect(ready?["application"]?["id"] == "101")
    #expect(ready?["guilds"]?[0]?["unavailable"] == true)
    #expect(ready?["resume_gateway_url"]?.string == bench.server.rules.resumeURL)
    #expect(outputs.payloads.map { $0["s"] } == [1, 2, 3])
  }

  @Test func withoutTheGuildsIntentNoGuildCreate() {
    var bench = GatewayBench()
    let connection = bench.open().connection
    #expect(bench.identify(intents: 512, on: connection).names == ["READY"])
  }

  struct Refusal: Sendable {
    var token = "token"
    var intents: UInt64 = 1
    var shard: JSONValue?
    var code: UInt16
  }

  static let refusals = [
    Refusal(token: "wrong", code: 4004),
    Refusal(token: "Bot token", code: 4004),
    Refusal(intents: 1 << 17, code: 4013),
    Refusal(intents: 1 << 40, code: 4013),
    Refusal(token: "other", intents: 1 << 1, code: 4014),
    Refusal(token: "other", intents: 1 << 8, code: 4014),
    Refusal(token: "other", intents: 1 << 15, code: 4014),
    Refusal(shard: [1, 1], code: 4010),
    Refusal(shard: [0, 0], code: 4010),
    Refusal(shard: [-1, 2], code: 4010),
    Refusal(shard: "0", code: 4010),
  ]

  @Test(arguments: refusals) func refusedIdentify(refusal: Refusal) {
    var bench = GatewayBench()
    let connection = bench.open().connection
    let outputs = bench.identify(
      refusal.token, intents: refusal.intents, shard: refusal.shard, on: connection)
    #expect(outputs.closeCode == refusal.code)
    #expect(bench.server.sessions.isEmpty)
    // What still comes is not read.
    #expect(bench.send(1, .null, on: connection).isEmpty)
  }

  @Test func limitedApplicationsHaveTheIntentsToo() {
    var bench = GatewayBench()
    bench.world.flags = 1 << 13 | 1 << 15 | 1 << 19
    let connection = bench.open().connection
    #expect(
      bench.identify(intents: GatewayIntent.allPrivileged, on: connection).names == ["READY"])
  }

  @Test func incompleteIdentify() {
    for data: JSONValue in [
      .null, [:], ["token": "token", "intents": 1], ["token": "token", "properties": [:]],
      ["token": 1, "intents": 1, "properties": [:]],
    ] {
      var bench = GatewayBench()
      let connection = bench.open().connection
      #expect(bench.send(2, data, on: connection).closeCode == 4002)
    }
  }

  @Test func shardsGetTheirGuildsOnly() {
    var bench = GatewayBench()
    bench.server.rules.maximumConcurrency = 2
    var guildsOfShards: [[JSONValue?]] = []
    for shard in 0..<2 as Range<Int64> {
      let connection = bench.open().connection
      let outputs = bench.identify(
        intents: guilds, shard: [.integer(shard), 2], on: connection)
      #expect(outputs.data("READY")?["shard"] == [.integer(shard), 2])
      guildsOfShards.append(
        outputs.payloads.filter { $0["t"] == "GUILD_CREATE" }.map { $0["d"]?["id"] })
    }
    #expect(guildsOfShards == [["8388608"], ["4194304"]])
    // The club's events go to shard 1 alone, direct messages to shard 0 alone.
    #expect(bench.message("hello").isEmpty)
    bench.server.rules.maximumGuildsPerShard = 1
    bench.now = .seconds(10)
    let connection = bench.open().connection
    #expect(bench.identify(intents: guilds, on: connection).closeCode == 4011)
  }

  @Test func identifiesTooSoonAreInvalid() {
    var bench = GatewayBench()
    _ = bench.ready(intents: guilds)
    bench.now = .milliseconds(4999)
    let connection = bench.open().connection
    let early = bench.identify(intents: guilds, on: connection)
    #expect(early.payloads.first?["op"] == 9)
    #expect(early.payloads.first?["d"] == false)
    #expect(bench.server.statistics.identifiesTooSoon == 1)
    // Another bot has its own limit, and after five seconds the connection may try again.
    let others = bench.open().connection
    #expect(bench.identify("other", intents: guilds, on: others).count == 2)
    bench.now = .seconds(5)
    #expect(bench.identify(intents: guilds, on: connection).names.first == "READY")
  }

  @Test func sessionStartsOfADay() {
    var bench = GatewayBench()
    bench.server.rules.sessionStartLimit = 2
    for _ in 0..<2 {
      _ = bench.ready(intents: guilds)
      bench.now += .seconds(5)
    }
    let limit = bench.server.sessionStartLimit(of: FakeGatewayWorld.bot, now: bench.now)
    #expect(limit == ["total": 2, "remaining": 0, "reset_after": 86_390_000, "max_concurrency": 1])
    let connection = bench.open().connection
    #expect(bench.identify(intents: guilds, on: connection).closeCode == 4004)
    bench.now = .seconds(86_400)
    let later = bench.open().connection
    #expect(bench.identify(intents: guilds, on: later).names.first == "READY")
  }

  @Test func versionsAndEncodings() {
    var bench = GatewayBench()
    #expect(bench.open("/?v=5&encoding=json").outputs.closeCode == 4012)
    #expect(bench.open("/?v=10&encoding=etf").outputs.closeCode == 4002)
    #expect(bench.open("/").outputs.payloads.first?["op"] == 10)
    #expect(bench.open("/?encoding=json&v=9").outputs.payloads.first?["op"] == 10)
  }
}
