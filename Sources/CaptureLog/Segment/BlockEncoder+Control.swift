extension BlockEncoder {
  /// The Section Header Block that a segment begins with.
  package static func sectionHeader(number: UInt64, header: SegmentHeader) -> [UInt8] {
    var block = BlockBytes(.sectionHeader)
    block.append(SegmentFormat.byteOrderMagic)
    block.append(UInt16(1))
    block.append(UInt16(0))
    block.append(UInt64.max)
    block.appendOption(
      SegmentFormat.Option.userApplication, [UInt8]("tapedeck \(toolVersion)".utf8))
    block.appendOption(SegmentFormat.Option.comment, header.comment)
    return block.finish(number: number)
  }

  /// The Interface Description Block of a connection; interface id and connection number agree.
  package static func interface(number: UInt64, connection: UInt32) -> [UInt8] {
    var block = BlockBytes(.interface)
    block.append(SegmentFormat.linkTypeRaw)
    block.append(UInt16(0))
    block.append(UInt32(0))
    block.appendOption(
      SegmentFormat.Option.interfaceName, [UInt8]("connection-\(connection)".utf8))
    block.appendOption(SegmentFormat.Option.timestampResolution, [9])
    return block.finish(number: number)
  }

  /// The Journal Export Block of an event, written with `number` in place of the event's own.
  ///
  /// Control characters in the texts become spaces: a line of the block ends at a line break, and
  /// in JSON they can only stand between values.
  ///
  /// - Throws: `.invalid` when the event does not fit a block of 1 MiB.
  package static func journal(
    number: UInt64, event: CaptureEvent
  ) throws(CaptureError) -> [UInt8] {
    var block = BlockBytes(.journal)
    block.appendLine("MESSAGE", event.message.utf8)
    block.appendLine("TAPEDECK_KIND", event.kind.utf8)
    // A lone surrogate or cut character would make the line unreadable for journal tools.
    block.appendLine("TAPEDECK_DATA", String(decoding: event.data, as: UTF8.self).utf8)
    block.appendLine("__REALTIME_TIMESTAMP", String(max(0, event.time) / 1000).utf8)
    block.appendLine("TAPEDECK_N", String(number).utf8)
    block.appendLine("TAPEDECK_CRC32C", "00000000".utf8)
    guard let bytes = block.finishJournal() else {
      throw CaptureError(
        .invalid, "an event of kind \(event.kind) is larger than a block may be (1 MiB)")
    }
    return bytes
  }
}

/// A block that grows: for the few blocks that are not packets.
private struct BlockBytes {
  private var bytes: [UInt8] = []

  init(_ type: BlockType) {
    bytes.reserveCapacity(256)
    append(type.rawValue)
    append(UInt32(0))
  }

  mutating func append(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func appendOption(_ code: UInt16, _ value: [UInt8]) {
    // Longer is impossible in pcapng; a comment of ours has some 200 bytes.
    let value = value.prefix(Int(UInt16.max))
    append(code)
    append(UInt16(value.count))
    bytes.append(contentsOf: value)
    pad()
  }

  mutating func appendLine(_ name: String, _ value: some Sequence<UInt8>) {
    bytes.append(contentsOf: name.utf8)
    bytes.append(UInt8(ascii: "="))
    for byte in value {
      let isControl = byte < 0x20 && byte != 0x09
      bytes.append(isControl ? UInt8(ascii: " ") : byte)
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  mutating func finish(number: UInt64) -> [UInt8] {
    appendOption(
      SegmentFormat.Option.number, withUnsafeBytes(of: number.littleEndian) { [UInt8]($0) })
    appendOption(SegmentFormat.Option.checksum, [0, 0, 0, 0])
    append(SegmentFormat.Option.end)
    append(UInt16(0))
    seal()
    let offset = bytes.count - 12
    let crc = bytes.withUnsafeBytes {
      CRC32C.checksum(of: $0, fieldAt: offset, isText: false)
    }
    store(crc, at: offset)
    return bytes
  }

  mutating func finishJournal() -> [UInt8]? {
    let offset = bytes.count - 9
    pad()
    guard bytes.count + 4 <= SegmentFormat.maximumBlockSize else { return nil }
    seal()
    let crc = bytes.withUnsafeBytes { CRC32C.checksum(of: $0, fieldAt: offset, isText: true) }
    for index in 0..<8 {
      let digit = UInt8(crc >> UInt32(28 - 4 * index) & 0xF)
      bytes[offset + index] = digit < 10 ? 0x30 + digit : 0x61 + digit - 10
    }
    return bytes
  }

  private mutating func pad() {
    while bytes.count % 4 != 0 { bytes.append(0) }
  }

  /// Appends the trailing length and sets the leading one.
  private mutating func seal() {
    let size = UInt32(bytes.count + 4)
    append(size)
    store(size, at: 4)
  }

  private mutating func store(_ value: UInt32, at offset: Int) {
    for index in 0..<4 {
      bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index))
    }
  }
}
