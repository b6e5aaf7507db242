internal import Synchronization

/// Packets on their way from the receive thread to the watch: so many at most, in memory that is
/// taken once; what does not fit is not watched.
final class WatchQueue: Sendable {
  struct Item: Sendable {
    var connection: UInt32
    var user: UInt64?
    var time: Int64
    fileprivate var length: Int
  }

  private static let places = 128
  private static let placeBytes = 2_048

  private struct State {
    var bytes = [UInt8](repeating: 0, count: WatchQueue.places * WatchQueue.placeBytes)
    var items: [Item?] = Array(repeating: nil, count: WatchQueue.places)
    var first = 0
    var count = 0
  }

  private let state = Mutex(State())

  /// Copies a packet in; returns whether the watch is to be told: the queue was empty, or now is half full.
  func append(_ datagram: Span<UInt8>, connection: UInt32, user: UInt64?, time: Int64) -> Bool {
    state.withLock { state in
      guard state.count < Self.places, datagram.count <= Self.placeBytes else { return false }
      let place = (state.first + state.count) % Self.places
      let start = place * Self.placeBytes
      for offset in 0..<datagram.count { state.bytes[start + offset] = datagram[offset] }
      state.items[place] = Item(
        connection: connection, user: user, time: time, length: datagram.count)
      state.count += 1
      return state.count == 1 || state.count == Self.places / 2
    }
  }

  /// Moves the oldest packet to `bytes`.
  func next(into bytes: inout [UInt8]) -> Item? {
    bytes.removeAll(keepingCapacity: true)
    return state.withLock { state in
      guard state.count > 0, let item = state.items[state.first] else { return nil }
      let start = state.first * Self.placeBytes
      bytes.append(contentsOf: state.bytes[start..<start + item.length])
      state.first = (state.first + 1) % Self.places
      state.count -= 1
      return item
    }
  }
}
