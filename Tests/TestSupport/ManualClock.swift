internal import Synchronization

/// A clock that moves only when told, so that tests of timed code need no time.
///
/// `sleep` suspends until the clock is moved to the deadline or beyond it; tasks wake in the order
/// of their deadlines, those of one deadline in the order in which they went to sleep. A cancelled
/// sleep throws `CancellationError` at once. It can be given wherever `any Clock<Duration>` is asked
/// for.
///
/// ```swift
/// let clock = ManualClock()
/// async let beat: Void = session.heartbeats(clock: clock)
/// try await clock.waitForSleepers(1)   // the task has reached its sleep
/// clock.advance(by: .seconds(41))
/// ```
package final class ManualClock: Clock {
  /// A moment of this clock.
  package struct Instant: InstantProtocol, CustomStringConvertible {
    /// The time since the clock's beginning.
    package var offset: Duration

    /// The moment `offset` after the clock's beginning.
    package init(offset: Duration = .zero) { self.offset = offset }

    package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    package func duration(to other: Instant) -> Duration { other.offset - offset }
    package static func < (first: Instant, second: Instant) -> Bool {
      first.offset < second.offset
    }
    package var description: String { "\(offset)" }
  }

  private struct Sleeper {
    let deadline: Instant
    let number: UInt64
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct Waiter {
    let count: Int
    let number: UInt64
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var now = Instant()
    var number: UInt64 = 0
    /// The next to wake is last.
    var sleepers: [Sleeper] = []
    var waiters: [Waiter] = []
    /// Calls that were cancelled before they had a continuation.
    var cancelled: Set<UInt64> = []

    mutating func nextNumber() -> UInt64 {
      number += 1
      return number
    }

    mutating func insert(_ sleeper: Sleeper) {
      var (low, high) = (0, sleepers.count)
      while low < high {
        let middle = (low + high) / 2
        let other = sleepers[middle]
        let wakesLater = (other.deadline, other.number) > (sleeper.deadline, sleeper.number)
        if wakesLater { low = middle + 1 } else { high = middle }
      }
      sleepers.insert(sleeper, at: low)
    }

    /// Takes out those who waited for as many sleepers as there are now.
    mutating func satisfiedWaiters() -> [Waiter] {
      let satisfied = waiters.filter { $0.count <= sleepers.count }
      waiters.removeAll { $0.count <= sleepers.count }
      return satisfied
    }
  }

  private let state: Mutex<State>

  /// A clock that begins at `offset`.
  package init(offset: Duration = .zero) {
    state = Mutex(State(now: Instant(offset: offset)))
  }

  package var now: Instant { state.withLock(\.now) }
  package var minimumResolution: Duration { .nanoseconds(1) }

  /// How many tasks sleep now.
  package var sleepers: Int { state.withLock(\.sleepers.count) }

  /// When the next task wakes; nil if none sleeps.
  package var nextDeadline: Instant? { state.withLock { $0.sleepers.last?.deadline } }

  package func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
    try Task.checkCancellation()
    try await suspend { state, number, continuation in
      if deadline <= state.now { return [continuation] }
      state.insert(Sleeper(deadline: deadline, number: number, continuation: continuation))
      return state.satisfiedWaiters().map(\.continuation)
    }
  }

  /// Returns when at least `count` tasks sleep.
  ///
  /// Throws `CancellationError` if the calling task is cancelled; give the test a time limit.
  package func waitForSleepers(_ count: Int = 1) async throws {
    try Task.checkCancellation()
    try await suspend { state, number, continuation in
      if count <= state.sleepers.count { return [continuation] }
      state.waiters.append(Waiter(count: count, number: number, continuation: continuation))
      return []
    }
  }

  /// Moves the clock on and wakes whoever is due, each at its own deadline.
  package func advance(by duration: Duration) {
    advance(to: state.withLock { $0.now.advanced(by: duration) })
  }

  /// Moves the clock to `instant` (never backwards) and wakes whoever is due, each at its own
  /// deadline.
  package func advance(to instant: Instant) {
    while true {
      let due: [Sleeper] = state.withLock { state in
        guard let next = state.sleepers.last, next.deadline <= instant else {
          state.now = max(state.now, instant)
          return []
        }
        state.now = max(state.now, next.deadline)
        return Self.takeDue(&state)
      }
      if due.isEmpty { return }
      for sleeper in due { sleeper.continuation.resume() }
    }
  }

  /// Moves the clock to the next deadline and wakes whoever is due then.
  ///
  /// - Returns: false if no task sleeps; the clock then stays where it is.
  @discardableResult
  package func advanceToNextSleeper() -> Bool {
    let due: [Sleeper] = state.withLock { state in
      guard let next = state.sleepers.last else { return [] }
      state.now = max(state.now, next.deadline)
      return Self.takeDue(&state)
    }
    for sleeper in due { sleeper.continuation.resume() }
    return !due.isEmpty
  }

  /// Moves the clock on by `duration` in steps from deadline to deadline, before each step waiting
  /// until `count` tasks sleep: a discrete-event run of a known number of loops.
  ///
  /// Throws `CancellationError` if the calling task is cancelled, as it must be by a time limit when
  /// fewer tasks come to sleep.
  package func run(for duration: Duration, whileSleeping count: Int) async throws {
    let end = now.advanced(by: duration)
    while true {
      try await waitForSleepers(count)
      guard let next = nextDeadline, next <= end else { break }
      advance(to: next)
    }
    advance(to: end)
  }

  private static func takeDue(_ state: inout State) -> [Sleeper] {
    var due: [Sleeper] = []
    while let last = state.sleepers.last, last.deadline <= state.now {
      due.append(state.sleepers.removeLast())
    }
    return due
  }

  /// Suspends the calling task; `register` says whose continuations are resumed at once.
  private func suspend(
    _ register: (
      inout State, UInt64, CheckedContinuation<Void, any Error>
    ) -> [CheckedContinuation<Void, any Error>]
  ) async throws {
    let number = state.withLock { $0.nextNumber() }
    defer { state.withLock { _ = $0.cancelled.remove(number) } }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let ready: [CheckedContinuation<Void, any Error>]? = state.withLock { state in
          state.cancelled.contains(number) ? nil : register(&state, number, continuation)
        }
        guard let ready else { return continuation.resume(throwing: CancellationError()) }
        for continuation in ready { continuation.resume() }
      }
    } onCancel: {
      let continuation = state.withLock { state -> CheckedContinuation<Void, any Error>? in
        if let index = state.sleepers.firstIndex(where: { $0.number == number }) {
          return state.sleepers.remove(at: index).continuation
        }
        if let index = state.waiters.firstIndex(where: { $0.number == number }) {
          return state.waiters.remove(at: index).continuation
        }
        state.cancelled.insert(number)
        return nil
      }
      continuation?.resume(throwing: CancellationError())
    }
  }
}
