internal import Synchronization

/// What the receive thread hands over with each datagram.
struct RingPacket: Sendable, Equatable {
  var time: Int64
  var connection: UInt32
  var isOutbound: Bool
}

/// A fixed ring of datagrams between the receive thread and the writer thread.
///
/// It holds the bare datagrams, not finished blocks: the writer thread gives the running number
/// and the CRC32C when it drains, so the order of the file is the order of the numbers whatever
/// events come in between, and the receive thread only copies. Entries are contiguous; one that
/// does not fit before the end leaves a skip mark and starts at the front. Positions count bytes
/// for ever and are taken modulo the capacity.
///
/// `@unchecked Sendable`: bytes from `released` to `written` belong to the consumer, all others to
/// the producer. A producer publishes by storing `written` after its copy, the consumer gives back
/// by storing `released` after its last read, and both orders are released and acquired. There
/// is one producer at a time (``PacketIntake`` holds a mutex over `append`) and one consumer (the
/// owner of the writer's state, which lies in a mutex).
final class PacketRing: @unchecked Sendable {
  static let headerSize = 24
  private static let skipMark = UInt32.max

  let capacity: Int
  private let storage: UnsafeMutableRawPointer
  private let written = Atomic<UInt64>(0)
  private let released = Atomic<UInt64>(0)

  /// - Parameter capacity: bytes, a power of two.
  init(capacity: Int) {
    precondition(capacity >= 4096 && capacity.nonzeroBitCount == 1, "a power of two")
    self.capacity = capacity
    storage = .allocate(byteCount: capacity, alignment: 16)
    // Touch every page now, not in the receive thread.
    storage.initializeMemory(as: UInt8.self, repeating: 0, count: capacity)
  }

  deinit {
    storage.deallocate()
  }

  /// Where the next entry will begin. Sequentially consistent, see ``PacketIntake/prepareToSleep()``.
  var head: UInt64 { written.load(ordering: .sequentiallyConsistent) }
  /// Where the consumer stands.
  var tail: UInt64 { released.load(ordering: .acquiring) }
  /// Bytes in use.
  var used: Int {
    // The tail first: it only grows, and never beyond the head.
    let tail = tail
    return Int(truncatingIfNeeded: head &- tail)
  }

  /// Copies a datagram in; false when there is no room. For one producer at a time.
  func append(_ packet: RingPacket, _ bytes: Span<UInt8>) -> Bool {
    guard bytes.count <= 65_535 else { return false }
    let size = Self.entrySize(bytes.count)
    var position = written.load(ordering: .relaxed)
    let free = capacity - Int(truncatingIfNeeded: position &- tail)
    let untilEnd = capacity - offset(position)
    let skip = size > untilEnd ? untilEnd : 0
    guard skip + size <= free else { return false }
    if skip > 0 {
      storage.storeBytes(of: Self.skipMark, toByteOffset: offset(position), as: UInt32.self)
      position &+= UInt64(skip)
    }
    let entry = storage + offset(position)
    entry.storeBytes(of: UInt32(bytes.count), as: UInt32.self)
    entry.storeBytes(of: packet.connection, toByteOffset: 4, as: UInt32.self)
    entry.storeBytes(of: packet.time, toByteOffset: 8, as: Int64.self)
    entry.storeBytes(of: packet.isOutbound ? 1 : 0, toByteOffset: 16, as: UInt32.self)
    bytes.withUnsafeBytes { source in
      guard let base = source.baseAddress else { return }
      (entry + Self.headerSize).copyMemory(from: base, byteCount: source.count)
    }
    written.store(position &+ UInt64(size), ordering: .sequentiallyConsistent)
    return true
  }

  /// Lends the entry at `position` with the position behind it, and returns that position if
  /// `body` took the entry; nil if it did not, or at `end`, a value of ``head``. For the consumer.
  func next(
    from position: UInt64, end: UInt64, _ body: (RingPacket, Span<UInt8>, UInt64) -> Bool
  ) -> UInt64? {
    var position = position
    guard position != end else { return nil }
    var count = storage.load(fromByteOffset: offset(position), as: UInt32.self)
    if count == Self.skipMark {
      position &+= UInt64(capacity - offset(position))
      count = storage.load(fromByteOffset: offset(position), as: UInt32.self)
    }
    let entry = storage + offset(position)
    let packet = RingPacket(
      time: entry.load(fromByteOffset: 8, as: Int64.self),
      connection: entry.load(fromByteOffset: 4, as: UInt32.self),
      isOutbound: entry.load(fromByteOffset: 16, as: UInt32.self) != 0)
    let bytes = UnsafeRawBufferPointer(
      start: entry + Self.headerSize, count: Int(truncatingIfNeeded: count))
    let behind = position &+ UInt64(Self.entrySize(Int(truncatingIfNeeded: count)))
    return bytes.withMemoryRebound(to: UInt8.self) { body(packet, $0.span, behind) }
      ? behind : nil
  }

  /// Gives the bytes before `position` back to the producer. For the consumer.
  func release(to position: UInt64) {
    released.store(position, ordering: .releasing)
  }

  static func entrySize(_ payload: Int) -> Int { (headerSize + payload + 7) & ~7 }

  private func offset(_ position: UInt64) -> Int {
    Int(truncatingIfNeeded: position) & (capacity - 1)
  }
}
