/// The last failures, oldest first.
package struct FailureLog: Sendable {
  private let limit: Int
  private(set) package var failures: [BotFailure] = []

  /// Keeps up to `limit` of them.
  package init(limit: Int) { self.limit = max(0, limit) }

  /// Adds one, at the cost of the oldest if need be.
  package mutating func add(_ failure: BotFailure) {
    failures.append(failure)
    if failures.count > limit { failures.removeFirst(failures.count - limit) }
  }
}
