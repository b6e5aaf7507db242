/// So many requests in any second: no window of Discord's, wherever it begins, sees more.
struct GlobalLimit {
  /// A little over the second: requests take unequal time to arrive, and so move together.
  static let window: Duration = .milliseconds(1030)

  private var starts: [Duration]
  /// The oldest of `starts`, which the next replaces.
  private var oldest = 0
  private let limit: Int

  init(limit: Int) {
    self.limit = max(limit, 1)
    starts = []
    starts.reserveCapacity(self.limit)
  }

  /// When the next request may be made.
  var free: Duration { starts.count < limit ? .zero : starts[oldest] + Self.window }

  mutating func start(at now: Duration) {
    if starts.count < limit {
      starts.append(now)
    } else {
      starts[oldest] = now
      oldest = (oldest + 1) % limit
    }
  }
}
