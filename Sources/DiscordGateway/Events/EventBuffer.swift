/// A bounded queue with one reader: what does not fit is counted, and told where it is missing.
final class EventBuffer<Element: Sendable>: Sendable {
  /// What the reader gets.
  enum Item: Sendable {
    case element(Element)
    /// So many elements were dropped here.
    case missed(Int)
  }

  private struct Store: ReaderStore {
    let countLimit: Int
    let byteLimit: Int
    var items: [(item: Item, size: Int)] = []
    /// Where the next to read is.
    var first = 0
    var bytes = 0

    var count: Int { items.count - first }

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

    /// Returns false when the element was dropped.
    mutating func put(_ element: Element, size: Int) -> Bool {
      // One element is taken whatever its size.
      let fits = count < countLimit && (count == 0 || bytes + size <= byteLimit)
      if fits {
        items.append((.element(element), size))
        bytes += size
      } else if case .missed(let count)? = items.last?.item {
        items[items.count - 1].item = .missed(count + 1)
      } else {
        items.append((.missed(1), 0))
      }
      return fits
    }
  }

  private let queue: ReaderQueue<Store>

  init(countLimit: Int, byteLimit: Int = 64 << 20) {
    queue = ReaderQueue(Store(countLimit: max(1, countLimit), byteLimit: byteLimit))
  }

  /// Returns false when the element was dropped.
  func append(_ element: Element, size: Int) -> Bool {
    queue.give(.element(element)) { $0.put(element, size: size) } ?? true
  }

  /// Lets the reader have what is there, and then the end.
  func finish() { queue.finish() }

  /// The next item; nil at the end, or when the reading task was cancelled.
  func next() async -> Item? { await queue.next() }

  /// How many items wait.
  var count: Int { queue.look(\.count) }
}
