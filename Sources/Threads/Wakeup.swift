internal import Glibc

/// Wakes one waiting thread; a signal that comes before the wait is not lost.
///
/// A condition on CLOCK_MONOTONIC, because waits must not follow steps of the wall clock. The
/// mutex is held for two instructions on either side, never over work.
///
/// `@unchecked Sendable`: `state` is allocated once, read and written only with the pthread mutex
/// in it held, and freed when no reference, so no thread, is left.
package final class Wakeup: @unchecked Sendable {
  private struct State {
    var mutex = pthread_mutex_t()
    var condition = pthread_cond_t()
    var isSignalled = false
  }

  private let state: UnsafeMutablePointer<State>

  package init() {
    state = .allocate(capacity: 1)
    state.initialize(to: State())
    pthread_mutex_init(&state.pointee.mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(&state.pointee.condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(&state.pointee.condition)
    pthread_mutex_destroy(&state.pointee.mutex)
    state.deinitialize(count: 1)
    state.deallocate()
  }

  package func signal() {
    pthread_mutex_lock(&state.pointee.mutex)
    state.pointee.isSignalled = true
    pthread_cond_signal(&state.pointee.condition)
    pthread_mutex_unlock(&state.pointee.mutex)
  }

  /// Waits for a signal, at most `nanoseconds`, and takes the signal away.
  package func wait(nanoseconds: Int64) {
    var deadline = timespec()
    clock_gettime(CLOCK_MONOTONIC, &deadline)
    let (seconds, rest) = (Int64(deadline.tv_nsec) + max(0, nanoseconds))
      .quotientAndRemainder(dividingBy: 1_000_000_000)
    deadline.tv_sec += Int(seconds)
    deadline.tv_nsec = Int(rest)
    pthread_mutex_lock(&state.pointee.mutex)
    while !state.pointee.isSignalled {
      let result = pthread_cond_timedwait(
        &state.pointee.condition, &state.pointee.mutex, &deadline)
      if result != 0 { break }
    }
    state.pointee.isSignalled = false
    pthread_mutex_unlock(&state.pointee.mutex)
  }
}
