internal import CaptureLog

/// Reads pcapng files of any program (draft-ietf-opsawg-pcapng).
struct PcapngReader {
  private(set) var position: Int64 = 0
  private var isBigEndian = false
  /// The interfaces of the present section.
  private var interfaces: [PcapngInterface] = []

  /// A hostile file may declare any number.
  private static let mostInterfaces = 65_536
  /// Longer blocks with packets are taken for damage.
  private static let longestPacketBlock = PcapReader.longestFrame + 65_536

  mutating func next(_ window: inout SourceWindow) throws(CaptureError) -> SourceItem? {
    while position < window.size {
      guard let (block, length) = try block(at: position, in: &window) else {
        let start = position
        position = try nextBlock(after: start, in: &window)
        return .damage(start..<position)
      }
      let start = position
      position += length
      guard block.hasContents else { continue }
      guard length <= Self.longestPacketBlock, try window.load(Int(length), at: start) else {
        return .damage(start..<position)
      }
      if let item = read(block, at: start, count: Int(length), in: window) { return item }
    }
    return nil
  }

  /// The kind of the block at an offset and its length, or nil where no block begins.
  private mutating func block(
    at offset: Int64, in window: inout SourceWindow
  ) throws(CaptureError) -> (PcapngBlock, length: Int64)? {
    guard try window.load(12, at: offset) else { return nil }
    let isBigEndian = self.isBigEndian
    let header = window.withBytes(at: offset, count: 12) { bytes -> (PcapngBlock, Int64, Bool)? in
      var bigEndian = isBigEndian
      if bytes.uint32(at: 0) == PcapngBlock.sectionHeader {
        switch bytes.uint32(at: 8) {
        case 0x1A2B_3C4D: bigEndian = true
        case 0x4D3C_2B1A: bigEndian = false
        default: return nil
        }
      }
      let length = Int64(bytes.uint32(at: 4, bigEndian: bigEndian))
      guard length >= 12, length.isMultiple(of: 4) else { return nil }
      return (PcapngBlock(bytes.uint32(at: 0, bigEndian: bigEndian)), length, bigEndian)
    }
    guard let (block, length, bigEndian) = header, length <= window.size - offset,
      try window.load(4, at: offset + length - 4)
    else { return nil }
    let trailer = window.withBytes(at: offset + length - 4, count: 4) { bytes in
      Int64(bytes.uint32(at: 0, bigEndian: bigEndian))
    }
    guard trailer == length else { return nil }
    if block == .section {
      self.isBigEndian = bigEndian
      interfaces.removeAll()
    }
    return (block, length)
  }

  /// Where reading can go on: the next block of a known kind whose two lengths agree, else the end.
  private mutating func nextBlock(
    after offset: Int64, in window: inout SourceWindow
  ) throws(CaptureError) -> Int64 {
    var offset = offset + 4
    while window.size - offset >= 12 {
      // Asked for at once, so that the window moves forward only.
      let count = Int(min(Int64(1 << 16), window.size - offset))
      guard try window.load(count, at: offset) else { break }
      let isBigEndian = self.isBigEndian
      let isSound = window.withBytes(at: offset, count: count) { bytes -> Bool in
        let bigEndian =
          bytes.uint32(at: 0) == PcapngBlock.sectionHeader
          ? bytes.uint32(at: 8) == 0x1A2B_3C4D : isBigEndian
        guard PcapngBlock(bytes.uint32(at: 0, bigEndian: bigEndian)) != .other else {
          return false
        }
        let length = Int(bytes.uint32(at: 4, bigEndian: bigEndian))
        return length >= 12 && length.isMultiple(of: 4) && length <= count
          && bytes.uint32(at: length - 4, bigEndian: bigEndian) == UInt32(length)
      }
      if isSound { return offset }
      offset += 4
    }
    return window.size
  }

  private mutating func read(
    _ block: PcapngBlock, at offset: Int64, count: Int, in window: borrowing SourceWindow
  ) -> SourceItem? {
    let isBigEndian = self.isBigEndian
    if block == .interface {
      guard interfaces.count < Self.mostInterfaces else { return .skipped(.malformed) }
      let interface = window.withBytes(at: offset, count: count) { bytes in
        PcapngInterface(block: bytes, isBigEndian: isBigEndian)
      }
      // A place must be taken all the same: packets name interfaces by number.
      interfaces.append(interface ?? .unknown)
      return interface == nil ? .skipped(.malformed) : nil
    }
    let interfaces = self.interfaces
    let packet = window.withBytes(at: offset, count: count) { bytes in
      PcapngPacket(block, of: bytes, isBigEndian: isBigEndian, interfaces: interfaces)
    }
    guard let packet else { return .skipped(.malformed) }
    return SourceItem(
      frameAt: offset + Int64(packet.start), count: packet.count,
      linkType: packet.linkType, time: packet.time, in: window)
  }
}
