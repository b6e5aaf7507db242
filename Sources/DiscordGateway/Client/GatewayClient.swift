public import DiscordREST
public import JSONValues
public import Logging
public import NIOCore
public import NIOPosix
public import ServiceLifecycle
internal import WebSocket

/// A connection to Discord's gateway that stays: it resumes, reconnects and starts new sessions as
/// Discord's rules say, and passes on each event once and in order.
///
/// ```swift
/// let gateway = GatewayClient(client: client, configuration: .init(intents: .recording))
/// gateway.on(.voiceStateUpdate) { state in … }
/// try await gateway.start()
/// for await event in gateway.events { … }
/// ```
///
/// Run it with ``run()``, for instance in a service group, or with ``start()`` and ``stop()``. While
/// the network is away it goes on trying. Only what trying again cannot mend ends it, as
/// ``GatewayError``: a refused token, shard or intent.
public final class GatewayClient: Service, Sendable {
  /// Whose calls the objects in events make.
  public let client: DiscordClient
  /// How the client was set up.
  public let configuration: GatewayConfiguration

  let engine: GatewayEngine
  let state = GatewayState()
  let hub: EventHub
  let logger: Logger
  let connector: any GatewayConnector
  let clock: any Clock<Duration>
  let jobs: AsyncStream<GatewayEngine.Job>

  /// Makes a client; nothing is connected before ``run()`` or ``start()``.
  ///
  /// - Parameters:
  ///   - client: Asks for the gateway's address, holds the token, and makes the objects in events.
  ///   - configuration: Intents, shard, presence and bounds.
  ///   - eventLoopGroup: Where the connection lives.
  ///   - logger: Hears of connections and their ends; never of tokens or payloads.
  ///   - clock: Measures heartbeats and waits.
  public convenience init(
    client: DiscordClient, configuration: GatewayConfiguration = .init(),
    eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
    logger: Logger = Logger(label: "tapedeck.discord.gateway"),
    clock: any Clock<Duration> = ContinuousClock()
  ) {
    var webSocket = WebSocketConfiguration()
    if let file = configuration.trustRootsFile { webSocket.trustRoots = .file(file) }
    self.init(
      client: client, configuration: configuration, logger: logger, clock: clock,
      connector: WebSocketGatewayConnector(
        configuration: webSocket, eventLoopGroup: eventLoopGroup, logger: logger))
  }

  /// Makes a client whose connections and random numbers are given: for tests.
  package init(
    client: DiscordClient, configuration: GatewayConfiguration, logger: Logger,
    clock: any Clock<Duration>, connector: any GatewayConnector,
    random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
  ) {
    self.client = client
    self.configuration = configuration
    self.logger = logger
    self.clock = clock
    self.connector = connector
    hub = EventHub(bufferLimit: configuration.eventBufferLimit, logger: logger)
    let (jobs, job) = AsyncStream<GatewayEngine.Job>.makeStream()
    self.jobs = jobs
    engine = GatewayEngine(
      settings: Self.settings(client, configuration), client: client, hub: hub, state: state,
      logger: logger, now: Self.time(of: clock), random: random, job: job)
  }

  private static func settings(
    _ client: DiscordClient, _ configuration: GatewayConfiguration
  ) -> GatewaySession.Settings {
    var settings = GatewaySession.Settings(intents: configuration.intents)
    settings.shard = configuration.shard
    settings.presence = configuration.presence
    settings.largeThreshold = configuration.largeThreshold
    settings.operatingSystem = configuration.operatingSystem
    settings.library = configuration.library
    let base = client.configuration.baseURL
    settings.allowsLoopback = GatewayURL.isLoopback(baseURL: base)
    settings.fallbackURL =
      configuration.url ?? (settings.allowsLoopback ? nil : GatewayURL.fallback)
    return settings
  }

  /// The time since now, by any clock.
  private static func time<C: Clock<Duration>>(of clock: C) -> @Sendable () -> Duration {
    let start = clock.now
    return { start.duration(to: clock.now) }
  }
}

extension GatewayClient {
  /// What Discord tells from now on: a new subscription each time, with a queue of its own.
  public var events: GatewayEvents { hub.subscribe() }

  /// Registers a handler for one kind of event; any number may be registered for each kind.
  ///
  /// For one kind, events are handled one after another, and for each event the handlers run in the
  /// order of their registration, each waited for; so what takes long belongs in a task of its own.
  /// Kinds do not wait for each other. An error of a handler is logged and counted, and keeps no
  /// other handler from running. Events that came before the registration are not told.
  @discardableResult
  public func on<Payload>(
    _ type: GatewayEventType<Payload>,
    _ handler: @escaping @Sendable (Payload) async throws -> Void
  ) -> GatewayHandler {
    hub.add(type.names) { event, dispatch in
      guard let payload = type.payload(event, dispatch) else { return }
      try await handler(payload)
    }
  }

  /// Who is in which voice channel, as of the last event.
  public var voiceStates: VoiceStates { state.voiceStates }

  /// The last session's beginning; nil before the first.
  public var ready: GatewayReady? { state.ready }

  /// Whether events come now: false while there is no connection with a session.
  public var isConnected: Bool { state.isLive }

  /// ``isConnected``, each time it changes from now on.
  package var connectionChanges: AsyncStream<Bool> { state.liveChanges }

  /// Why the client ended, if it did other than by ``stop()``: a ``GatewayError``, or
  /// `CancellationError`.
  public var failure: (any Error)? { state.failure }

  /// Counts of what happened so far.
  public var statistics: GatewayStatistics {
    var statistics = state.statistics
    statistics.missed = hub.missed
    return statistics
  }

  /// Sends any operation, after READY, in order, within Discord's limit of 120 in 60 seconds.
  ///
  /// It returns when the payload is in the queue. Each payload is sent at most once: one that goes
  /// down with its connection is not repeated.
  ///
  /// - Parameters:
  ///   - op: The operation's number.
  ///   - d: Its data.
  /// - Throws: ``GatewayError``: `payloadTooLarge` over 4096 bytes, `sendQueueFull`, `notRunning`.
  public func send(op: Int, d: JSONValue) async throws(GatewayError) {
    try await engine.send(op: op, d: d)
  }

  /// Drops the connection and opens a new one.
  ///
  /// - Parameter resume: The session goes on and misses nothing; false: a new one is begun.
  public func reconnect(resume: Bool = true) async {
    await engine.take(.reconnect(resume: resume))
  }
}
