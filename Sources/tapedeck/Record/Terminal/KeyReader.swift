internal import Glibc
internal import Synchronization
internal import Threads

/// Reads keys of standard input on a thread of its own until it is stopped.
final class KeyReader: Sendable {
  /// Long enough for the rest of a sequence also over a slow connection.
  private static let escapeWait: Int32 = 50
  private static let idleWait: Int32 = 200

  private let isStopped = Atomic(false)

  /// - Parameter handler: Called on the thread; not after ``stop()`` has been called and 200 ms.
  init(_ handler: @escaping @Sendable (Key) -> Void) throws(ThreadError) {
    _ = try JoinableThread { [weak self] in
      var decoder = KeyDecoder()
      var buffer = [UInt8](repeating: 0, count: 256)
      while let reader = self, !reader.isStopped.load(ordering: .relaxed) {
        var wait = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        let ready = poll(&wait, 1, decoder.isWaiting ? Self.escapeWait : Self.idleWait)
        if ready == 0 { decoder.flush().forEach(handler) }
        guard ready > 0 else { continue }
        let count = read(STDIN_FILENO, &buffer, buffer.count)
        if count < 0, errno == EINTR || errno == EAGAIN { continue }
        guard count > 0 else { return }
        decoder.decode(buffer.prefix(count)).forEach(handler)
      }
    }
  }

  func stop() { isStopped.store(true, ordering: .relaxed) }
}
