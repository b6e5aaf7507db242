internal import CaptureLog
internal import Threads

/// A loop on several threads of our own: rendering blocks for minutes, which the threads of Swift's
/// concurrency pool must not.
package enum ParallelLoop {
  /// Calls `body` for 0 up to `count` on up to `jobs` threads, in order of start, and waits for all.
  package static func run(
    _ count: Int, jobs: Int, _ body: @escaping @Sendable (Int) -> Void
  ) throws(RenderError) {
    guard jobs > 1, count > 1 else {
      for index in 0..<count { body(index) }
      return
    }
    let next = SharedCounter()
    var threads: [JoinableThread] = []
    defer { for thread in threads { thread.join() } }
    do throws(ThreadError) {
      for _ in 0..<min(jobs, count) {
        threads.append(
          try JoinableThread {
            while case let index = next.take(), index < count { body(index) }
          })
      }
    } catch {
      // Those that started do the rest.
      if threads.isEmpty { throw RenderError(CaptureError(error)) }
    }
  }
}
