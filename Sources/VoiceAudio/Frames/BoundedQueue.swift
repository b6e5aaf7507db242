internal import DiscordGateway

/// A queue of live sound with one reader: when it is full the oldest makes place, since who is behind
/// wants to hear what is said now, and is counted.
final class BoundedQueue<Element: Sendable>: Sendable {
  private struct Ring: ReaderStore {
    /// The oldest at `first`.
    var places: [Element?]
    var first = 0
    var count = 0
    var dropped = 0

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

  private let queue: ReaderQueue<Ring>

  init(limit: Int) {
    queue = ReaderQueue(Ring(places: Array(repeating: nil, count: max(1, limit))))
  }

  /// Elements that a slow reader has lost.
  var dropped: Int { queue.look(\.dropped) }

  /// How many wait.
  var count: Int { queue.look(\.count) }

  func append(_ element: Element) { queue.give(element) { $0.put(element) } }

  /// Lets the reader have what is there, and then the end.
  func finish() { queue.finish() }

  /// The next element; nil at the end, or when the reading task was cancelled.
  func next() async -> Element? { await queue.next() }
}
