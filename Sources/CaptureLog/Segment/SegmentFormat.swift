/// The constants of a segment: pcapng (draft-ietf-opsawg-pcapng), little-endian.
package enum SegmentFormat {
  /// What the section header's comment says; a reader refuses a number it does not know.
  package static let schema = "segment/1"
  /// No block of ours is larger, trailing length included.
  package static let maximumBlockSize = 1 << 20
  /// The largest UDP payload of an IPv4 datagram.
  package static let maximumPayload = 65_507
  /// Each segment declares every connection so far, so their number must be bounded: a reconnect
  /// every second for 18 hours.
  package static let maximumConnection: UInt32 = 65_535
  /// The smallest block: type, length, length again.
  static let minimumBlockSize = 12

  static let byteOrderMagic: UInt32 = 0x1A2B_3C4D
  /// LINKTYPE_RAW: the packet begins with an IPv4 or IPv6 header.
  static let linkTypeRaw: UInt16 = 101

  enum Option {
    static let end: UInt16 = 0
    static let comment: UInt16 = 1
    static let interfaceName: UInt16 = 2
    static let packetFlags: UInt16 = 2
    static let userApplication: UInt16 = 4
    static let packetID: UInt16 = 5
    static let timestampResolution: UInt16 = 9
    /// Local use: CRC32C of the block with these four bytes zero, the last option.
    static let checksum: UInt16 = 0x8001
    /// Local use: running number of blocks that have no `epb_packetid`.
    static let number: UInt16 = 0x8002
  }

  /// `segment-000012.pcapng`, with `.part` while it is written.
  package static func fileName(_ number: UInt32, isPart: Bool) -> String {
    let digits = String(number)
    let zeros = String(repeating: "0", count: max(0, 6 - digits.count))
    return "segment-" + zeros + digits + ".pcapng" + (isPart ? ".part" : "")
  }

  /// The number and state that a file name stands for; nil when it is no segment's name.
  package static func parseFileName(_ name: String) -> (number: UInt32, isPart: Bool)? {
    let prefix = "segment-"
    guard name.hasPrefix(prefix) else { return nil }
    let digits = name.dropFirst(prefix.count).prefix { $0.isASCII && $0.isNumber }
    guard digits.count >= 6, let number = UInt32(digits) else { return nil }
    // Only the exact spelling, so that a number has one name for each state.
    if name == fileName(number, isPart: false) { return (number, false) }
    if name == fileName(number, isPart: true) { return (number, true) }
    return nil
  }
}

/// The block types of a segment.
enum BlockType: UInt32 {
  case sectionHeader = 0x0A0D_0D0A
  case interface = 1
  case packet = 6
  case journal = 9
}

extension Int {
  /// Rounded up to the next multiple of four.
  var paddedToFour: Int { (self + 3) & ~3 }
}
