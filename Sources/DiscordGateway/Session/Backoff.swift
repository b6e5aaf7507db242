/// How long to wait before the next connection: twice as long each time, up to a cap, jittered.
struct Backoff: Sendable {
  static let first = Duration.seconds(1)
  static let cap = Duration.seconds(60)
  /// How long a session must have lived to count as stable. Whoever records cannot join again while
  /// it waits here, so no longer than need be; how many sessions a day may start is counted apart.
  static let stableAfter = Duration.seconds(20)

  private(set) var failures = 0

  /// Begins anew after a stable session. (Not at Hello or READY already: a server that accepts
  /// and then drops would be asked without a pause for ever.)
  mutating func ended(after lifetime: Duration?) {
    if let lifetime, lifetime >= Self.stableAfter { failures = 0 }
  }

  /// The first wait is under a second, `atOnce` none; then 1, 2, 4 … 60 s, less up to a half.
  mutating func next(
    atOnce: Bool, using random: inout some RandomNumberGenerator
  ) -> Duration {
    defer { failures = min(failures + 1, 30) }
    guard failures > 0 else {
      return atOnce ? .zero : .seconds(Double.random(in: 0..<1, using: &random))
    }
    let full = min(Self.first * (1 << min(failures - 1, 10)), Self.cap)
    return full * Double.random(in: 0.5...1, using: &random)
  }
}
