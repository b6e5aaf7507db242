internal import Synchronization

/// Datagrams on their way from the receive thread to the thread that opens them.
///
/// Two sets of memory, made once, are swapped: the receive thread only copies, under a lock that the
/// other one holds for a swap. What finds no place is counted and not waited for.
final class DatagramQueue: Sendable {
  /// One datagram of a batch.
  struct Entry: Sendable {
    var range: Range<Int>
    /// Nanoseconds of the wall clock.
    var arrival: Int64
    /// Nanoseconds of a clock that does not go back.
    var time: Int64
    var connection: UInt32
  }

  /// What has arrived.
  struct Batch: Sendable {
    fileprivate(set) var entries: [Entry] = []
    fileprivate(set) var bytes: [UInt8] = []

    fileprivate mutating func removeAll() {
      entries.removeAll(keepingCapacity: true)
      bytes.removeAll(keepingCapacity: true)
    }
  }

  private struct State {
    var batch = Batch()
    var dropped = 0
  }

  static let mostDatagrams = 4_096
  static let mostBytes = 1 << 20

  private let state: Mutex<State>

  init() {
    var state = State()
    Self.reserve(&state.batch)
    self.state = Mutex(state)
  }

  /// The second set of memory, for ``take(into:)``.
  static func makeBatch() -> Batch {
    var batch = Batch()
    reserve(&batch)
    return batch
  }

  private static func reserve(_ batch: inout Batch) {
    batch.entries.reserveCapacity(mostDatagrams)
    batch.bytes.reserveCapacity(mostBytes)
  }

  /// Datagrams that found no place.
  var dropped: Int { state.withLock(\.dropped) }

  /// Copies a datagram in.
  ///
  /// - Returns: whether it is the first of its batch, so that somebody may have to be woken.
  func append(_ datagram: Span<UInt8>, arrival: Int64, time: Int64, connection: UInt32) -> Bool {
    state.withLock { state in
      let start = state.batch.bytes.count
      guard state.batch.entries.count < Self.mostDatagrams,
        start + datagram.count <= Self.mostBytes
      else {
        state.dropped += 1
        return false
      }
      for index in 0..<datagram.count { state.batch.bytes.append(datagram[index]) }
      state.batch.entries.append(
        Entry(
          range: start..<state.batch.bytes.count, arrival: arrival, time: time,
          connection: connection))
      return state.batch.entries.count == 1
    }
  }

  /// Swaps what has arrived for an empty batch, whose memory is used again.
  func take(into batch: inout Batch) {
    batch.removeAll()
    state.withLock { swap(&$0.batch, &batch) }
  }
}
