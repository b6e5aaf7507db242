internal import Dispatch
internal import Synchronization

/// Runs timed code as a discrete-event simulation: whenever no task can go on, the clock jumps to
/// the next deadline.
///
/// Everything that `body` awaits, its task groups and `async let`s, and the actors they call, runs
/// one job after another on one executor, so that the same seed gives the same run. Not seen:
/// `Task { … }` and `Task.detached` (start those with `Task(executorPreference:)` and the executor, or
/// use groups), event loops and other threads; while only those have work, time may already jump.
package final class VirtualTime: TaskExecutor {
  /// The clock that jumps.
  package let clock: ManualClock
  private let queue = DispatchQueue(label: "tapedeck.tests.virtual-time")
  private let pending = Mutex(0)

  private init(clock: ManualClock) { self.clock = clock }

  /// Runs `body` with a clock that never makes anybody wait.
  ///
  /// - Returns: what `body` returns.
  package static func run<Value: Sendable>(
    from offset: Duration = .zero,
    _ body:
      @escaping @Sendable (_ clock: ManualClock, _ executor: VirtualTime) async throws -> Value
  ) async throws -> Value {
    let time = VirtualTime(clock: ManualClock(offset: offset))
    return try await Task(executorPreference: time) { try await body(time.clock, time) }.value
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pending.withLock { $0 += 1 }
    queue.async { [self] in
      job.runSynchronously(on: asUnownedTaskExecutor())
      let left = pending.withLock { count in
        count -= 1
        return count
      }
      // The last job has run and made none: nobody can go on.
      if left == 0 { clock.advanceToNextSleeper() }
    }
  }
}
