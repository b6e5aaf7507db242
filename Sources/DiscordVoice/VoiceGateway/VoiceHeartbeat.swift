/// The heartbeats of one WebSocket: the first at once, then one in each interval.
struct VoiceHeartbeat: Hashable, Sendable {
  enum Beat: Hashable {
    case tooEarly, send, zombie
  }

  /// For a server whose interval is none to keep to.
  static let fallback = Duration.seconds(5)

  let interval: Duration
  private(set) var next: Duration
  /// When the oldest that is not acknowledged was sent.
  private var awaitingSince: Duration?

  init(interval: Duration, now: Duration) {
    self.interval = interval
    next = now
  }

  /// Whether one is due, or an earlier one had no answer for a whole interval.
  mutating func beat(at now: Duration) -> Beat {
    guard now >= next else { return .tooEarly }
    if let awaitingSince, now - awaitingSince >= interval * 0.9 { return .zombie }
    next = now + interval
    awaitingSince = awaitingSince ?? now
    return .send
  }

  mutating func acknowledged() { awaitingSince = nil }
}
