internal import AsyncHTTPClient
internal import DiscordREST
internal import Synchronization
internal import Testing

/// Files over real sockets: without a token, within the limit, never twice.
@Suite(.timeLimit(.minutes(2))) struct FetchTests {
  /// What arrived, piece by piece.
  private final class Received: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    func add(_ more: [UInt8]) { bytes.withLock { $0 += more } }
    var count: Int { bytes.withLock(\.count) }
  }

  private struct Full: Error {}

  /// Fetches; how it failed, and what had arrived by then.
  private func fetch(
    _ client: DiscordClient, _ name: String, limit: Int
  ) async -> (error: DiscordError?, count: Int) {
    let received = Received()
    do {
      try await client.fetch(url: "\(client.configuration.baseURL)/\(name)", limit: limit) {
        received.add($0)
      }
      return (nil, received.count)
    } catch {
      return (error as? DiscordError, received.count)
    }
  }

  @Test func theContentsComeWithoutAToken() async throws {
    try await MisbehavingServer.withClient { client, log in
      for name in ["large", "stream"] {
        let (error, count) = await fetch(client, name, limit: 100_000)
        #expect(error == nil)
        #expect(count == 100_000)
      }
      #expect(log.headers.contains("DiscordBot"))
      #expect(!log.headers.contains("secret-token"))
      #expect(!log.headers.lowercased().contains("authorization"))
    }
  }

  @Test func moreThanTheLimitIsRefusedWithAndWithoutALength() async throws {
    try await MisbehavingServer.withClient { client in
      let announced = await fetch(client, "large", limit: 99_999)
      #expect(announced.error?.kind == .fileTooLarge)
      #expect(announced.count == 0)
      let counted = await fetch(client, "stream", limit: 99_999)
      #expect(counted.error?.kind == .fileTooLarge)
      #expect(counted.count <= 99_999)
    }
  }

  @Test func aFailureIsTheServersHoweverLittleIsAskedFor() async throws {
    try await MisbehavingServer.withClient { client in
      let (error, count) = await fetch(client, "missing", limit: 10)
      #expect(error?.kind == .notFound)
      #expect(error?.hint?.contains("read the message again") == true)
      #expect(count == 0)
    }
  }

  @Test func redirectsAreRefused() async throws {
    for http in [DiscordClient.httpConfiguration, .init()] {
      try await MisbehavingServer.withClient(http) { client in
        let (error, count) = await fetch(client, "redirect", limit: 1000)
        #expect(error?.kind == .invalidResponse)
        #expect(count == 0)
      }
    }
  }

  @Test func aLostConnectionIsTriedAgainOnlyWhileNothingCame() async throws {
    try await MisbehavingServer.withClient(retries: 3, clock: LeapingClock()) { client, log in
      let again = await fetch(client, "flaky", limit: 1000)
      #expect(again.error == nil)
      #expect(log.count(of: "/api/v10/flaky") == 2)
      let half = await fetch(client, "half", limit: 100_000)
      #expect(half.error?.kind == .network)
      #expect(half.count == 4)
      #expect(log.count(of: "/api/v10/half") == 1)
    }
  }

  @Test func whatTheReceiverThrowsIsTheCallers() async throws {
    try await MisbehavingServer.withClient(retries: 3, clock: LeapingClock()) { client, log in
      await #expect(throws: Full.self) {
        try await client.fetch(url: "\(client.configuration.baseURL)/large", limit: 100_000) { _ in
          throw Full()
        }
      }
      #expect(log.count(of: "/api/v10/large") == 1)
    }
  }

  @Test func aCancelledFetchEnds() async throws {
    try await MisbehavingServer.withClient { client in
      let url = "\(client.configuration.baseURL)/silent"
      let task = Task { try await client.fetch(url: url, limit: 10) { _ in } }
      for _ in 0..<200 { await Task.yield() }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
    }
  }
}
