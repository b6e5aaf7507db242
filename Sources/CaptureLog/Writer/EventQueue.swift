internal import Synchronization

/// What waits for the writer thread besides datagrams.
enum QueuedItem: Sendable {
  case event(CaptureEvent)
  case connection(UInt32, DatagramAddresses)

  /// A rough size, to bound the queue.
  var bytes: Int {
    switch self {
    case .event(let event): 128 + event.data.count + event.message.utf8.count
    case .connection: 128
    }
  }
}

/// Events of any thread, apart from the ring: a lost event (who speaks, which key) costs more than
/// a lost packet, so a flood of packets must not crowd them out.
///
/// Each entry remembers where the ring stood, and the writer puts it behind the datagrams that
/// came before it. The mutex is held for an array append or a swap, never over a write.
final class EventQueue: Sendable {
  struct Entry: Sendable {
    var ringPosition: UInt64
    var item: QueuedItem
  }

  private struct State {
    var entries: [Entry] = []
    /// Of the entries, and of those taken but not yet written.
    var bytes = 0
    var dropped: UInt64 = 0
    var isClosed = false
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) {
    self.limit = limit
  }

  /// Queues an item; false, counted, when the queue is full or closed.
  ///
  /// - Parameter ringPosition: called with the mutex held, so that positions do not go backwards.
  func append(_ item: QueuedItem, ringPosition: () -> UInt64) -> Bool {
    let bytes = item.bytes
    return state.withLock { state in
      // A connection is always taken: without it its packets could not be written.
      var mayDrop = true
      if case .connection = item { mayDrop = false }
      guard !state.isClosed, !mayDrop || state.bytes + bytes <= limit else {
        state.dropped &+= 1
        return false
      }
      state.bytes += bytes
      state.entries.append(Entry(ringPosition: ringPosition(), item: item))
      return true
    }
  }

  /// Moves everything queued to the end of `entries`.
  func take(into entries: inout [Entry]) {
    state.withLock { state in
      guard !state.entries.isEmpty else { return }
      entries.append(contentsOf: state.entries)
      state.entries.removeAll(keepingCapacity: true)
    }
  }

  /// Says that taken entries of `bytes` were written or given up.
  func release(bytes: Int) {
    state.withLock { $0.bytes -= bytes }
  }

  func countDropped(_ events: UInt64) {
    state.withLock { $0.dropped &+= events }
  }

  func close() {
    state.withLock { $0.isClosed = true }
  }

  var isEmpty: Bool { state.withLock { $0.entries.isEmpty } }
  var bytes: Int { state.withLock { $0.bytes } }
  var dropped: UInt64 { state.withLock { $0.dropped } }
}
