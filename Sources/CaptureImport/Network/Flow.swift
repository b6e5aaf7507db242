/// Where a datagram came from and went to.
struct Flow: Hashable, Sendable {
  /// 4 or 16 address bytes, most significant first, in the low end of the number.
  var source: UInt128
  var destination: UInt128
  var sourcePort: UInt16
  var destinationPort: UInt16
  var isIPv6: Bool

  /// What recordings without addresses get: loopback with RTP's registered port, so that other
  /// tools can be told to decode it.
  static let unknown = Flow(
    source: 0x7F00_0001, destination: 0x7F00_0001, sourcePort: 5004, destinationPort: 5004,
    isIPv6: false)

  /// The 4 or 16 bytes of an address.
  func bytes(of address: UInt128) -> [UInt8] {
    let count = isIPv6 ? 16 : 4
    return (0..<count).map { UInt8(truncatingIfNeeded: address >> ((count - 1 - $0) * 8)) }
  }

  /// `address:port`, IPv6 in brackets and unabbreviated.
  func text(_ address: UInt128, port: UInt16) -> String {
    if isIPv6 {
      let groups = (0..<8).map { group in
        String(UInt16(truncatingIfNeeded: address >> ((7 - group) * 16)), radix: 16)
      }
      return "[\(groups.joined(separator: ":"))]:\(port)"
    }
    return bytes(of: address).map { String($0) }.joined(separator: ".") + ":\(port)"
  }

  var sourceText: String { text(source, port: sourcePort) }
  var destinationText: String { text(destination, port: destinationPort) }
}
