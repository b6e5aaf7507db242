/// IPv4 (RFC 791) or IPv6 (RFC 8200) and UDP (RFC 768) headers, as far as a reader needs them.
enum DatagramHeader {
  /// The range of the UDP payload, or nil when it is no unfragmented UDP datagram of just this
  /// length.
  static func payload(_ block: Span<UInt8>, datagram: Range<Int>) -> Range<Int>? {
    guard let udp = udpHeader(block, datagram: datagram), datagram.upperBound - udp >= 8,
      block.networkHalfWord(udp + 4) == datagram.upperBound - udp
    else { return nil }
    return (udp + 8)..<datagram.upperBound
  }

  /// Where the UDP header begins.
  private static func udpHeader(_ block: Span<UInt8>, datagram: Range<Int>) -> Int? {
    let start = datagram.lowerBound
    guard datagram.count >= 20 else { return nil }
    switch block[start] >> 4 {
    case 4:
      let length = Int(block[start] & 0xF) * 4
      // Neither "more fragments" nor an offset.
      guard length >= 20, length <= datagram.count, block[start + 9] == 17,
        block.networkHalfWord(start + 2) == datagram.count,
        block.networkHalfWord(start + 6) & 0x3FFF == 0
      else { return nil }
      return start + length
    case 6:
      // No extension headers: we write none.
      guard datagram.count >= 40, block[start + 6] == 17,
        block.networkHalfWord(start + 4) == datagram.count - 40
      else { return nil }
      return start + 40
    default: return nil
    }
  }
}
