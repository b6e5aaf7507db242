/// Encodes the blocks of a segment, each with its running number and CRC32C.
package enum BlockEncoder {
  /// The size in bytes of a packet's block.
  package static func packetSize(
    payload: Int, addresses: DatagramAddresses, isOutbound: Bool
  ) -> Int {
    packetSize(datagram: addresses.inbound.header.count + payload, isOutbound: isOutbound)
  }

  static func packetSize(datagram: Int, isOutbound: Bool) -> Int {
    28 + datagram.paddedToFour + (isOutbound ? 8 : 0) + 12 + 8 + 4 + 4
  }

  /// Writes an Enhanced Packet Block with IP and UDP headers to the start of `output`, allocating
  /// nothing, and returns its size, `packetSize`.
  ///
  /// - Precondition: `output` has room for it, the payload has at most
  ///   `SegmentFormat.maximumPayload` bytes, and `time` is not negative.
  package static func encodePacket(
    number: UInt64, time: Int64, connection: UInt32, addresses: DatagramAddresses,
    isOutbound: Bool, payload: Span<UInt8>, into output: inout MutableSpan<UInt8>
  ) -> Int {
    precondition(payload.count <= SegmentFormat.maximumPayload)
    let template = isOutbound ? addresses.outbound : addresses.inbound
    let datagram = template.header.count + payload.count
    return output.withUnsafeMutableBytes { bytes in
      encodeFrame(
        number: number, time: time, connection: connection, isOutbound: isOutbound,
        length: datagram, into: bytes
      ) { template.write(payload: payload, to: $0) }
    }
  }

  /// The same of a datagram that has its IP and UDP headers already.
  static func encodePacket(
    number: UInt64, time: Int64, connection: UInt32, isOutbound: Bool, datagram: Span<UInt8>,
    into output: inout MutableSpan<UInt8>
  ) -> Int {
    output.withUnsafeMutableBytes { bytes in
      encodeFrame(
        number: number, time: time, connection: connection, isOutbound: isOutbound,
        length: datagram.count, into: bytes
      ) { target in datagram.withUnsafeBytes { target.copyMemory(from: $0) } }
    }
  }

  private static func encodeFrame(
    number: UInt64, time: Int64, connection: UInt32, isOutbound: Bool, length: Int,
    into output: UnsafeMutableRawBufferPointer, datagram: (UnsafeMutableRawBufferPointer) -> Void
  ) -> Int {
    let size = packetSize(datagram: length, isOutbound: isOutbound)
    precondition(output.count >= size && time >= 0)
    let block = UnsafeMutableRawBufferPointer(rebasing: output[..<size])
    func store(_ value: UInt32, at offset: Int) {
      block.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self)
    }
    let ticks = UInt64(bitPattern: time)
    store(BlockType.packet.rawValue, at: 0)
    store(UInt32(size), at: 4)
    store(connection, at: 8)
    store(UInt32(ticks >> 32), at: 12)
    store(UInt32(truncatingIfNeeded: ticks), at: 16)
    store(UInt32(length), at: 20)
    store(UInt32(length), at: 24)
    // The padding is within the last word; the datagram then overwrites the rest of it.
    if length.paddedToFour > length { store(0, at: 28 + length.paddedToFour - 4) }
    datagram(UnsafeMutableRawBufferPointer(rebasing: block[28..<(28 + length)]))
    var offset = 28 + length.paddedToFour
    if isOutbound {
      store(option(SegmentFormat.Option.packetFlags, 4), at: offset)
      store(2, at: offset + 4)
      offset += 8
    }
    store(option(SegmentFormat.Option.packetID, 8), at: offset)
    block.storeBytes(of: number.littleEndian, toByteOffset: offset + 4, as: UInt64.self)
    store(option(SegmentFormat.Option.checksum, 4), at: offset + 12)
    store(0, at: offset + 16)
    store(0, at: offset + 20)
    store(UInt32(size), at: offset + 24)
    store(
      CRC32C.checksum(of: UnsafeRawBufferPointer(block), fieldAt: size - 12, isText: false),
      at: size - 12)
    return size
  }

  /// Code and length of an option as one little-endian word.
  private static func option(_ code: UInt16, _ length: UInt16) -> UInt32 {
    UInt32(length) << 16 | UInt32(code)
  }
}
