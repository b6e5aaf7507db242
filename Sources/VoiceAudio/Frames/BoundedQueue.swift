internal import Synchronization

/// A queue of live sound with one reader: when it is full the oldest makes place, since who is behind
/// wants to hear what is said now, and is counted.
final class BoundedQueue<Element: Sendable>: Sendable {
  private enum Answer {
    case element(Element), end, later
  }

  private struct State {
    /// A ring: the oldest at `first`.
    var places: [Element?]
    var first = 0
    var count = 0
    var dropped = 0
    var hasEnded = false
    var reader: CheckedContinuation<Element?, Never>?

    mutating func take() -> Element? {
      guard count > 0 else { return nil }
      defer {
        places[first] = nil
        first = (first + 1) % places.count
        count -= 1
      }
      return places[first]
    }

    mutating func put(_ element: Element) {
      if count == places.count {
        _ = take()
        dropped += 1
      }
      places[(first + count) % places.count] = element
      count += 1
    }
  }

  private let state: Mutex<State>

  init(limit: Int) {
    state = Mutex(State(places: Array(repeating: nil, count: max(1, limit))))
  }

  /// Elements that a slow reader has lost.
  var dropped: Int { state.withLock(\.dropped) }

  /// How many wait.
  var count: Int { state.withLock(\.count) }

  func append(_ element: Element) {
    let reader: CheckedContinuation<Element?, Never>? = state.withLock { state in
      guard !state.hasEnded else { return nil }
      guard let reader = state.reader else {
        state.put(element)
        return nil
      }
      state.reader = nil
      return reader
    }
    reader?.resume(returning: element)
  }

  /// Lets the reader have what is there, and then the end.
  func finish() {
    let reader = state.withLock { state in
      state.hasEnded = true
      defer { state.reader = nil }
      return state.reader
    }
    reader?.resume(returning: nil)
  }

  /// The next element; nil at the end, or when the reading task was cancelled.
  func next() async -> Element? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { (reader: CheckedContinuation<Element?, Never>) in
        // A second reader would wait for ever: it gets the end.
        let answer: Answer = state.withLock { state in
          // Asked under the lock: whoever is cancelled later than this is found waiting.
          if Task.isCancelled { return .end }
          if let element = state.take() { return .element(element) }
          if state.hasEnded || state.reader != nil { return .end }
          state.reader = reader
          return .later
        }
        switch answer {
        case .element(let element): reader.resume(returning: element)
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
}
