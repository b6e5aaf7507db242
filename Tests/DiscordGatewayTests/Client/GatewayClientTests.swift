import DiscordGateway
import DiscordREST
import JSONValues
import ServiceLifecycle
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct GatewayClientTests {
  @Test func startReturnsWithReadyAndStopClosesWith1000() async throws {
    let bench = try ClientBench()
    let events = bench.client.events
    async let ready = bench.client.start()
    let socket = try await bench.gateway.accept()
    #expect(socket.url == "wss://gateway.discord.gg/?v=10&encoding=json")
    socket.hello()
    let identify = try await socket.next()
    #expect(identify["d"]?["token"] == .string(ClientBench.token))
    #expect(identify["d"]?["intents"] == 129)
    socket.ready(guilds: [["id": "10", "unavailable": true]])
    let told = try await ready
    #expect(told.sessionID == "S")
    #expect(told.userID == 1)
    #expect(told.applicationID == 2)
    #expect(told.guilds == [10])
    #expect(!told.followsLostSession)
    #expect(bench.client.isConnected)
    socket.message(2)
    var kinds: [String] = []
    for await event in events {
      switch event {
      case .ready(let ready): kinds.append(ready.username)
      case .messageCreate(let message):
        kinds.append(message.rawContent)
        Task { await bench.client.stop() }
      default: kinds.append("?")
      }
    }
    #expect(kinds == ["recorder", "text 2"])
    #expect(socket.code == 1000)
    #expect(!bench.client.isConnected)
    #expect(bench.client.failure == nil)
    for await _ in bench.client.events { Issue.record("an event after the end") }
  }

  @Test func aLostConnectionIsResumedAtTheSessionsAddress() async throws {
    let bench = try ClientBench()
    let events = bench.client.events
    let first = try await bench.start()
    first.message(2)
    first.lose()
    let second = try await bench.acceptNext()
    #expect(second.url == "wss://resume.discord.gg/?v=10&encoding=json")
    second.hello()
    let resume = try await second.next()
    #expect(resume["op"] == 6)
    #expect(
      resume["d"] == ["token": .string(ClientBench.token), "session_id": "S", "seq": 2])
    second.message(2)
    second.message(3)
    second.event("RESUMED", 4, [:])
    second.message(5)
    var ids: [String] = []
    for await event in events {
      switch event {
      case .messageCreate(let message): ids.append("\(message.id)")
      case .resumed: ids.append("resumed")
      default: break
      }
      if ids.last == "5" { break }
    }
    #expect(ids == ["2", "3", "resumed", "5"])
    let statistics = bench.client.statistics
    #expect(statistics.identifies == 1)
    #expect(statistics.resumes == 1)
    #expect(statistics.duplicates == 1)
    await bench.client.stop()
    #expect(second.code == 1000)
  }

  @Test func heartbeatsGoOutAndAMissedOneCloses() async throws {
    let bench = try ClientBench()
    let first = try await bench.start()
    try await bench.clock.waitForSleepers(1)
    bench.clock.advance(by: .seconds(40))
    let beat = try await first.next()
    #expect(beat == ["op": 1, "d": 1])
    let second = try await bench.acceptNext()
    #expect(first.code == 4000)
    second.hello()
    #expect(try await second.next()["op"] == 6)
    await bench.client.stop()
  }

  @Test func aPeerThatReadsNoMoreHoldsNothingUp() async throws {
    let bench = try ClientBench()
    let first = try await bench.start()
    first.stall()
    let second = try await bench.acceptNext()
    second.hello()
    #expect(try await second.next()["op"] == 6)
    let hurry = bench.hurry()
    await first.waitUntilClosed()
    hurry.cancel()
    #expect(first.code == 4000)
    await bench.client.stop()
  }

  @Test func fatalCodesEndTheRunWithTheirError() async throws {
    let bench = try ClientBench(intents: [.guilds, .messageContent])
    let events = bench.client.events
    let start = Task { try await bench.client.start() }
    let socket = try await bench.gateway.accept()
    socket.hello()
    _ = try await socket.next()
    socket.closeByServer(4014)
    let error = await #expect(throws: GatewayError.self) { try await start.value }
    #expect(error?.code == .disallowedIntents)
    #expect(error?.message.contains("MESSAGE_CONTENT") == true)
    #expect(bench.client.failure as? GatewayError == error)
    for await _ in events { Issue.record("an event") }
    await #expect(throws: GatewayError.self) { try await bench.client.send(op: 3, d: .null) }
  }

  @Test func aRefusedTokenEndsTheRun() async throws {
    let bench = try ClientBench(url: nil, transport: RefusingTransport())
    let error = await #expect(throws: GatewayError.self) { try await bench.client.start() }
    #expect(error?.code == .authenticationFailed)
  }

  @Test func eachClientRunsOnce() async throws {
    let bench = try ClientBench()
    _ = try await bench.start()
    let error = await #expect(throws: GatewayError.self) { try await bench.client.run() }
    #expect(error?.code == .alreadyStarted)
    await bench.client.stop()
    await #expect(throws: GatewayError.self) { try await bench.client.start() }
  }

  @Test func aServiceGroupShutsItDownGracefully() async throws {
    let bench = try ClientBench()
    let group = ServiceGroup(
      services: [bench.client], gracefulShutdownSignals: [], logger: bench.client.client.logger)
    async let run: Void = group.run()
    let socket = try await bench.gateway.acceptSession()
    try await bench.client.waitUntilReady()
    await group.triggerGracefulShutdown()
    try await run
    #expect(socket.code == 1000)
  }

  @Test func aCancelledRunThrowsAndDropsTheConnection() async throws {
    let bench = try ClientBench()
    let run = Task { try await bench.client.run() }
    let socket = try await bench.gateway.acceptSession()
    try await bench.client.waitUntilReady()
    run.cancel()
    await #expect(throws: CancellationError.self) { try await run.value }
    await socket.waitUntilClosed()
    #expect(socket.code != 1000)
  }

  @Test func theNetworkMayBeAwayForLong() async throws {
    let bench = try ClientBench()
    bench.gateway.refuse(30)
    async let ready = bench.client.start()
    let socket = try await bench.acceptNext()
    socket.hello()
    socket.ready()
    _ = try await ready
    #expect(bench.gateway.attemptCount == 31)
    await bench.client.stop()
  }

  @Test func aCancelledStartStopsTheClient() async throws {
    let bench = try ClientBench()
    bench.gateway.refuse(.max)
    let start = Task { try await bench.client.start() }
    try await bench.clock.waitForSleepers(1)
    start.cancel()
    await #expect(throws: CancellationError.self) { try await start.value }
    await #expect(throws: GatewayError.self) { try await bench.client.send(op: 3, d: .null) }
  }

  @Test func reconnectCanBeAskedFor() async throws {
    let bench = try ClientBench()
    let first = try await bench.start()
    await bench.client.reconnect(resume: false)
    let second = try await bench.acceptNext()
    #expect(first.code == 1000)
    second.hello()
    #expect(try await second.next()["op"] == 2)
    await bench.client.stop()
  }

  @Test func payloadsAreSentAndTooLargeOnesRefused() async throws {
    let bench = try ClientBench()
    let socket = try await bench.start()
    try await bench.client.updateVoiceState(guild: .id(10), channel: 20, selfDeaf: true)
    #expect(
      try await socket.next() == [
        "op": 4,
        "d": ["guild_id": "10", "channel_id": "20", "self_mute": false, "self_deaf": true],
      ])
    let overhead = JSONValue.object(["op": 3, "d": ""]).text().utf8.count
    let fits = JSONValue.string(String(repeating: "x", count: 4096 - overhead))
    try await bench.client.send(op: 3, d: fits)
    #expect(try await socket.next()["d"] == fits)
    let error = await #expect(throws: GatewayError.self) {
      try await bench.client.send(op: 3, d: .string(String(repeating: "x", count: 4097 - overhead)))
    }
    #expect(error?.code == .payloadTooLarge)
    var refused: GatewayError?
    for _ in 0..<2000 where refused == nil {
      do { try await bench.client.send(op: 3, d: .null) } catch { refused = error }
    }
    #expect(refused?.code == .sendQueueFull)
    await bench.client.stop()
  }

  @Test func voiceStatesAreKeptAndWaitedFor() async throws {
    let bench = try ClientBench()
    let socket = try await bench.start()
    socket.event("GUILD_CREATE", 2, VoiceStatesTests.create)
    let anna = try await bench.client.waitForVoiceState(
      of: .id(1), in: .id(10), timeout: .seconds(5)
    ) { $0 != nil }
    #expect(anna?.name == "Anna")
    #expect(bench.client.voiceStates.participants(in: ID<Channel>(20)).count == 2)
    async let gone = bench.client.waitForVoiceState(
      of: .id(1), in: .id(10), timeout: .seconds(5)
    ) { $0 == nil }
    socket.event("VOICE_STATE_UPDATE", 3, VoiceStatesTests.state(1, nil))
    #expect(try await gone == nil)
    let sleepers = bench.clock.sleepers
    let late = Task {
      try await bench.client.waitForVoiceState(
        of: .id(77), in: .id(10), timeout: .seconds(5)
      ) { $0 != nil }
    }
    try await bench.clock.waitForSleepers(sleepers + 1)
    bench.clock.advance(by: .seconds(5))
    let error = await #expect(throws: GatewayError.self) { try await late.value }
    #expect(error?.code == .timedOut)
    await bench.client.stop()
  }

  /// At the finest level, over identify, resume, refusal and failure.
  @Test func logsNeverShowATokenOrAPayload() async throws {
    let bench = try ClientBench()
    let first = try await bench.start()
    first.event(
      "VOICE_SERVER_UPDATE", 2,
      ["token": "voice-canary", "guild_id": "10", "endpoint": "x.discord.media"])
    first.event("MESSAGE\u{1B}[31m_CANARY\n", 3, ["content": "content-canary"])
    first.text("garbage-canary")
    let second = try await bench.acceptNext()
    second.hello()
    _ = try await second.next()
    second.send(op: 9, d: false)
    let third = try await bench.acceptNext()
    third.hello()
    _ = try await third.next()
    third.closeByServer(4004)
    await third.waitUntilClosed()
    await bench.client.stop()
    let text = bench.log.text
    #expect(text.contains("Resuming"))
    #expect(text.contains("4004"))
    for secret in ["canary", "MTAw", "dG9rZW4"] { #expect(!text.contains(secret)) }
    #expect(!text.contains("\u{1B}"))
    #expect(bench.log.lines.allSatisfy { !$0.description.contains("\n") })
    #expect(!"\(bench.client.failure as Any)".contains("canary"))
  }
}

/// The API says 401 to everything.
struct RefusingTransport: HTTPTransport {
  func execute(
    _ request: HTTPRequestDescription, maximumBodyBytes: Int, timeout: Duration
  ) async throws -> HTTPResponseDescription {
    HTTPResponseDescription(
      status: 401, headers: [("Content-Type", "application/json")],
      body: Array(#"{"message":"401: Unauthorized","code":0}"#.utf8))
  }
}
