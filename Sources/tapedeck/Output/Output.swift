internal import Glibc
internal import Synchronization
internal import Threads

/// What the program says on standard output and standard error: at once, or, while it records, by
/// queues, since a reader that has stalled must not hold up a recording or its end.
enum Output {
  private static let queues = Mutex<[Int32: OutputQueue]>([:])

  /// From now on nothing that is written waits for its reader.
  static func detach() throws(ThreadError) {
    let new = [
      STDOUT_FILENO: try OutputQueue(STDOUT_FILENO), STDERR_FILENO: try OutputQueue(STDERR_FILENO),
    ]
    queues.withLock { $0 = new }
  }

  /// Waits for the readers. A descriptor whose reader has not taken all stays detached.
  ///
  /// - Parameter limit: For all of them.
  static func attach(atMost limit: Duration) {
    let deadline = ContinuousClock.now + limit
    for (descriptor, queue) in queues.withLock({ $0 }) {
      guard queue.finish(atMost: max(.zero, deadline - ContinuousClock.now)) else { continue }
      queues.withLock { $0[descriptor] = nil }
    }
  }

  /// - Parameter isExpendable: Whether it may be left out when the reader has stalled.
  static func write(_ bytes: [UInt8], to descriptor: Int32, isExpendable: Bool = false) {
    let queue = queues.withLock { $0[descriptor] }
    if let queue, queue.write(bytes, isExpendable: isExpendable) { return }
    writeNow(bytes, to: descriptor)
  }

  /// Whether frames had better wait.
  static func isStalled(_ descriptor: Int32) -> Bool {
    queues.withLock { $0[descriptor] }?.isStalled ?? false
  }

  /// Waits for the reader, for ever if need be.
  static func writeNow(_ bytes: [UInt8], to descriptor: Int32) {
    // Nobody is left to tell when the reader has gone; the work goes on.
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let count = Glibc.write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
      }
    }
  }
}
