/// Packets that wait until it is known whose they are, in memory that is taken once.
struct HoldRing: Sendable {
  /// A packet that waits.
  struct Entry: Sendable {
    var key: UInt64
    /// When it came, nanoseconds of the gate's clock.
    var time: Int64
    var kernelTime: Int64?
    fileprivate var start: Int
    fileprivate var length: Int
    fileprivate var isDone = false
  }

  private static let mostEntries = 4_096

  private var bytes: [UInt8]
  /// A ring: the oldest at `first`.
  private var entries: [Entry]
  private var first = 0
  private var count = 0
  /// Where the next packet's bytes go.
  private var head = 0

  /// - Parameter capacity: bytes of packets.
  init(capacity: Int) {
    bytes = [UInt8](repeating: 0, count: max(capacity, 4_096))
    let none = Entry(key: 0, time: 0, kernelTime: nil, start: 0, length: 0)
    entries = [Entry](repeating: none, count: Self.mostEntries)
  }

  var isEmpty: Bool { count == 0 }

  /// Keeps a packet; the oldest go where there is no room, and `lost` is told of each.
  mutating func append(
    _ datagram: Span<UInt8>, key: UInt64, time: Int64, kernelTime: Int64?, lost: (Entry) -> Void
  ) {
    let length = datagram.count
    guard length <= bytes.count else { return }
    if head + length > bytes.count {
      // What lies behind goes first, as it is the oldest.
      while count > 0, entries[first].start >= head { removeFirst(lost) }
      head = 0
    }
    while count > 0, overlaps(entries[first], head..<head + length) { removeFirst(lost) }
    if count == Self.mostEntries { removeFirst(lost) }
    for offset in 0..<length { bytes[head + offset] = datagram[offset] }
    let entry = Entry(key: key, time: time, kernelTime: kernelTime, start: head, length: length)
    entries[(first + count) % entries.count] = entry
    count += 1
    head += length
  }

  /// Lends every packet of `key`, the oldest first, and lets it go.
  mutating func release(_ key: UInt64, _ body: (Span<UInt8>, Entry) -> Void) {
    for offset in 0..<count {
      let place = (first + offset) % entries.count
      guard entries[place].key == key, !entries[place].isDone else { continue }
      entries[place].isDone = true
      lend(entries[place], body)
    }
    dropDone()
  }

  /// The same with all packets.
  mutating func releaseAll(_ body: (Span<UInt8>, Entry) -> Void) {
    while count > 0 {
      let entry = entries[first]
      if !entry.isDone { lend(entry, body) }
      dropFirst()
    }
  }

  /// Lets go of packets that came before `time`.
  mutating func expire(before time: Int64, lost: (Entry) -> Void) {
    while count > 0, entries[first].isDone || entries[first].time < time { removeFirst(lost) }
  }

  private func lend(_ entry: Entry, _ body: (Span<UInt8>, Entry) -> Void) {
    body(bytes.span.extracting(entry.start..<entry.start + entry.length), entry)
  }

  private func overlaps(_ entry: Entry, _ range: Range<Int>) -> Bool {
    entry.start < range.upperBound && entry.start + entry.length > range.lowerBound
  }

  private mutating func dropDone() {
    while count > 0, entries[first].isDone { dropFirst() }
  }

  private mutating func removeFirst(_ lost: (Entry) -> Void) {
    if !entries[first].isDone { lost(entries[first]) }
    dropFirst()
  }

  private mutating func dropFirst() {
    first = (first + 1) % entries.count
    count -= 1
  }
}
