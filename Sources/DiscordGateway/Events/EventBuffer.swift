internal import Synchronization

/// A bounded queue with one reader: what does not fit is counted, and told where it is missing.
final class EventBuffer<Element: Sendable>: Sendable {
  /// What the reader gets.
  enum Item: Sendable {
    case element(Element)
    /// So many elements were dropped here.
    case missed(Int)
  }

  private enum Answer {
    case item(Item), end, later
  }

  private struct State {
    var items: [(item: Item, size: Int)] = []
    /// Where the next to read is.
    var first = 0
    var bytes = 0
    var hasEnded = false
    var reader: CheckedContinuation<Item?, Never>?

    mutating func take() -> Item? {
      guard first < items.count else { return nil }
      let (item, size) = items[first]
      items[first] = (.missed(0), 0)
      first += 1
      bytes -= size
      if first == items.count {
        items.removeAll(keepingCapacity: items.capacity <= 1024)
        first = 0
      } else if first > 1024, first * 2 > items.count {
        items.removeFirst(first)
        first = 0
      }
      return item
    }
  }

  private let countLimit: Int
  private let byteLimit: Int
  private let state = Mutex(State())

  init(countLimit: Int, byteLimit: Int = 64 << 20) {
    self.countLimit = max(1, countLimit)
    self.byteLimit = byteLimit
  }

  /// Returns false when the element was dropped.
  func append(_ element: Element, size: Int) -> Bool {
    let (taken, reader): (Bool, CheckedContinuation<Item?, Never>?) = state.withLock { state in
      guard !state.hasEnded else { return (true, nil) }
      if let reader = state.reader {
        state.reader = nil
        return (true, reader)
      }
      let waiting = state.items.count - state.first
      // One element is taken whatever its size.
      let fits = waiting < countLimit && (waiting == 0 || state.bytes + size <= byteLimit)
      if fits {
        state.items.append((.element(element), size))
        state.bytes += size
      } else if case .missed(let count)? = state.items.last?.item {
        state.items[state.items.count - 1].item = .missed(count + 1)
      } else {
        state.items.append((.missed(1), 0))
      }
      return (fits, nil)
    }
    reader?.resume(returning: .element(element))
    return taken
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

  /// The next item; nil at the end, or when the reading task was cancelled.
  func next() async -> Item? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { (reader: CheckedContinuation<Item?, Never>) in
        // A second reader would wait for ever: it gets the end.
        let answer: Answer = state.withLock { state in
          // Asked under the lock: whoever is cancelled later than this is found waiting.
          if Task.isCancelled { return .end }
          if let item = state.take() { return .item(item) }
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

  /// How many items wait.
  var count: Int { state.withLock { $0.items.count - $0.first } }
}
