internal import Glibc
internal import Synchronization

/// A thread of its own, outside the concurrency pool: file writes block, and a blocked pool thread
/// would hold up the gateways.
package final class JoinableThread: Sendable {
  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  private let handle: Mutex<pthread_t?>

  /// Starts `body`; throws when the system has no thread to give.
  package init(_ body: @escaping @Sendable () -> Void) throws(ThreadError) {
    let box = Unmanaged.passRetained(Body(body))
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    guard result == 0 else {
      box.release()
      throw ThreadError(errno: result)
    }
    handle = Mutex(thread)
  }

  /// Waits until the body has returned; later calls return at once.
  package func join() {
    let thread = handle.withLock { handle in
      defer { handle = nil }
      return handle
    }
    if let thread { pthread_join(thread, nil) }
  }

  deinit {
    if let thread = handle.withLock({ $0 }) { pthread_detach(thread) }
  }
}
