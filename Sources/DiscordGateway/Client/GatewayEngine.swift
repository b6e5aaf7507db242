internal import DiscordREST
internal import JSONValues
internal import Logging

/// Does what the session says: the one place where session, connections, clock and subscribers meet.
actor GatewayEngine {
  /// Work that takes time, for the task group of ``GatewayClient/run()``.
  enum Job: Sendable {
    case ask
    case connect(url: String, connection: Int, outgoing: AsyncStream<Outgoing>)
    case sleep(Duration)
  }

  enum Outgoing: Sendable {
    case send(SessionPayload)
    case close(UInt16)
  }

  private var session: GatewaySession
  private let client: DiscordClient
  private let hub: EventHub
  private let state: GatewayState
  private let logger: Logger
  private let now: @Sendable () -> Duration
  private var random: any RandomNumberGenerator & Sendable
  private let job: AsyncStream<Job>.Continuation
  private var outgoing: [Int: AsyncStream<Outgoing>.Continuation] = [:]
  /// When the earliest of the sleeping jobs wakes.
  private var wakes: Duration?

  init(
    settings: GatewaySession.Settings, client: DiscordClient, hub: EventHub, state: GatewayState,
    logger: Logger, now: @escaping @Sendable () -> Duration,
    random: any RandomNumberGenerator & Sendable, job: AsyncStream<Job>.Continuation
  ) {
    session = GatewaySession(settings: settings)
    self.client = client
    self.hub = hub
    self.state = state
    self.logger = logger
    self.now = now
    self.random = random
    self.job = job
  }

  /// Takes one input, and does all that follows from it at once.
  func take(_ input: SessionInput) {
    let actions = session.handle(input, at: now(), using: &random)
    // Before READY is told: who waits for it may look at once.
    state.setLive(session.isLive)
    for action in actions { perform(action) }
    switch input {
    case .disconnected(_, let connection), .broken(let connection):
      outgoing.removeValue(forKey: connection)?.finish()
    default: break
    }
    arm()
  }

  /// Queues a payload of the user's.
  func send(op: Int, d: JSONValue) throws(GatewayError) {
    guard !session.hasEnded, state.phase != .ended else {
      throw GatewayError(.notRunning, "The gateway client is not running.")
    }
    let size = SessionPayload.text(op: op, d: d).utf8.count
    guard size <= GatewaySession.payloadLimit else {
      throw GatewayError(
        .payloadTooLarge,
        "The payload has \(size) bytes; Discord takes \(GatewaySession.payloadLimit).")
    }
    guard session.queuedCount < SendQueue.limit else {
      throw GatewayError(
        .sendQueueFull, "\(SendQueue.limit) payloads wait to be sent already.",
        hint: "Discord takes 120 a minute.")
    }
    take(.send(op: op, d: d))
  }

  /// A sleeping job has woken.
  func woke() {
    wakes = nil
    take(.time)
  }

  /// The task is cancelled: no more jobs, no closing handshake.
  func cancel() {
    for (_, continuation) in outgoing { continuation.finish() }
    outgoing = [:]
    finish(CancellationError())
  }

  private func arm() {
    guard let deadline = session.deadline else { return }
    // A job that wakes too early asks the session again; so one at a time is enough.
    if let wakes, wakes <= deadline { return }
    wakes = deadline
    job.yield(.sleep(max(.zero, deadline - now())))
  }

  private func perform(_ action: SessionAction) {
    switch action {
    case .askGateway:
      job.yield(.ask)
    case .connect(let url, let connection):
      let (stream, continuation) = AsyncStream<Outgoing>.makeStream()
      outgoing[connection] = continuation
      logger.debug("Connecting", metadata: ["connection": "\(connection)"])
      job.yield(.connect(url: url, connection: connection, outgoing: stream))
    case .send(let payload, let connection):
      logger.trace("Sending", metadata: ["op": "\(payload.op)", "connection": "\(connection)"])
      outgoing[connection]?.yield(.send(payload))
    case .close(let code, let connection):
      logger.debug("Closing", metadata: ["code": "\(code)", "connection": "\(connection)"])
      outgoing[connection]?.yield(.close(code))
    case .dispatch(let dispatch):
      logger.trace(
        "Event",
        metadata: [
          "event": "\(DisplayText.sanitized(dispatch.name))", "bytes": "\(dispatch.size)",
          "sequence": "\(dispatch.sequence ?? -1)",
        ])
      state.take(dispatch)
      hub.dispatch(dispatch, client: client)
    case .note(let note):
      state.count(note)
      logger.log(note)
    case .fail(let error):
      logger.error("The gateway cannot go on", metadata: ["error": "\(error)"])
      finish(error)
    case .stopped:
      logger.debug("Stopped")
      finish(nil)
    }
  }

  private func finish(_ error: (any Error)?) {
    job.finish()
    hub.finish()
    state.end(error)
  }
}

extension SessionPayload {
  var op: Int {
    switch self {
    case .identify: 2
    case .resume: 6
    case .heartbeat: 1
    case .command(let op, _): op
    }
  }
}
