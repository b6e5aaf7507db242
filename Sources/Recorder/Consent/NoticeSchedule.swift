/// When the notice is due again, for those who came after it; pure.
package struct NoticeSchedule: Sendable {
  /// At most this often, nanoseconds.
  package static let leastInterval: Int64 = 900_000_000_000

  private let isRepeated: Bool
  /// When the notice was last posted, or tried.
  private var last: Int64
  /// Who was there when it was posted.
  private var told: Set<UInt64>
  private var untold: Set<UInt64> = []

  /// The notice was posted at `now` for those who are there.
  package init(isRepeated: Bool, present: Set<UInt64>, now: Int64) {
    self.isRepeated = isRepeated
    last = now
    told = present
  }

  /// Somebody came.
  package mutating func joined(_ user: UInt64) {
    if !told.contains(user) { untold.insert(user) }
  }

  /// Somebody left: who comes back was told all the same.
  package mutating func left(_ user: UInt64) {
    untold.remove(user)
  }

  /// Whether to post now.
  package func isDue(at now: Int64) -> Bool {
    isRepeated && !untold.isEmpty && now &- last >= Self.leastInterval
  }

  /// The notice was posted again, or could not be: not before the interval is over again.
  package mutating func posted(at now: Int64) {
    last = now
    told.formUnion(untold)
    untold.removeAll()
  }
}
