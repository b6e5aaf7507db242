/// The kinds of blocks that matter here.
enum PcapngBlock: Equatable {
  case section, interface, packet, simplePacket, enhancedPacket
  /// Names, statistics, journal entries, custom blocks: known, and of no use here.
  case known
  case other

  /// Reads the same in both byte orders.
  static let sectionHeader: UInt32 = 0x0A0D_0D0A

  init(_ type: UInt32) {
    self =
      switch type {
      case Self.sectionHeader: .section
      case 1: .interface
      case 2: .packet
      case 3: .simplePacket
      case 6: .enhancedPacket
      case 4, 5, 9, 10, 0x0BAD, 0x4000_0BAD: .known
      default: .other
      }
  }

  var hasContents: Bool {
    switch self {
    case .interface, .packet, .simplePacket, .enhancedPacket: true
    case .section, .known, .other: false
    }
  }
}

/// An Interface Description Block (section 4.2).
struct PcapngInterface: Equatable, Sendable {
  var linkType: UInt32
  var snapLength: Int
  /// Ticks a second; nil where they are too many to count.
  var resolution: UInt64?
  /// Seconds to add.
  var offset: Int64

  static let unknown = PcapngInterface(
    linkType: .max, snapLength: 0, resolution: nil, offset: 0)

  /// Nil when the block is too short. Options that contradict themselves are left out.
  init?(block bytes: Span<UInt8>, isBigEndian: Bool) {
    guard bytes.count >= 20 else { return nil }
    linkType = UInt32(bytes.uint16(at: 8, bigEndian: isBigEndian))
    snapLength = Int(bytes.uint32(at: 12, bigEndian: isBigEndian))
    resolution = 1_000_000
    offset = 0
    var position = 16
    let end = bytes.count - 4
    while end - position >= 4 {
      let code = bytes.uint16(at: position, bigEndian: isBigEndian)
      let length = Int(bytes.uint16(at: position + 2, bigEndian: isBigEndian))
      position += 4
      guard code != 0, length <= end - position else { break }
      switch (code, length) {
      case (9, 1):
        resolution = Self.ticks(bytes[position])
      case (14, 8):
        let words = (
          UInt64(bytes.uint32(at: position, bigEndian: isBigEndian)),
          UInt64(bytes.uint32(at: position + 4, bigEndian: isBigEndian))
        )
        offset = Int64(
          bitPattern: isBigEndian ? words.0 << 32 | words.1 : words.1 << 32 | words.0)
      default: break
      }
      position += (length + 3) & ~3
    }
  }

  private init(linkType: UInt32, snapLength: Int, resolution: UInt64?, offset: Int64) {
    self.linkType = linkType
    self.snapLength = snapLength
    self.resolution = resolution
    self.offset = offset
  }

  /// The option `if_tsresol`: a negative power of ten, or of two where the first bit is set.
  private static func ticks(_ option: UInt8) -> UInt64? {
    let exponent = Int(option & 0x7F)
    if option & 0x80 != 0 { return exponent < 64 ? 1 << exponent : nil }
    return exponent <= 19 ? (0..<exponent).reduce(1) { ticks, _ in ticks * 10 } : nil
  }

  /// Nanoseconds since the Unix epoch, nil where they do not fit.
  func time(high: UInt32, low: UInt32) -> Int64? {
    guard let resolution else { return nil }
    let ticks = UInt64(high) << 32 | UInt64(low)
    let (seconds, rest) = ticks.quotientAndRemainder(dividingBy: resolution)
    // The rest is less than the divisor, so the quotient is less than 10^9.
    let product = rest.multipliedFullWidth(by: 1_000_000_000)
    let nanoseconds = resolution.dividingFullWidth(product).quotient
    guard let whole = Int64(exactly: seconds) else { return nil }
    let (shifted, overflow1) = whole.addingReportingOverflow(offset)
    let (scaled, overflow2) = shifted.multipliedReportingOverflow(by: 1_000_000_000)
    let (time, overflow3) = scaled.addingReportingOverflow(Int64(nanoseconds))
    return overflow1 || overflow2 || overflow3 ? nil : time
  }
}

/// The captured frame of an Enhanced, Simple or obsolete Packet Block.
struct PcapngPacket: Equatable {
  /// Where the frame lies in the block.
  var start: Int
  var count: Int
  var linkType: UInt32
  /// Nanoseconds since the Unix epoch; Simple Packet Blocks have none.
  var time: Int64?

  /// Nil when the block is too short for what it says, or names no interface.
  init?(
    _ block: PcapngBlock, of bytes: Span<UInt8>, isBigEndian: Bool,
    interfaces: [PcapngInterface]
  ) {
    let isSimple = block == .simplePacket
    start = isSimple ? 12 : 28
    // The trailing length is no part of the frame.
    let room = bytes.count - start - 4
    guard room >= 0 else { return nil }
    let number: Int =
      switch block {
      case .simplePacket: 0
      case .packet: Int(bytes.uint16(at: 8, bigEndian: isBigEndian))
      default: Int(bytes.uint32(at: 8, bigEndian: isBigEndian))
      }
    guard number < interfaces.count else { return nil }
    let interface = interfaces[number]
    linkType = interface.linkType
    if isSimple {
      let original = Int(bytes.uint32(at: 8, bigEndian: isBigEndian))
      count = min(original, interface.snapLength == 0 ? original : interface.snapLength)
      time = nil
    } else {
      count = Int(bytes.uint32(at: 20, bigEndian: isBigEndian))
      time = interface.time(
        high: bytes.uint32(at: 12, bigEndian: isBigEndian),
        low: bytes.uint32(at: 16, bigEndian: isBigEndian))
    }
    guard count <= room else { return nil }
  }
}
