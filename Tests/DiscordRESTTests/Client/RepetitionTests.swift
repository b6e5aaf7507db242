internal import DiscordREST
internal import JSONValues
internal import TestSupport
internal import Testing

/// What is tried again and what is not; a message is never sent twice.
@Suite struct RepetitionTests {
  private static let faults: [FaultyTransport.Step] = [
    .answer(500), .answer(502), .answer(503), .answer(504), .fail(.connectionLost),
    .fail(.timedOut),
  ]

  @Test(arguments: [DiscordMethod.get, .put, .delete])
  func whatMayBeDoneTwiceIsRepeated(method: DiscordMethod) async throws {
    for fault in Self.faults {
      let (value, requests, time) = try await RequestTests.run([fault, fault, .answer(200, "7")]) {
        try await $0.request(method, "/channels/1")
      }
      #expect(value == 7)
      #expect(requests.count == 3)
      // Half a second and one, of each a random half or more.
      #expect(time >= .milliseconds(750) && time <= .milliseconds(1500))
    }
  }

  @Test(arguments: [DiscordMethod.post, .patch])
  func whatMayNotIsNot(method: DiscordMethod) async throws {
    for fault in Self.faults {
      let (error, requests, _) = try await RequestTests.failure([fault, .answer(200, "7")]) {
        _ = try await $0.request(method, "/channels/1/threads", json: [:])
      }
      #expect([.http, .network, .timedOut].contains(error.kind))
      #expect(requests.count == 1)
    }
    // Nothing was sent: no harm in trying again.
    let (value, requests, _) = try await RequestTests.run([.fail(.notConnected), .answer(200, "7")])
    {
      try await $0.request(method, "/channels/1/threads", json: [:])
    }
    #expect(value == 7)
    #expect(requests.count == 2)
  }

  @Test func aMessageIsRepeatedWithTheSameNonce() async throws {
    let (_, requests, _) = try await RequestTests.run(
      [.fail(.connectionLost), .answer(503), .answer(200, "{}")]
    ) { try await $0.request(.post, "/channels/1/messages", json: ["content": "x"]) }
    #expect(requests.count == 3)
    let bodies = try requests.map { try JSONValue(parsing: $0.body?.collect() ?? []) }
    #expect(Set(bodies).count == 1)
    #expect(bodies[0]["enforce_nonce"] == true)
    #expect((1...25).contains(bodies[0]["nonce"]?.string?.count ?? 0))
    #expect(bodies[0]["content"] == "x")
  }

  @Test func twoMessagesHaveTwoNonces() async throws {
    let (_, requests, _) = try await RequestTests.run([.answer(200, "{}")]) { client in
      for _ in 0..<2 {
        _ = try await client.request(.post, "/channels/1/messages", json: ["content": "x"])
      }
    }
    let bodies = try requests.map { try JSONValue(parsing: $0.body?.collect() ?? []) }
    #expect(bodies[0]["nonce"] != bodies[1]["nonce"])
  }

  @Test func aCallersNonceThatIsNotEnforcedIsNoProtection() async throws {
    let (_, requests, _) = try await RequestTests.failure([.answer(500), .answer(200, "{}")]) {
      _ = try await $0.request(.post, "/channels/1/messages", json: ["content": "x", "nonce": 5])
    }
    #expect(requests.count == 1)
  }

  /// Discord remembers nonces for minutes only.
  @Test func aMessageIsNotRepeatedWhenItsNonceMayBeForgotten() async throws {
    var configuration = DiscordClient.Configuration()
    configuration.totalDeadline = .seconds(3600)
    let (_, requests, _) = try await RequestTests.failure(
      [.fail(.connectionLost), .answer(429, #"{"retry_after":300}"#), .answer(200, "{}")],
      configuration: configuration
    ) { _ = try await $0.request(.post, "/channels/1/messages", json: ["content": "x"]) }
    #expect(requests.count == 2)
  }

  @Test func webhooksAreNotRepeated() async throws {
    let (_, requests, _) = try await RequestTests.failure([.answer(500), .answer(200, "{}")]) {
      _ = try await $0.request(.post, "/webhooks/1/token", json: ["content": "x"])
    }
    #expect(requests.count == 1)
  }

  @Test func whatALostDeletionHasDeletedIsGone() async throws {
    let (value, requests, _) = try await RequestTests.run(
      [.fail(.connectionLost), .answer(404, #"{"code":10008,"message":"Unknown Message"}"#)]
    ) { try await $0.request(.delete, "/channels/1/messages/2") }
    #expect(value.isNull)
    #expect(requests.count == 2)
    let (error, _, _) = try await RequestTests.failure([.answer(404)]) {
      _ = try await $0.request(.delete, "/channels/1/messages/2")
    }
    #expect(error.kind == .notFound)
  }

  @Test func aFaultThatAsksForAWait() async throws {
    let (_, _, time) = try await RequestTests.run(
      [.answer(503, "", [("Retry-After", "7")]), .answer(200, "{}")]
    ) { try await $0.request(.get, "/users/@me") }
    #expect(time == .seconds(7))
  }

  @Test func aRefusalIsWaitedForExactly() async throws {
    let (_, requests, time) = try await RequestTests.run(
      [
        .answer(429, #"{"retry_after":2.5,"global":false}"#, [("Retry-After", "3")]),
        .answer(200, "{}"),
      ]
    ) { try await $0.request(.post, "/channels/1/threads", json: [:]) }
    #expect(requests.count == 2)
    #expect(time == .milliseconds(2505))
  }

  @Test func aWaitBeyondTheDeadlineIsNotBegun() async throws {
    let (error, requests, time) = try await RequestTests.failure(
      [.answer(429, #"{"retry_after":600}"#)]
    ) { _ = try await $0.request(.get, "/users/@me") }
    #expect(error.kind == .rateLimited)
    #expect(error.retryAfter == .seconds(600))
    #expect(requests.count == 1)
    #expect(time == .zero)
  }

  @Test func faultsForEverEnd() async throws {
    let (error, requests, time) = try await RequestTests.failure([.answer(500)]) {
      _ = try await $0.request(.get, "/users/@me")
    }
    #expect(error.status == 500)
    #expect(requests.count == 6)
    #expect(time < .seconds(120))
    let refused = try await RequestTests.failure([.answer(429, #"{"retry_after":0}"#)]) {
      _ = try await $0.request(.get, "/users/@me")
    }
    #expect(refused.error.kind == .rateLimited)
    #expect(refused.requests.count == 11)
  }

  @Test func theDeadlineIsOverAllAttempts() async throws {
    var configuration = DiscordClient.Configuration()
    configuration.totalDeadline = .seconds(2)
    configuration.maximumRetries = 100
    let (error, _, time) = try await RequestTests.failure(
      [.fail(.connectionLost)], configuration: configuration
    ) { _ = try await $0.request(.get, "/users/@me") }
    #expect(error.kind == .network)
    #expect(time <= .seconds(2))
  }

  @Test(.timeLimit(.minutes(1))) func aCancelledCallEndsAtOnceAndLeavesNothing() async throws {
    let transport = FaultyTransport([.hang])
    let client = DiscordClient(
      credential: try DiscordCredential(botToken: "t"), transport: transport)
    let tasks = (0..<10).map { _ in Task { try await client.request(.get, "/channels/1") } }
    // One is on its way, the others wait for its answer.
    while transport.requests.isEmpty || client.waiterCount < 9 { await Task.yield() }
    for task in tasks { task.cancel() }
    for task in tasks {
      await #expect(throws: CancellationError.self) { try await task.value }
    }
    #expect(client.waiterCount == 0)
    #expect(transport.requests.count <= 10)
  }
}
