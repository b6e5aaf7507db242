internal import SystemPackage

/// The blocks of one `write`, encoded one behind the other in a fixed buffer, with what each of
/// them stands for: after a short write exactly those that lie whole in the file count as written.
struct BlockBatch {
  /// What is settled once a block is in the file.
  enum Origin {
    /// A datagram; the ring may be released up to here.
    case packet(releaseTo: UInt64)
    /// The first of the pending queue entries.
    case queued(isEvent: Bool)
    case header
    case interface
    /// An event of the writer's own.
    case own
    case report(DropReport)
  }

  struct Mark {
    var end: Int
    var origin: Origin
    /// The running number after this block.
    var nextNumber: UInt64
  }

  /// Encoding stops here and the batch is written; a larger block is written alone.
  static let usualSize = 256 << 10

  private var storage = [UInt8](repeating: 0, count: SegmentFormat.maximumBlockSize)
  private(set) var count = 0
  /// Interface blocks among them.
  private(set) var interfaces = 0
  private(set) var marks: [Mark] = []
  /// The running number that the next block gets.
  private(set) var nextNumber: UInt64

  init(nextNumber: UInt64) {
    self.nextNumber = nextNumber
    marks.reserveCapacity(4096)
  }

  var isEmpty: Bool { marks.isEmpty }

  /// Writes all of it to `file`; returns how much went in, and the error that ended it.
  func write(
    to file: OpenFile, by files: any FileOperations
  ) -> (written: Int, error: Errno?) {
    files.writeAll(storage.span.extracting(0..<count), to: file)
  }

  /// True when a block of `size` bytes still belongs into this batch.
  func hasRoom(for size: Int) -> Bool {
    count == 0 ? size <= storage.count : count + size <= Self.usualSize
  }

  /// Begins anew; blocks that were not written give their numbers back.
  mutating func reset(nextNumber: UInt64) {
    self.nextNumber = nextNumber
    count = 0
    interfaces = 0
    marks.removeAll(keepingCapacity: true)
  }

  /// Appends a block that `encode` makes for the running number.
  mutating func append(_ origin: Origin, _ block: [UInt8]) {
    storage.replaceSubrange(count..<(count + block.count), with: block)
    if case .interface = origin { interfaces += 1 }
    close(origin, size: block.count)
  }

  /// Appends the block of a datagram, allocating nothing.
  mutating func append(
    _ packet: RingPacket, _ payload: Span<UInt8>, addresses: DatagramAddresses,
    releaseTo: UInt64
  ) {
    let size = storage.withUnsafeMutableBufferPointer { buffer in
      var output = UnsafeMutableBufferPointer(rebasing: buffer[count...]).mutableSpan
      return BlockEncoder.encodePacket(
        number: nextNumber, time: packet.time, connection: packet.connection,
        addresses: addresses, isOutbound: packet.isOutbound, payload: payload, into: &output)
    }
    close(.packet(releaseTo: releaseTo), size: size)
  }

  /// Settles something without writing a block for it.
  mutating func skip(_ origin: Origin) {
    marks.append(Mark(end: count, origin: origin, nextNumber: nextNumber))
  }

  private mutating func close(_ origin: Origin, size: Int) {
    count += size
    nextNumber &+= 1
    marks.append(Mark(end: count, origin: origin, nextNumber: nextNumber))
  }
}

/// Counters at the moment that a `drops` or `stamps` event was made of them.
struct DropReport: Sendable, Equatable {
  var ring: UInt64 = 0
  var disk: UInt64 = 0
  var stamps: UInt64 = 0
  var events: UInt64 = 0
}

/// Events that could not be stored, counted since the last such event.
struct EventDropsEvent: CaptureEventPayload {
  static let kind = "events_dropped"
  var events: UInt64
  var message: String { "\(events) events not stored" }
}
