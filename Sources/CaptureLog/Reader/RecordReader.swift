/// Turns the blocks of segments, given in order, into records, and finds missing blocks by their
/// running numbers.
struct RecordReader<Source: ByteSource & ~Copyable>: ~Copyable {
  private var scanner: SegmentScanner<Source>?
  private var name = ""
  private let window: Int
  /// One more than the highest running number so far.
  private var expected: UInt64 = 0
  /// One more than the last one, which is less where blocks are repeated or out of order.
  private var following: UInt64 = 0
  /// The last damage, kept back until the next sound block tells how many are missing.
  private var pending: CaptureDamage?
  /// Blocks of other types since the last of ours; damage if a number is missing behind them.
  private var foreign: (offset: Int64, length: Int64)?
  /// A second damage before that block.
  private var extra: CaptureDamage?
  /// A block that was read and waits for the damage before it to be returned.
  private var waiting: Block?
  private var payload = 0..<0
  private var datagram = 0..<0
  /// Sound blocks of ours read from the current segment, headers included.
  private(set) var blockCount: UInt64 = 0

  init(window: Int) {
    self.window = window
  }

  /// Where in the current segment the next block begins.
  func position() -> Int64 { scanner?.position() ?? 0 }

  /// Goes on with another segment.
  mutating func begin(_ source: consuming Source, name: String, size: Int64, isGrowing: Bool) {
    scanner = SegmentScanner(source, size: size, isGrowing: isGrowing, window: window)
    self.name = name
    foreign = nil
    blockCount = 0
  }

  /// Adds a damage that does not come from a segment's bytes; returns one that is complete.
  mutating func report(_ damage: CaptureDamage) -> CaptureRecord? {
    defer { pending = damage }
    return pending.map { .damage($0) }
  }

  /// The damage that still waits when no segment is left.
  mutating func finish() -> CaptureRecord? {
    defer { pending = nil }
    return pending.map { .damage($0) }
  }

  /// The next record of the segment, nil at its end.
  mutating func next() -> CaptureRecord? {
    if let damage = extra {
      extra = nil
      return .damage(damage)
    }
    if let block = waiting {
      waiting = nil
      if let record = accept(block) { return record }
    }
    while true {
      guard let item = scanner?.next() else { return nil }
      switch item {
      case .block(let block, let offset):
        if let damage = damage(before: block, at: offset) {
          waiting = block
          return .damage(damage)
        }
        if let record = accept(block) { return record }
      case .foreign(let offset, let length):
        let start = foreign?.offset ?? offset
        foreign = (start, offset - start + Int64(length))
      case .damage(let cause, let offset, let length):
        let damage = CaptureDamage(cause: cause, segment: name, offset: offset, length: length)
        if let record = report(damage) { return record }
      }
    }
  }

  /// The packet last returned, its UDP payload or all of it with IP and UDP headers, as a range of
  /// the window; give the window back before reading on, or it is copied.
  func packet(withHeaders: Bool) -> (window: [UInt8], range: Range<Int>) {
    scanner?.bytes(withHeaders ? datagram : payload) ?? ([], 0..<0)
  }

  /// The damage that a block's running number completes or shows.
  private mutating func damage(before block: Block, at offset: Int64) -> CaptureDamage? {
    let number = block.number
    let (missing, isBack) = number.subtractingReportingOverflow(expected)
    defer {
      foreign = nil
      following = number &+ 1
      if !isBack { expected = number == .max ? .max : number + 1 }
    }
    if isBack {
      defer { pending = nil }
      // Told once, where it begins.
      guard number != following else { return pending }
      let damage = CaptureDamage(cause: .outOfOrder, segment: name, offset: offset, length: 0)
      guard let earlier = pending else { return damage }
      extra = damage
      return earlier
    }
    if var damage = pending {
      pending = nil
      damage.missing = missing
      return damage
    }
    guard missing > 0 else { return nil }
    if let foreign {
      return CaptureDamage(
        cause: .garbage, segment: name, offset: foreign.offset, length: foreign.length,
        missing: missing)
    }
    return CaptureDamage(
      cause: .missingBlocks, segment: name, offset: offset, length: 0, missing: missing)
  }

  private mutating func accept(_ block: Block) -> CaptureRecord? {
    blockCount += 1
    switch block {
    case .sectionHeader, .interface: return nil
    case .packet(let packet):
      payload = packet.payload
      datagram = packet.datagram
      return .packet(
        PacketRecord(
          number: packet.number, time: packet.time, connection: packet.connection,
          isOutbound: packet.isOutbound, payloadLength: packet.payload.count))
    case .event(let event): return .event(event)
    }
  }
}
