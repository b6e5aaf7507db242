internal import Synchronization
internal import Threads

/// Writes to a descriptor on a thread of its own, so that a reader that has stalled holds up nobody.
final class OutputQueue: Sendable {
  /// Bytes that may wait; the oldest are dropped beyond that.
  static let limit = 1 << 20
  /// What nobody misses, as progress, is dropped where so many bytes wait already.
  static let expendableLimit = 256 << 10
  /// Frames are not drawn while so many bytes wait.
  static let stallLimit = 16 << 10

  private struct State {
    var waiting: [[UInt8]] = []
    var bytes = 0
    var isWriting = false
    var isOver = false
  }

  private let descriptor: Int32
  private let state = Mutex(State())
  private let wakeup = Wakeup()
  /// Never signalled.
  private let pause = Wakeup()

  init(_ descriptor: Int32) throws(ThreadError) {
    self.descriptor = descriptor
    _ = try JoinableThread { [self] in run() }
  }

  /// Returns at once.
  ///
  /// - Returns: False when the queue is over, and nothing of this was taken.
  func write(_ bytes: [UInt8], isExpendable: Bool) -> Bool {
    let isTaken = state.withLock { state in
      guard !state.isOver else { return false }
      if isExpendable, state.bytes + bytes.count > Self.expendableLimit { return true }
      state.waiting.append(bytes)
      state.bytes += bytes.count
      while state.bytes > Self.limit, state.waiting.count > 1 {
        state.bytes -= state.waiting.removeFirst().count
      }
      return true
    }
    wakeup.signal()
    return isTaken
  }

  var isStalled: Bool { state.withLock { $0.bytes > Self.stallLimit } }

  /// Waits until all is written; the queue is over then.
  ///
  /// - Returns: False when the reader has not taken it within the limit; the queue goes on.
  func finish(atMost limit: Duration) -> Bool {
    let deadline = ContinuousClock.now + limit
    while true {
      let isDone = state.withLock { state in
        state.isOver = state.waiting.isEmpty && !state.isWriting
        return state.isOver
      }
      if isDone {
        wakeup.signal()
        return true
      }
      guard ContinuousClock.now < deadline else { return false }
      pause.wait(nanoseconds: 2_000_000)
    }
  }

  private func run() {
    while true {
      let (bytes, isOver) = state.withLock { state -> ([UInt8]?, Bool) in
        state.isWriting = !state.waiting.isEmpty
        guard state.isWriting else { return (nil, state.isOver) }
        let first = state.waiting.removeFirst()
        state.bytes -= first.count
        return (first, false)
      }
      if let bytes {
        Output.writeNow(bytes, to: descriptor)
      } else if isOver {
        return
      } else {
        wakeup.wait(nanoseconds: 60_000_000_000)
      }
    }
  }
}
