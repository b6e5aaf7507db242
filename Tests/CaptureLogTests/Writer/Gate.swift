internal import Glibc
internal import Synchronization

/// A gate that threads pass while it is open and wait at while it is closed.
///
/// `@unchecked Sendable`: the pthread objects are made once and are for use by many threads;
/// `isOpen` and `waiting` are touched with the mutex held.
final class Gate: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var isOpen = true
  private var waiting = 0

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func pass() {
    pthread_mutex_lock(mutex)
    waiting += 1
    pthread_cond_broadcast(condition)
    while !isOpen { pthread_cond_wait(condition, mutex) }
    waiting -= 1
    pthread_mutex_unlock(mutex)
  }

  func close() {
    pthread_mutex_lock(mutex)
    isOpen = false
    pthread_mutex_unlock(mutex)
  }

  func open() {
    pthread_mutex_lock(mutex)
    isOpen = true
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Returns when a thread waits at the closed gate.
  func awaitWaiting() {
    pthread_mutex_lock(mutex)
    while waiting == 0 { pthread_cond_wait(condition, mutex) }
    pthread_mutex_unlock(mutex)
  }
}
