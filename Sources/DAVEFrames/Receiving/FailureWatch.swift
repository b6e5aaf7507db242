/// Finds that our keys must be wrong: 100 frames or more of one sender fail over 3 s or more, with no
/// success between, and no transition is under way that would explain it.
///
/// Long gaps are normal, so time alone says nothing.
package struct FailureWatch: Sendable {
  package static let leastFrames = 100
  /// Nanoseconds from the first failure to the last.
  package static let leastTime: Int64 = 3_000_000_000

  private var runs: [UInt64: (count: Int, since: Int64)] = [:]
  private var isTransitionPending = false

  package init() {}

  /// Keys of an epoch were installed, or a transition was announced: senders switch at any time.
  package mutating func transitionBegan() {
    isTransitionPending = true
    runs.removeAll(keepingCapacity: true)
  }

  /// Op 22 came.
  package mutating func transitionEnded() {
    isTransitionPending = false
    runs.removeAll(keepingCapacity: true)
  }

  /// A frame of the sender opened.
  package mutating func succeeded(_ sender: UInt64) {
    if !runs.isEmpty { runs[sender] = nil }
  }

  /// A frame of a mapped sender did not open.
  ///
  /// - Returns: whether it is time to give up: ``DAVEEvent/framesUnreadable``. Then it counts anew.
  package mutating func failed(
    _ sender: UInt64, because failure: FrameFailure, at now: Int64
  ) -> Bool {
    guard !isTransitionPending, failure == .noEpoch || failure == .badTag else { return false }
    let run = runs[sender] ?? (0, now)
    runs[sender] = (run.count + 1, run.since)
    guard run.count + 1 >= Self.leastFrames, now - run.since >= Self.leastTime else { return false }
    runs.removeAll(keepingCapacity: true)
    return true
  }
}
