/// Lets so many things through a second, and a burst. Times are nanoseconds.
struct TokenBucket: Sendable {
  private let cost: Int64
  private let most: Int64
  /// Nanoseconds of credit.
  private var credit: Int64
  private var last: Int64?

  init(perSecond: Int64, burst: Int64) {
    cost = 1_000_000_000 / min(max(1, perSecond), 1_000_000_000)
    most = cost * min(max(1, burst), 1_000_000)
    credit = most
  }

  /// Whether one more may pass now; a clock that goes back gives nothing.
  mutating func take(at now: Int64) -> Bool {
    if let last {
      let (elapsed, overflow) = now.subtractingReportingOverflow(last)
      if overflow || elapsed >= most {
        credit = most
      } else if elapsed > 0 {
        credit = min(most, credit + elapsed)
      }
    }
    last = now
    guard credit >= cost else { return false }
    credit -= cost
    return true
  }
}
