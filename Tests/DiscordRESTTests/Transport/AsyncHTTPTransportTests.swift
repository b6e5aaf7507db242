internal import AsyncHTTPClient
internal import DiscordREST
internal import FoundationEssentials
internal import JSONValues
internal import TestSupport
internal import Testing

/// The client over real sockets, against a server that misbehaves.
@Suite(.timeLimit(.minutes(2))) struct AsyncHTTPTransportTests {
  private func failure(_ client: DiscordClient, _ path: String) async -> DiscordError? {
    do {
      _ = try await client.request(.get, path)
      return nil
    } catch {
      return error as? DiscordError
    }
  }

  @Test func redirectsAreRefused() async throws {
    try await MisbehavingServer.withClient {
      #expect(await failure($0, "/redirect")?.kind == .invalidResponse)
    }
    // Also with a caller's client that follows them.
    try await MisbehavingServer.withClient(.init()) {
      #expect(await failure($0, "/redirect")?.kind == .invalidResponse)
    }
  }

  @Test func largeAnswersAndLostConnections() async throws {
    try await MisbehavingServer.withClient { client in
      #expect(await failure(client, "/large")?.kind == .invalidResponse)
      #expect(await failure(client, "/cut")?.kind == .network)
    }
  }

  @Test func filesAreStreamed() async throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/file"
    try Data(count: 3_000_000).write(to: URL(filePath: path))
    try await MisbehavingServer.withClient { client in
      let count = try await client.request(
        .post, "/channels/1/messages", files: [FileUpload(path: path)])
      #expect((count.integer ?? 0) > 3_000_000)
    }
  }

  @Test func aSilentServerAndACancelledCall() async throws {
    try await MisbehavingServer.withClient { client in
      let task = Task { try await client.request(.get, "/silent") }
      for _ in 0..<200 { await Task.yield() }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(client.waiterCount == 0)
    }
  }

  @Test func nobodyListens() async throws {
    let httpClient = HTTPClient(configuration: DiscordClient.httpConfiguration)
    var configuration = DiscordClient.Configuration()
    configuration.baseURL = "http://127.0.0.1:1/api"
    configuration.maximumRetries = 0
    let client = DiscordClient(
      credential: try DiscordCredential(botToken: "token"), httpClient: httpClient,
      configuration: configuration)
    #expect(await failure(client, "/users/@me")?.kind == .network)
    try await httpClient.shutdown()
  }
}
