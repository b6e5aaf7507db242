/// Keeps to the 120 payloads in 60 seconds that Discord takes on one connection.
///
/// Heartbeats are always sent; so much is kept free for them that the rest stays within the limit.
struct SendLimit: Sendable {
  static let count = 120
  static let window = Duration.seconds(60)

  private var times: [Duration] = []

  mutating func sent(at now: Duration) {
    forget(now)
    times.append(now)
    if times.count > Self.count { times.removeFirst(times.count - Self.count) }
  }

  /// From when one more may be sent while `reserve` stay free.
  mutating func free(at now: Duration, reserve: Int) -> Duration {
    forget(now)
    let allowed = max(1, Self.count - reserve)
    guard times.count >= allowed else { return now }
    return times[times.count - allowed] + Self.window
  }

  private mutating func forget(_ now: Duration) {
    let first = times.firstIndex { now - $0 < Self.window } ?? times.count
    times.removeFirst(first)
  }
}
