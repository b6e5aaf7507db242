public import AsyncHTTPClient
public import JSONValues
public import Logging
internal import NIOCore
internal import Synchronization

/// A client of Discord's HTTP API, version 10.
///
/// Calls may overlap freely: all share the client's rate limits. A cancelled call throws
/// `CancellationError`; every other failure is a ``DiscordError``. A call is repeated after a fault
/// only if that cannot do anything twice.
public final class DiscordClient: Sendable {
  /// How the client talks to Discord.
  public let configuration: Configuration

  package let credential: DiscordCredential
  package let logger: Logger
  package let transport: any HTTPTransport
  package let clock: any Clock<Duration>
  let time: ClientTime
  let base: Result<APIAddress, DiscordError>
  /// What channels the client has seen where, so that messages know their addresses.
  let places = ChannelPlaces()
  let userAgent: String
  /// The limits of the bot and those of a user, each with an account of its own at Discord.
  let botGate: RateLimitGate
  let userGate: RateLimitGate
  private let random: Mutex<any RandomNumberGenerator & Sendable>

  /// A client over the caller's HTTP client, which the caller shuts down after the last call, or
  /// over the process' shared one, which needs no shutdown.
  ///
  /// Redirects are to be off in `httpClient` (``httpConfiguration`` has them off): a redirected
  /// answer is refused, but with redirects on the request has been made by then.
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
  ///
  /// - Parameters:
  ///   - random: Draws back-offs, nonces and boundaries.
  ///   - timerExecutor: Runs the task that wakes those who wait for a limit.
  package init(
    credential: DiscordCredential, transport: any HTTPTransport,
    configuration: Configuration = .init(),
    logger: Logger = Logger(label: "tapedeck.discord.rest"),
    clock: any Clock<Duration> = ContinuousClock(),
    random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
    timerExecutor: (any TaskExecutor)? = nil
  ) {
    self.credential = credential
    self.transport = transport
    self.configuration = configuration
    self.logger = logger
    self.clock = clock
    self.random = Mutex(random)
    time = ClientTime(clock)
    base = Result { () throws(DiscordError) in try APIAddress(configuration.baseURL) }
    userAgent = Self.userAgent(configuration)
    var limits = RateLimiter.Configuration()
    limits.globalLimit = configuration.globalRequestsPerSecond
    botGate = RateLimitGate(configuration: limits, time: time, timerExecutor: timerExecutor)
    // Together with the bot's they stay below what Discord allows an address.
    limits.invalidLimit = 1000
    userGate = RateLimitGate(configuration: limits, time: time, timerExecutor: timerExecutor)
  }

  /// An HTTP client's configuration that suits Discord: no redirects, ten seconds to connect.
  public static var httpConfiguration: HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.timeout.connect = .seconds(10)
    return configuration
  }

  /// Whether the API is on this machine, so that plain http and ws are allowed.
  package var isLoopback: Bool { (try? base.get())?.isLoopback ?? false }
  /// Whether the API is spoken to with TLS, as are a simulator's voice servers then.
  package var isSecure: Bool { (try? base.get())?.isSecure ?? false }

  /// Makes any call of the API, through the client's rate limits, retries and errors.
  ///
  /// ```swift
  /// let guild = try await client.request(.get, "/guilds/123", query: ["with_counts": "true"])
  /// ```
  ///
  /// A new message gets a `nonce` with `enforce_nonce` if `json` has none, so that it can be sent
  /// again after a lost connection without appearing twice.
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
  /// - Throws: ``DiscordError``, or `CancellationError`.
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
    let response = try await response(
      method, path, query: queryItems, json: json, files: files, reason: reason, as: identity)
    guard !response.body.isEmpty, response.status != 204 else { return .null }
    do {
      return try JSONValue(parsing: response.body)
    } catch {
      throw DiscordError(
        .invalidResponse, "Discord's answer is not JSON: \(error)", status: response.status,
        hint: "Check the API's address", route: APIRoute(method, path).name)
    }
  }

  func draw<Value: Sendable>(_ body: (inout AnyGenerator) -> Value) -> Value {
    random.withLock { random in
      var generator = AnyGenerator(base: random)
      defer { random = generator.base }
      return body(&generator)
    }
  }

  /// Numbers from the client's generator.
  struct AnyGenerator: RandomNumberGenerator {
    var base: any RandomNumberGenerator & Sendable
    mutating func next() -> UInt64 { base.next() }
  }

  /// The form that Discord asks for: `DiscordBot (url, version)`.
  ///
  /// Source: Discord's API reference, "User Agent".
  private static func userAgent(_ configuration: Configuration) -> String {
    let parts = [configuration.userAgentURL, configuration.userAgentVersion].map { part in
      String(
        part.unicodeScalars.filter { (0x21..<0x7F).contains($0.value) && $0 != "(" && $0 != ")" })
    }
    return "DiscordBot (\(parts[0]), \(parts[1]))"
  }
}
