internal import NIOCore
internal import Synchronization

/// The messages that came and were not read yet, between the event loop and the reader.
///
/// Bounded by its owner: ``isFull`` asks for a pause, `whenDrained` is called when it is over.
final class InboundMessages: Sendable {
  private struct State {
    var messages = CircularBuffer<WebSocketMessage>()
    var weight = 0
    var end: WebSocketEnd?
    var isPaused = false
    var number: UInt64 = 0
    var readers: [(number: UInt64, continuation: Reader)] = []
    var cancelled: Set<UInt64> = []
    var whenDrained: (@Sendable () -> Void)?

    mutating func poll(
      _ limit: Int
    ) -> (outcome: Outcome?, whenDrained: (@Sendable () -> Void)?) {
      guard let message = messages.popFirst() else {
        return (end.map(InboundMessages.outcome), nil)
      }
      weight -= InboundMessages.weight(of: message)
      guard isPaused, weight <= limit / 2 else { return (.success(message), nil) }
      isPaused = false
      defer { whenDrained = nil }
      return (.success(message), whenDrained)
    }
  }

  typealias Outcome = Result<WebSocketMessage?, WebSocketError>
  private typealias Reader = CheckedContinuation<Outcome, Never>

  private let state = Mutex(State())
  private let limit: Int

  /// - Parameter limit: how many bytes of messages are enough.
  init(limit: Int) { self.limit = limit }

  /// What an unread message takes; small ones cost memory, too.
  private static func weight(of message: WebSocketMessage) -> Int { message.byteCount + 64 }

  var end: WebSocketEnd? { state.withLock(\.end) }

  /// What the unread messages take, in bytes.
  var weight: Int { state.withLock(\.weight) }

  /// Whether reading should pause; `whenDrained` is called, on any thread, when it may go on.
  func shouldPause(whenDrained: @escaping @Sendable () -> Void) -> Bool {
    state.withLock { state in
      guard state.weight > limit, state.end == nil else { return false }
      state.isPaused = true
      state.whenDrained = whenDrained
      return true
    }
  }

  /// A message came.
  func append(_ message: WebSocketMessage) {
    let reader: Reader? = state.withLock { state in
      guard state.end == nil else { return nil }
      if !state.readers.isEmpty { return state.readers.removeFirst().continuation }
      state.messages.append(message)
      state.weight += Self.weight(of: message)
      return nil
    }
    reader?.resume(returning: .success(message))
  }

  /// No more messages will come; the first call counts.
  func finish(_ end: WebSocketEnd) {
    let readers = state.withLock { state in
      guard state.end == nil else { return [Reader]() }
      state.end = end
      state.whenDrained = nil
      defer { state.readers = [] }
      return state.readers.map(\.continuation)
    }
    for reader in readers { reader.resume(returning: Self.outcome(end)) }
  }

  /// The next message; nil after a closing handshake.
  func next() async throws(WebSocketError) -> WebSocketMessage? {
    let number = state.withLock { state in
      state.number += 1
      return state.number
    }
    let outcome: Outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { reader in
        let (outcome, resume) = take(or: reader, number)
        resume?()
        if let outcome { reader.resume(returning: outcome) }
      }
    } onCancel: {
      let reader: Reader? = state.withLock { state in
        if let index = state.readers.firstIndex(where: { $0.number == number }) {
          return state.readers.remove(at: index).continuation
        }
        state.cancelled.insert(number)
        return nil
      }
      reader?.resume(returning: .failure(Self.cancelled))
    }
    state.withLock { _ = $0.cancelled.remove(number) }
    return try outcome.get()
  }

  private static let cancelled = WebSocketError(
    .cancelled, "the task that read the WebSocket was cancelled")

  /// What there is to read without waiting.
  func poll() -> Outcome? {
    let (outcome, whenDrained) = state.withLock { $0.poll(limit) }
    whenDrained?()
    return outcome
  }

  /// What there is to read now, else `reader` waits; and whom to tell of the room made.
  private func take(
    or reader: Reader, _ number: UInt64
  ) -> (outcome: Outcome?, whenDrained: (@Sendable () -> Void)?) {
    state.withLock { state in
      if state.cancelled.contains(number) { return (.failure(Self.cancelled), nil) }
      let (outcome, whenDrained) = state.poll(limit)
      if outcome == nil { state.readers.append((number, reader)) }
      return (outcome, whenDrained)
    }
  }

  private static func outcome(_ end: WebSocketEnd) -> Outcome {
    switch end {
    case .closed: .success(nil)
    case .failed(let error): .failure(error)
    }
  }
}
