internal import Synchronization

/// Brings updates to whoever subscribed, a bounded queue each.
final class UpdateHub: Sendable {
  private static let queueLimit = 256

  private struct State {
    var queues: [Int: AsyncStream<RecordingUpdate>.Continuation] = [:]
    var next = 0
    var end: RecordingEnd?
  }

  private let state = Mutex(State())

  func subscribe() -> AsyncStream<RecordingUpdate> {
    let (stream, queue) = AsyncStream<RecordingUpdate>.makeStream(
      bufferingPolicy: .bufferingNewest(Self.queueLimit))
    let (number, end) = state.withLock { state in
      state.next += 1
      if state.end == nil { state.queues[state.next] = queue }
      return (state.next, state.end)
    }
    if let end {
      queue.yield(.ended(end))
      queue.finish()
    } else {
      queue.onTermination = { [weak self] _ in
        self?.state.withLock { _ = $0.queues.removeValue(forKey: number) }
      }
    }
    return stream
  }

  func send(_ update: RecordingUpdate) {
    for queue in state.withLock({ Array($0.queues.values) }) { queue.yield(update) }
  }

  /// The last update.
  func finish(_ end: RecordingEnd) {
    let queues = state.withLock { state in
      state.end = end
      defer { state.queues = [:] }
      return Array(state.queues.values)
    }
    for queue in queues {
      queue.yield(.ended(end))
      queue.finish()
    }
  }
}
