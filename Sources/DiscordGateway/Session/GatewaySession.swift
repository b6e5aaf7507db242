package import JSONValues

/// The gateway's session: what to send, when to connect again, and which events to pass on.
///
/// Pure: it has no clock, socket, randomness or log of its own. It is fed with ``SessionInput`` and
/// says what to do as ``SessionAction``; when ``deadline`` has come it wants ``SessionInput/time``.
/// Times are durations since any one moment, of a clock that never steps back.
///
/// Every event that Discord numbers is dispatched once and in order, over any number of resumed
/// connections: what a replay brings again is dropped. Source: Discord documentation, "Gateway".
package struct GatewaySession: Sendable {
  /// What is fixed for the client's life.
  package struct Settings: Sendable {
    package var intents: Intents
    package var shard: GatewayConfiguration.Shard?
    package var presence: JSONValue?
    package var largeThreshold: Int?
    package var operatingSystem = "linux"
    package var library = "tapedeck"
    /// The address to use when the REST API does not tell one; nil: ask again.
    package var fallbackURL: String?
    /// The REST API is on this host, so that the gateway may be as well.
    package var allowsLoopback = false
    /// The longest wait for a connection, and then for Hello.
    package var patience = Duration.seconds(20)

    package init(intents: Intents) { self.intents = intents }
  }

  /// What a session needs to be resumed.
  struct Resumable: Sendable, Equatable {
    var sessionID: String
    var url: String?
    /// How often no connection to go on with could be had since it last lived.
    var failedConnections = 0
    /// How often Discord closed the connection after Resume, without events or RESUMED.
    var refusals = 0
  }

  struct Link: Sendable {
    enum Phase: Sendable, Equatable {
      case connecting, greeting, identifying, resuming, live
    }

    var connection: Int
    var resumes: Bool
    var phase = Phase.connecting
    /// When the phase began.
    var since: Duration
    var heartbeat: Heartbeat?
    var limit = SendLimit()
    /// An unreadable message was passed over after the last event.
    var skippedUnreadable = false
  }

  enum Next: Sendable { case ask, connect }

  enum State: Sendable {
    case idle
    case asking(since: Duration)
    case waiting(until: Duration, Next)
    case linked(Link)
    case stopping(connection: Int, until: Duration)
    case ended
  }

  let settings: Settings
  var state = State.idle
  var resumable: Resumable?
  /// The number of the last event of the session.
  package internal(set) var lastSequence: Int64?
  var lostSession = false
  var backoff = Backoff()
  var starts = SessionStarts()
  var gatewayURL: String?
  var connections = 0
  /// After which event, and how often, a message was unreadable.
  var unreadable: (after: Int64?, count: Int) = (nil, 0)
  var gapResumedAfter: Int64?
  var queue = SendQueue()

  package init(settings: Settings) { self.settings = settings }

  /// When the session wants ``SessionInput/time`` at the latest.
  package var deadline: Duration? {
    switch state {
    case .idle, .ended: nil
    case .asking(let since): since + settings.patience * 4
    case .waiting(let until, _), .stopping(_, let until): until
    case .linked(let link):
      [link.heartbeat?.next, patienceEnd(link), queueRelease(link)].compactMap(\.self).min()
    }
  }

  /// Whether events come now: after READY or RESUMED, until the connection ends.
  package var isLive: Bool {
    if case .linked(let link) = state { link.phase == .live } else { false }
  }

  /// The most bytes that Discord takes in one payload.
  package static let payloadLimit = 4096

  /// How many of the user's payloads wait.
  package var queuedCount: Int { queue.count }

  /// Whether the session has come to its end.
  package var hasEnded: Bool {
    if case .ended = state { true } else { false }
  }

  /// Takes one input and returns what to do.
  package mutating func handle(
    _ input: SessionInput, at now: Duration, using random: inout some RandomNumberGenerator
  ) -> [SessionAction] {
    var actions: [SessionAction] = []
    switch input {
    case .start:
      guard case .idle = state else { break }
      ask(now, &actions)
    case .gateway(let information):
      answered(information, now, &actions)
    case .gatewayUnavailable:
      unanswered(now, &random, &actions)
    case .gatewayRefused(let error):
      guard case .asking = state else { break }
      fail(error, &actions)
    case .connected(let connection):
      guard case .linked(var link) = state, link.connection == connection else {
        // Too late: it was given up.
        actions.append(.close(code: 4000, connection: connection))
        break
      }
      guard link.phase == .connecting else { break }
      link.phase = .greeting
      link.since = now
      state = .linked(link)
    case .message(let text, let connection):
      guard isCurrent(connection) else { break }
      received(text, now, &random, &actions)
    case .binaryMessage(let connection):
      guard isCurrent(connection) else { break }
      unreadable(reason: "binary", now, &random, &actions)
    case .disconnected(let code, let connection):
      disconnected(code, connection, now, &random, &actions)
    case .broken(let connection):
      guard isCurrent(connection) else {
        disconnected(nil, connection, now, &random, &actions)
        break
      }
      broken(now, &random, &actions)
    case .time:
      timePassed(now, &random, &actions)
    case .send(let op, let d):
      queue.append(SessionPayload.command(op: op, text: SessionPayload.text(op: op, d: d)))
      sendQueued(now, &actions)
    case .reconnect(let resume):
      reconnectAsked(resume, now, &random, &actions)
    case .stop:
      stop(now, &actions)
    }
    return actions
  }

  private func isCurrent(_ connection: Int) -> Bool {
    if case .linked(let link) = state { link.connection == connection } else { false }
  }

  private func patienceEnd(_ link: Link) -> Duration? {
    link.phase == .connecting || link.phase == .greeting ? link.since + settings.patience : nil
  }

  private func queueRelease(_ link: Link) -> Duration? {
    guard link.phase == .live, !queue.isEmpty else { return nil }
    return queue.release
  }

  private mutating func timePassed(
    _ now: Duration, _ random: inout some RandomNumberGenerator, _ actions: inout [SessionAction]
  ) {
    switch state {
    case .idle, .ended: break
    case .asking(let since):
      // The shell bounds its request; this is for a shell that lost the answer.
      if now >= since + settings.patience * 4 { unanswered(now, &random, &actions) }
    case .waiting(let until, let next):
      guard now >= until else { break }
      switch next {
      case .ask: ask(now, &actions)
      case .connect: connect(now, &actions)
      }
    case .stopping(let connection, let until):
      if now >= until { disconnected(nil, connection, now, &random, &actions) }
    case .linked(var link):
      if let end = patienceEnd(link), now >= end {
        reconnect(.silent, now, &random, &actions)
        break
      }
      switch link.heartbeat?.beat(at: now) {
      case nil, .tooEarly?: break
      case .zombie?:
        reconnect(.zombie, now, &random, &actions)
        return
      case .send?:
        sendHeartbeat(&link, now, &actions)
        state = .linked(link)
      }
      sendQueued(now, &actions)
    }
  }
}
