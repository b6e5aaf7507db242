/// Little-endian base-128 numbers, as in a frame's footer.
enum ULEB128 {
  /// Reads a number of at most 5 bytes and 32 bits that ends before `end`.
  ///
  /// - Returns: nil when it does not.
  static func read(_ bytes: Span<UInt8>, at offset: inout Int, before end: Int) -> UInt32? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while offset < end, shift < 35 {
      let byte = bytes[offset]
      offset += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return UInt32(exactly: value) }
      shift += 7
    }
    return nil
  }

  static func append(_ value: UInt32, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }
}
