internal import Synchronization

/// What waits in a ``ReaderQueue``: how much fits, and what becomes of the rest, is its affair.
package protocol ReaderStore: Sendable {
  associatedtype Item: Sendable
  /// The oldest; nil when nothing waits.
  mutating func take() -> Item?
}

/// A queue with one reader, who waits while it is empty.
package final class ReaderQueue<Store: ReaderStore>: Sendable {
  private enum Answer {
    case item(Store.Item), end, later
  }

  private struct State {
    var store: Store
    var hasEnded = false
    var reader: CheckedContinuation<Store.Item?, Never>?
  }

  private let state: Mutex<State>

  package init(_ store: Store) { state = Mutex(State(store: store)) }

  /// Gives an item to the reader if one waits, and else has `keep` put it away.
  ///
  /// - Returns: what `keep` says; nil when it was not asked: the reader has it, or all is over.
  @discardableResult
  package func give<Result: Sendable>(
    _ item: Store.Item, orKeep keep: (inout Store) -> Result
  ) -> Result? {
    let (reader, result): (CheckedContinuation<Store.Item?, Never>?, Result?) =
      state.withLock { state in
        guard !state.hasEnded else { return (nil, nil) }
        guard let reader = state.reader else { return (nil, keep(&state.store)) }
        state.reader = nil
        return (reader, nil)
      }
    reader?.resume(returning: item)
    return result
  }

  /// Lets the reader have what is there, and then the end.
  package func finish() {
    let reader = state.withLock { state in
      state.hasEnded = true
      defer { state.reader = nil }
      return state.reader
    }
    reader?.resume(returning: nil)
  }

  /// The next item; nil at the end, or when the reading task was cancelled.
  package func next() async -> Store.Item? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { (reader: CheckedContinuation<Store.Item?, Never>) in
        // A second reader would wait for ever: it gets the end.
        let answer: Answer = state.withLock { state in
          // Asked under the lock: whoever is cancelled later than this is found waiting.
          if Task.isCancelled { return .end }
          if let item = state.store.take() { return .item(item) }
          if state.hasEnded || state.reader != nil { return .end }
          state.reader = reader
          return .later
        }
        switch answer {
        case .item(let item): reader.resume(returning: item)
        case .end: reader.resume(returning: nil)
        case .later: break
        }
      }
    } onCancel: {
      let reader = state.withLock { state in
        defer { state.reader = nil }
        return state.reader
      }
      reader?.resume(returning: nil)
    }
  }

  /// Asks the store something.
  package func look<Value: Sendable>(_ body: (Store) -> Value) -> Value {
    state.withLock { body($0.store) }
  }
}
