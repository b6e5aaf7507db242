internal import DiscordREST
internal import JSONValues
internal import Logging
internal import TestSupport
internal import Testing

@Suite struct RequestTests {
  /// Calls the client on virtual time; the time that passed and what was asked.
  static func run<Value: Sendable>(
    _ steps: [FaultyTransport.Step], configuration: DiscordClient.Configuration = .init(),
    userToken: String? = nil, logger: Logger = Logger(label: "test"),
    _ body: @escaping @Sendable (DiscordClient) async throws -> Value
  ) async throws -> (value: Value, requests: [HTTPRequestDescription], time: Duration) {
    let transport = FaultyTransport(steps)
    return try await VirtualTime.run { clock, executor in
      let client = DiscordClient(
        credential: try DiscordCredential(botToken: "Bot sEcReT.tOkEn", userToken: userToken),
        transport: transport, configuration: configuration, logger: logger, clock: clock,
        random: SplitMix64(seed: 1), timerExecutor: executor)
      let value = try await body(client)
      #expect(client.waiterCount == 0)
      return (value, transport.requests, clock.now.offset)
    }
  }

  /// The error of a call.
  static func failure(
    _ steps: [FaultyTransport.Step], configuration: DiscordClient.Configuration = .init(),
    _ body: @escaping @Sendable (DiscordClient) async throws -> Void
  ) async throws -> (error: DiscordError, requests: [HTTPRequestDescription], time: Duration) {
    let outcome = try await run(steps, configuration: configuration) { client in
      do {
        try await body(client)
        return nil as DiscordError?
      } catch let error as DiscordError {
        return error
      }
    }
    return (try #require(outcome.value), outcome.requests, outcome.time)
  }

  @Test func aCallAsDiscordWantsIt() async throws {
    let (value, requests, _) = try await Self.run([.answer(200, #"{"id":"1"}"#)]) { client in
      try await client.request(
        .patch, "/channels/1", query: ["a b": "é&=", "none": nil, "c": "1"],
        json: ["name": "x"], reason: "spam é\n")
    }
    #expect(value == ["id": "1"])
    let request = try #require(requests.first)
    #expect(request.url == "https://discord.com/api/v10/channels/1?a%20b=%C3%A9%26%3D&c=1")
    #expect(request.header("Authorization") == "Bot sEcReT.tOkEn")
    #expect(request.header("User-Agent")?.hasPrefix("DiscordBot (https://") == true)
    #expect(request.header("Content-Type") == "application/json")
    #expect(request.header("X-Audit-Log-Reason") == "spam%20%C3%A9%0A")
    #expect(try request.body?.collect() == Array(#"{"name":"x"}"#.utf8))
  }

  @Test func anAnswerWithoutABodyIsNull() async throws {
    for step in [FaultyTransport.Step.answer(204), .answer(200)] {
      let value = try await Self.run([step]) { try await $0.request(.delete, "/channels/1") }.value
      #expect(value.isNull)
    }
  }

  @Test func anAnswerThatIsNotJSON() async throws {
    let (error, requests, _) = try await Self.failure([.answer(200, "<html>")]) {
      _ = try await $0.request(.get, "/channels/1")
    }
    #expect(error.kind == .invalidResponse)
    #expect(requests.count == 1)
  }

  @Test(arguments: [
    "channels/1", "//evil.example/x", "/channels/../users", "/channels/%2e%2e/users", "/a?b=c",
    "/a#b", "/a b", "/a\r\nX: y", "/é", "/a%2fb", "/a%5Cb", "/a%0ab", "/a%zz", "/a%2", "/", "/a//b",
    "/a/", "/a\\b", "/a%+1", "",
  ])
  func pathsThatCouldLeadElsewhereAreRefused(path: String) async throws {
    let (error, requests, _) = try await Self.failure([.answer(200)]) {
      _ = try await $0.request(.get, path)
    }
    #expect(error.kind == .invalidArgument)
    #expect(requests.isEmpty)
  }

  @Test(arguments: [
    "http://discord.com/api/v10", "ftp://discord.com", "discord.com", "https://", "https://u@h/x",
    "https://h/x?y", "https://h/x#y", "http://127.1/api", "http://0x7f000001/",
    "http://2130706433/",
    "http://127.0.0.1.evil.example/", "http://[::ffff:127.0.0.1]/", "https://h:0/",
    "https://h:99999/",
    "https://h\r\n/", "http://localhost.evil.example", "http://127.0.0.01/",
  ])
  func addressesThatAreNotEncryptedOrOddAreRefused(base: String) async throws {
    var configuration = DiscordClient.Configuration()
    configuration.baseURL = base
    let (error, requests, _) = try await Self.failure(
      [.answer(200)], configuration: configuration
    ) { _ = try await $0.request(.get, "/users/@me") }
    #expect(error.kind == .invalidArgument)
    #expect(requests.isEmpty)
  }

  @Test(arguments: [
    "http://127.0.0.1:8080/api/v10", "http://localhost/api/v10/", "http://[::1]:9/api",
    "https://discord.com/api/v10", "HTTPS://Discord.com/api",
  ])
  func addressesThatAreTaken(base: String) async throws {
    var configuration = DiscordClient.Configuration()
    configuration.baseURL = base
    let requests = try await Self.run([.answer(200, "{}")], configuration: configuration) {
      try await $0.request(.get, "/users/@me")
    }.requests
    #expect(requests.first?.url.hasSuffix("/users/@me") == true)
    #expect(requests.first?.url.contains("//users") == false)
  }

  @Test func aTokenInThePathNeedsNoOther() async throws {
    for path in ["/webhooks/1/tok", "/interactions/1/tok/callback"] {
      let requests = try await Self.run([.answer(204)]) { try await $0.request(.post, path) }
        .requests
      #expect(requests.first?.header("Authorization") == nil)
    }
  }

  @Test func theUsersTokenOnlyWhereAsked() async throws {
    let requests = try await Self.run([.answer(200, "[]")], userToken: "uSeR") { client in
      _ = try await client.request(.get, "/users/@me/channels", as: .user)
      return try await client.request(.get, "/users/@me")
    }.requests
    #expect(requests.map { $0.header("Authorization") } == ["uSeR", "Bot sEcReT.tOkEn"])
    let (error, sent, _) = try await Self.failure([.answer(200, "[]")]) {
      _ = try await $0.request(.get, "/users/@me/channels", as: .user)
    }
    #expect(error.kind == .credentialMissing)
    #expect(sent.isEmpty)
  }

  @Test func aRefusedTokenIsTheLastThingSent() async throws {
    let (errors, requests, _) = try await Self.run([
      .answer(401, #"{"message":"401: Unauthorized","code":0}"#)
    ]) { client in
      var errors: [DiscordError] = []
      for _ in 0..<3 {
        do { _ = try await client.request(.get, "/users/@me") } catch let error as DiscordError {
          errors.append(error)
        }
      }
      return errors
    }
    #expect(errors.map(\.kind) == [.unauthorized, .unauthorized, .unauthorized])
    #expect(errors.allSatisfy { $0.hint?.isEmpty == false })
    #expect(requests.count == 1)
  }

  @Test func anAnswerLargerThanAllowed() async throws {
    var configuration = DiscordClient.Configuration()
    configuration.maximumResponseBytes = 10
    let (error, requests, _) = try await Self.failure(
      [.answer(200, "[1,2,3,4,5,6]")], configuration: configuration
    ) { _ = try await $0.request(.get, "/users/@me") }
    #expect(error.kind == .invalidResponse)
    #expect(requests.count == 1)
  }

  @Test func aTokenIsNowhereToBeSeen() async throws {
    let (logger, log) = RecordingLogHandler.makeLogger()
    let (texts, _, _) = try await Self.run(
      [
        .answer(500), .fail(.connectionLost), .answer(429, #"{"retry_after":0.5}"#),
        .answer(403, #"{"message":"no","code":50013}"#),
      ], userToken: "uSeRtOkEn", logger: logger
    ) { client in
      var texts: [String] = []
      for path in ["/channels/1", "/webhooks/1/wEbHoOk", "/interactions/5/iNtEr/callback"] {
        do { _ = try await client.request(.get, path) } catch {
          texts.append("\(error)")
          texts.append(String(reflecting: error))
        }
      }
      var text = ""
      dump(client, to: &text, maxDepth: 20)
      texts += [text, "\(client)", String(reflecting: client)]
      return texts
    }
    for text in texts + [log.text] {
      for secret in ["sEcReT", "uSeRtOkEn", "wEbHoOk", "iNtEr"] { #expect(!text.contains(secret)) }
    }
    #expect(!log.lines.isEmpty)
  }
}
