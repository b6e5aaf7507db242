internal import Synchronization

/// Brings updates to whoever subscribed, a bounded queue each.
///
/// Alerts and warnings of the time before anybody could subscribe, while the channel is joined, go
/// to the first who does.
final class UpdateHub: Sendable {
  private static let queueLimit = 256
  private static let earlyLimit = 64

  private struct State {
    var queues: [Int: AsyncStream<RecordingUpdate>.Continuation] = [:]
    var next = 0
    var early: [RecordingUpdate] = []
    var end: RecordingEnd?

    mutating func keep(_ update: RecordingUpdate) {
      switch update {
      case .alert, .cleared, .warning:
        if early.count < UpdateHub.earlyLimit { early.append(update) }
      case .status, .event, .ended: break
      }
    }
  }

  private let state = Mutex(State())

  func subscribe() -> AsyncStream<RecordingUpdate> {
    let (stream, queue) = AsyncStream<RecordingUpdate>.makeStream(
      bufferingPolicy: .bufferingNewest(Self.queueLimit))
    let (number, end) = state.withLock { state in
      for update in state.early { queue.yield(update) }
      state.early = []
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
    let queues = state.withLock { state in
      if state.next == 0 { state.keep(update) }
      return Array(state.queues.values)
    }
    for queue in queues { queue.yield(update) }
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
