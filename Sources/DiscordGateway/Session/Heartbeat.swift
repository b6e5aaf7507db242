/// The heartbeats of one connection.
///
/// Source: Discord documentation, "Sending Heartbeats".
struct Heartbeat: Sendable, Equatable {
  /// What to do when ``next`` has come.
  enum Beat: Equatable {
    case tooEarly, send, zombie
  }

  /// The time between two.
  let interval: Duration
  /// When the next is due.
  private(set) var next: Duration
  /// When the oldest that is not acknowledged was sent.
  private(set) var awaitingSince: Duration?

  /// - Parameter jitter: 0 to 1, the part of the interval before the first.
  init(interval: Duration, jitter: Double, now: Duration) {
    self.interval = interval
    next = now + interval * jitter
  }

  /// The interval of Hello; nil when it is none to keep to.
  static func interval(milliseconds: Double?) -> Duration? {
    guard let milliseconds, (10...86_400_000).contains(milliseconds) else { return nil }
    return .milliseconds(milliseconds)
  }

  /// Whether one is due, or an earlier one had no answer for a whole interval.
  mutating func beat(at now: Duration) -> Beat {
    guard now >= next else { return .tooEarly }
    // One sent since, because Discord asked for it, may still be answered.
    if let awaitingSince, now - awaitingSince >= interval * 0.9 { return .zombie }
    next = now + interval
    return .send
  }

  mutating func sent(at now: Duration) { awaitingSince = awaitingSince ?? now }

  /// Returns the time since the oldest one that waited.
  mutating func acknowledged(at now: Duration) -> Duration? {
    defer { awaitingSince = nil }
    return awaitingSince.map { now - $0 }
  }
}
