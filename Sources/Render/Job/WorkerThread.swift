internal import Glibc

/// A thread of our own: rendering blocks for minutes, which tasks of Swift's pool must not.
package struct WorkerThread: Sendable {
  private let handle: pthread_t

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Starts a thread.
  ///
  /// - Throws: ``RenderError/Code/tryAgain`` when the system gives no more threads.
  package init(_ run: @escaping @Sendable () -> Void) throws(RenderError) {
    let body = Unmanaged.passRetained(Body(run))
    var handle = pthread_t()
    let code = pthread_create(
      &handle, nil,
      { argument in
        if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, body.toOpaque())
    guard code == 0 else {
      body.release()
      throw RenderError(.tryAgain, "cannot start a thread: \(String(cString: strerror(code)))")
    }
    self.handle = handle
  }

  /// Waits until the thread has ended; once only.
  package func join() { pthread_join(handle, nil) }

  /// Calls `body` for 0 up to `count` on up to `jobs` threads, in order of start, and waits.
  package static func forEach(
    _ count: Int, jobs: Int, _ body: @escaping @Sendable (Int) -> Void
  ) throws(RenderError) {
    guard jobs > 1, count > 1 else {
      for index in 0..<count { body(index) }
      return
    }
    let next = SharedCounter()
    var threads: [WorkerThread] = []
    defer { for thread in threads { thread.join() } }
    for _ in 0..<min(jobs, count) {
      threads.append(
        try WorkerThread {
          while case let index = next.take(), index < count { body(index) }
        })
    }
  }
}
