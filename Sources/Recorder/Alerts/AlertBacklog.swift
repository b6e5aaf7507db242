/// The alerts that one target has not got yet, in their order.
struct AlertBacklog {
  /// Beyond that the oldest alert that is over already is forgotten, together with its all-clear.
  static let limit = 32

  struct Entry {
    /// From 1 on, in order.
    let number: UInt64
    let alert: Alert
    /// Attempts that failed.
    var failures = 0
  }

  private(set) var entries: [Entry] = []
  private var number: UInt64 = 0

  mutating func add(_ alert: Alert) {
    number += 1
    entries.append(Entry(number: number, alert: alert))
    if entries.count > Self.limit { forget() }
  }

  private mutating func forget() {
    for (index, entry) in entries.enumerated() where !entry.alert.isCleared {
      let end = entries[index...].firstIndex {
        $0.alert.cause == entry.alert.cause && $0.alert.isCleared
      }
      guard let end else { continue }
      entries.remove(at: end)
      entries.remove(at: index)
      return
    }
    entries.removeFirst()
  }

  /// What to try next: nothing of a cause of which something earlier has not got through.
  func next(after number: UInt64, except causes: Set<Alert.Cause>) -> Entry? {
    entries.first { $0.number > number && !causes.contains($0.alert.cause) }
  }

  mutating func noteFailure(of number: UInt64) {
    guard let index = entries.firstIndex(where: { $0.number == number }) else { return }
    entries[index].failures += 1
  }

  mutating func remove(_ number: UInt64) { entries.removeAll { $0.number == number } }
}
