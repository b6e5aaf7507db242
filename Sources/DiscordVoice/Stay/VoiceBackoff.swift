/// How long to wait before the next attempt: not at all at first, then 1, 2, 4 … 30 s, less up to a
/// half.
struct VoiceBackoff: Hashable, Sendable {
  static let cap = Duration.seconds(30)

  private(set) var failures = 0

  mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
    defer { failures = min(failures + 1, 30) }
    guard failures > 0 else { return .zero }
    let full = min(.seconds(1) * (1 << min(failures - 1, 10)), Self.cap)
    return full * Double.random(in: 0.5...1, using: &random)
  }

  mutating func reset() { failures = 0 }
}
