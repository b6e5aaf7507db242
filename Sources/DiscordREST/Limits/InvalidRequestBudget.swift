/// Counts refused requests: Discord blocks an address after 10,000 in 10 minutes.
///
/// Source: Discord's documentation, "Rate Limits", "Invalid Request Limit".
struct InvalidRequestBudget {
  private static let slot: Duration = .seconds(10)
  private static let slots = 61

  private let limit: Int
  /// How many in each 10 s, by the slot's number; the sum of all is what counts.
  private var counts: [(number: Int64, count: Int)] = []
  private var total = 0

  init(limit: Int) { self.limit = limit }

  /// A request was refused.
  mutating func count(at now: Duration) {
    let number = Self.number(now)
    if let last = counts.last, last.number == number {
      counts[counts.count - 1].count += 1
    } else {
      counts.append((number, 1))
    }
    total += 1
  }

  /// When requests may be made again; nil if they may now.
  mutating func blockedUntil(at now: Duration) -> Duration? {
    let oldest = Self.number(now) - Int64(Self.slots)
    while let first = counts.first, first.number < oldest {
      total -= first.count
      counts.removeFirst()
    }
    guard total >= limit else { return nil }
    var left = total
    for entry in counts {
      left -= entry.count
      if left < limit { return Self.slot * Int(entry.number + Int64(Self.slots) + 1) }
    }
    return nil
  }

  private static func number(_ now: Duration) -> Int64 { now.components.seconds / 10 }
}
