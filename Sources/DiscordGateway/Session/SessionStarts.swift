/// Keeps to the limits on Identify: one in 5 seconds, and the day's session starts.
///
/// Over the day's limit Discord resets the bot token, so that the count is kept here as well, for
/// when the REST API cannot be asked. Source: Discord documentation, "Identifying" and "Rate
/// Limiting". A client has one shard, which falls into one bucket of `max_concurrency`: one Identify
/// in 5 seconds, whatever that number is.
struct SessionStarts: Sendable {
  static let day = Duration.seconds(86_400)
  /// Half a second more than Discord asks for, since the two may travel at different speeds.
  static let spacing = Duration.milliseconds(5500)
  /// Discord allows 1000; the rest is left to other processes of the same bot.
  static let daily = 900

  private var remaining = SessionStarts.daily
  private var resetsAt: Duration?
  private var last: Duration?

  /// What Discord told.
  mutating func update(_ information: GatewayInformation, now: Duration) {
    guard let left = information.remainingStarts else { return }
    remaining = max(0, left)
    resetsAt = now + min(max(information.resetAfter, .zero), Self.day)
  }

  /// An Identify is sent.
  mutating func spend(at now: Duration) {
    renew(now)
    remaining = max(0, remaining - 1)
    resetsAt = resetsAt ?? now + Self.day
    last = now
  }

  /// From when the next Identify may be sent, as far as the spacing goes.
  func spaced(at now: Duration) -> Duration {
    last.map { max(now, $0 + Self.spacing) } ?? now
  }

  /// When there are starts again, or nil when there are some.
  mutating func exhausted(at now: Duration) -> Duration? {
    renew(now)
    // Discord's "0 left, more after 0 ms" must not become a busy loop.
    return remaining > 0 ? nil : max(resetsAt ?? now, now + Self.spacing)
  }

  private mutating func renew(_ now: Duration) {
    guard let reset = resetsAt, now >= reset else { return }
    remaining = Self.daily
    resetsAt = nil
  }
}
