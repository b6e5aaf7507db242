/// An unwrapped number and when it arrived: what the next one is measured against.
struct ArrivalReference: Sendable {
  /// Longer silences than a week tell nothing more, and would let hostile times overflow.
  private static let longestElapsed: Int64 = 7 * 86_400 * 1_000_000_000

  var value: Int64
  /// Nanoseconds on the session clock.
  var arrival: Int64

  /// Nanoseconds from this arrival to `time`: 0 when time goes back, at most a week.
  func elapsed(until time: Int64) -> Int64 {
    let (difference, overflow) = time.subtractingReportingOverflow(arrival)
    if overflow { return time < arrival ? 0 : Self.longestElapsed }
    return min(max(difference, 0), Self.longestElapsed)
  }
}
