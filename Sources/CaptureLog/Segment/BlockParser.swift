/// A whole block of ours whose checksum is right.
enum Block: Equatable {
  case sectionHeader(number: UInt64, header: SegmentHeader?)
  case interface(number: UInt64)
  case packet(PacketBlock)
  case event(CaptureEvent)

  var number: UInt64 {
    switch self {
    case .sectionHeader(let number, _), .interface(let number): number
    case .packet(let packet): packet.number
    case .event(let event): event.number
    }
  }
}

/// An Enhanced Packet Block; ranges are within the block.
struct PacketBlock: Equatable {
  var number: UInt64
  var time: Int64
  var connection: UInt32
  var isOutbound: Bool
  /// With IP and UDP headers.
  var datagram: Range<Int>
  /// The UDP payload.
  var payload: Range<Int>
}

/// Reads blocks of ours; the bytes are those of one block whose two lengths agree.
enum BlockParser {
  /// Where a block's checksum stands, or nil when the block has none, so is not ours.
  static func checksumField(
    _ block: Span<UInt8>, type: BlockType?
  ) -> (offset: Int, isText: Bool)? {
    let count = block.count
    guard count >= 28 else { return nil }
    if type != .journal, block[count - 16] == 0x01, block[count - 15] == 0x80,
      block.word(count - 16) == 0x0004_8001, block.word(count - 8) == 0
    {
      return (count - 12, false)
    }
    guard type == nil || type == .journal else { return nil }
    // The last line is `TAPEDECK_CRC32C=xxxxxxxx\n`; up to three zero bytes follow.
    var end = count - 4
    while end > count - 8, block[end - 1] == 0 { end -= 1 }
    let start = end - 25
    guard start >= 8, block[end - 1] == 0x0A else { return nil }
    var index = 0
    for byte in "TAPEDECK_CRC32C=".utf8 {
      guard block[start + index] == byte else { return nil }
      index += 1
    }
    return (start + 16, true)
  }

  /// Whether the block has a checksum of ours and it is right.
  static func isSound(_ block: Span<UInt8>, type: BlockType) -> Bool {
    guard let (offset, isText) = checksumField(block, type: type) else { return false }
    let stored: UInt32
    if isText {
      guard let value = hexadecimal(block, at: offset) else { return false }
      stored = value
    } else {
      stored = block.word(offset)
    }
    return block.withUnsafeBytes {
      CRC32C.checksum(of: $0, fieldAt: offset, isText: isText) == stored
    }
  }

  /// Eight lower-case digits; upper-case ones would let a flipped bit pass.
  private static func hexadecimal(_ block: Span<UInt8>, at offset: Int) -> UInt32? {
    var value: UInt32 = 0
    for index in offset..<(offset + 8) {
      let byte = block[index]
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
      case 0x61...0x66: value = value << 4 | UInt32(byte - 0x61 + 10)
      default: return nil
      }
    }
    return value
  }

  /// Parses a sound block; nil when its contents are none that we write.
  static func parse(_ block: Span<UInt8>, type: BlockType) -> Block? {
    switch type {
    case .packet: packet(block).map { .packet($0) }
    case .journal: JournalParser.event(block).map { .event($0) }
    case .sectionHeader: sectionHeader(block)
    case .interface: interface(block)
    }
  }

  private static func packet(_ block: Span<UInt8>) -> PacketBlock? {
    // Fixed fields, an empty datagram, and the trailing length.
    guard block.count >= 32 else { return nil }
    let connection = block.word(8)
    let ticks = UInt64(block.word(12)) << 32 | UInt64(block.word(16))
    let captured = Int(block.word(20))
    let limit = block.count - 4
    guard connection <= SegmentFormat.maximumConnection, let time = Int64(exactly: ticks),
      captured <= limit - 28, captured == Int(block.word(24))
    else { return nil }
    var number: UInt64?
    var isOutbound = false
    let sound = options(block, from: 28 + captured.paddedToFour) { code, offset, length in
      if code == SegmentFormat.Option.packetID, length == 8 {
        number = block.doubleWord(offset)
      } else if code == SegmentFormat.Option.packetFlags, length == 4 {
        // Bits 0 and 1 are the direction; 2 is outbound.
        isOutbound = block.word(offset) & 3 == 2
      }
    }
    guard sound, let number,
      let payload = DatagramHeader.payload(block, datagram: 28..<(28 + captured))
    else { return nil }
    return PacketBlock(
      number: number, time: time, connection: connection, isOutbound: isOutbound,
      datagram: 28..<(28 + captured), payload: payload)
  }

  private static func sectionHeader(_ block: Span<UInt8>) -> Block? {
    guard block.count >= 28, block.word(8) == SegmentFormat.byteOrderMagic,
      block.word(12) == 1
    else { return nil }
    var number: UInt64?
    var comment: [UInt8] = []
    let sound = options(block, from: 24) { code, offset, length in
      if code == SegmentFormat.Option.number, length == 8 {
        number = block.doubleWord(offset)
      } else if code == SegmentFormat.Option.comment {
        comment = block.extracting(offset..<(offset + length)).withUnsafeBufferPointer {
          [UInt8]($0)
        }
      }
    }
    guard sound, let number else { return nil }
    return .sectionHeader(number: number, header: SegmentHeader(comment: comment))
  }

  private static func interface(_ block: Span<UInt8>) -> Block? {
    guard block.count >= 20 else { return nil }
    var number: UInt64?
    let sound = options(block, from: 16) { code, offset, length in
      if code == SegmentFormat.Option.number, length == 8 { number = block.doubleWord(offset) }
    }
    guard sound, let number else { return nil }
    return .interface(number: number)
  }

  /// Walks the options from `start`; false when they run over the block's end.
  private static func options(
    _ block: Span<UInt8>, from start: Int, _ body: (UInt16, Int, Int) -> Void
  ) -> Bool {
    let limit = block.count - 4
    var offset = start
    while offset + 4 <= limit {
      let word = block.word(offset)
      let code = UInt16(truncatingIfNeeded: word)
      let length = Int(word >> 16)
      if code == SegmentFormat.Option.end { return true }
      guard offset + 4 + length <= limit else { return false }
      body(code, offset + 4, length)
      offset += 4 + length.paddedToFour
    }
    return offset == limit
  }
}

extension Span where Element == UInt8 {
  /// The little-endian word at `offset`, which is within bounds.
  func word(_ offset: Int) -> UInt32 {
    UInt32(self[offset]) | UInt32(self[offset + 1]) << 8 | UInt32(self[offset + 2]) << 16
      | UInt32(self[offset + 3]) << 24
  }

  func doubleWord(_ offset: Int) -> UInt64 {
    UInt64(word(offset)) | UInt64(word(offset + 4)) << 32
  }

  /// The big-endian half word at `offset`.
  func networkHalfWord(_ offset: Int) -> Int {
    Int(self[offset]) << 8 | Int(self[offset + 1])
  }
}
