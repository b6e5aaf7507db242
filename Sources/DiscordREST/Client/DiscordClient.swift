public import AsyncHTTPClient
public import JSONValues
public import Logging

/// A client of Discord's HTTP API, version 10.
///
/// Calls may overlap freely: all share the client's rate limits. A cancelled call throws
/// `CancellationError`; every other failure is a `DiscordError`.
public final class DiscordClient: Sendable {
  /// How the client talks to Discord.
  public let configuration: Configuration

  package let credential: DiscordCredential
  package let logger: Logger
  package let transport: any HTTPTransport
  package let clock: any Clock<Duration>
  let places = ChannelPlaces()

  /// A client over the caller's HTTP client, which the caller shuts down after the last call, or
  /// over the process' shared one, which needs no shutdown.
  ///
  /// - Parameters:
  ///   - credential: The bot's token.
  ///   - httpClient: Makes the connections.
  ///   - configuration: Limits, time-outs and addresses.
  ///   - logger: Hears of waits and retries; never of a token.
  ///   - clock: Measures waits and deadlines.
  public convenience init(
    credential: DiscordCredential, httpClient: HTTPClient = .shared,
    configuration: Configuration = .init(),
    logger: Logger = Logger(label: "tapedeck.discord.rest"),
    clock: any Clock<Duration> = ContinuousClock()
  ) {
    self.init(
      credential: credential, transport: AsyncHTTPTransport(httpClient: httpClient),
      configuration: configuration, logger: logger, clock: clock)
  }

  /// A client over any transport: for tests, without a socket.
  package init(
    credential: DiscordCredential, transport: any HTTPTransport,
    configuration: Configuration = .init(),
    logger: Logger = Logger(label: "tapedeck.discord.rest"),
    clock: any Clock<Duration> = ContinuousClock(),
    random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
  ) {
    self.credential = credential
    self.transport = transport
    self.configuration = configuration
    self.logger = logger
    self.clock = clock
  }

  /// Makes any call of the API, through the client's rate limits, retries and errors.
  ///
  /// ```swift
  /// let guild = try await client.request(.get, "/guilds/123", query: ["with_counts": "true"])
  /// ```
  ///
  /// - Parameters:
  ///   - method: The HTTP method.
  ///   - path: Begins with `/`, comes after the base URL, has no query; ids and emoji in it are
  ///     percent-encoded by the caller where they need to be.
  ///   - query: Names and values; a nil value leaves the pair out.
  ///   - json: The body.
  ///   - files: Files to upload; `json` then becomes `payload_json`.
  ///   - reason: Why, for the guild's audit log.
  ///   - identity: On whose behalf; see the warning at ``Identity/user``.
  /// - Returns: The body of the answer, null if there is none.
  /// - Throws: `DiscordError`, or `CancellationError`.
  public func request(
    _ method: DiscordMethod, _ path: String, query: KeyValuePairs<String, String?> = [:],
    json: JSONValue? = nil, files: [FileUpload] = [], reason: String? = nil,
    as identity: Identity = .bot
  ) async throws -> JSONValue {
    try await request(
      method, path, queryItems: query.map { ($0.key, $0.value) }, json: json, files: files,
      reason: reason, as: identity)
  }

  /// The same with a query that is put together at run time.
  package func request(
    _ method: DiscordMethod, _ path: String, queryItems: [(String, String?)],
    json: JSONValue? = nil, files: [FileUpload] = [], reason: String? = nil,
    as identity: Identity = .bot
  ) async throws -> JSONValue {
    throw DiscordError(.network, "not yet written")
  }

  /// Reads a file, such as an attachment, without sending a token.
  ///
  /// - Parameters:
  ///   - url: Where; https, or http if the API base is a loopback address.
  ///   - limit: The most bytes taken.
  ///   - receive: Takes the contents, piece by piece.
  /// - Throws: `DiscordError` with kind `fileTooLarge` beyond the limit; `CancellationError`.
  package func fetch(
    url: String, limit: Int, receive: @escaping @Sendable ([UInt8]) async throws -> Void
  ) async throws {
    throw DiscordError(.network, "not yet written")
  }
}
