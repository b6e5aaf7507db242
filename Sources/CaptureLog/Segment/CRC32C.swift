internal import CISAL

/// CRC32C (Castagnoli) as in iSCSI, RFC 3720 12.1: the check value of "123456789" is 0xE3069283.
struct CRC32C {
  /// libisal neither inverts before nor after, so both are done here.
  private var state: UInt32 = 0xFFFF_FFFF

  init() {}

  var value: UInt32 { ~state }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    // The C function only reads; its prototype lacks the const.
    let pointer = UnsafeMutablePointer(mutating: base.assumingMemoryBound(to: UInt8.self))
    // A call takes an Int32 of bytes; blocks are at most 1 MiB.
    state = tapedeck_crc32_iscsi(pointer, Int32(truncatingIfNeeded: bytes.count), state)
  }

  static func checksum(of bytes: Span<UInt8>) -> UInt32 {
    bytes.withUnsafeBytes {
      var crc = CRC32C()
      crc.update($0)
      return crc.value
    }
  }

  /// The checksum of a block whose own checksum field, at `offset`, counts as four zero bytes
  /// (binary blocks) or as eight digits `0` (journal blocks).
  static func checksum(
    of bytes: UnsafeRawBufferPointer, fieldAt offset: Int, isText: Bool
  ) -> UInt32 {
    let length = isText ? 8 : 4
    var crc = CRC32C()
    crc.update(UnsafeRawBufferPointer(rebasing: bytes[..<offset]))
    let filler: UInt64 = isText ? 0x3030_3030_3030_3030 : 0
    withUnsafeBytes(of: filler) { crc.update(UnsafeRawBufferPointer(rebasing: $0[..<length])) }
    crc.update(UnsafeRawBufferPointer(rebasing: bytes[(offset + length)...]))
    return crc.value
  }
}
