internal import Glibc

/// The two ends of a UDP flow, as they stand in the IP headers of a connection's packets.
public struct DatagramAddresses: Sendable, Equatable {
  /// 4 bytes (IPv4) or 16 (IPv6), network order.
  public let localAddress: [UInt8]
  public let remoteAddress: [UInt8]
  public let localPort: UInt16
  public let remotePort: UInt16

  /// IP and UDP headers of both directions with the fields left zero that depend on the packet:
  /// copying a template is cheaper than building a header a packet.
  let inbound: DatagramTemplate
  let outbound: DatagramTemplate

  /// Nil unless both addresses have 4 bytes, or both 16.
  public init?(
    localAddress: [UInt8], localPort: UInt16, remoteAddress: [UInt8], remotePort: UInt16
  ) {
    guard localAddress.count == remoteAddress.count,
      localAddress.count == 4 || localAddress.count == 16
    else { return nil }
    self.localAddress = localAddress
    self.localPort = localPort
    self.remoteAddress = remoteAddress
    self.remotePort = remotePort
    inbound = DatagramTemplate(
      source: remoteAddress, sourcePort: remotePort, destination: localAddress,
      destinationPort: localPort)
    outbound = DatagramTemplate(
      source: localAddress, sourcePort: localPort, destination: remoteAddress,
      destinationPort: remotePort)
  }

  /// Parses `192.0.2.1:50001` or `[2001:db8::1]:50001`; nil when one is neither, or they are of
  /// different families.
  public init?(local: String, remote: String) {
    guard let local = Self.parse(local), let remote = Self.parse(remote) else { return nil }
    self.init(
      localAddress: local.address, localPort: local.port, remoteAddress: remote.address,
      remotePort: remote.port)
  }

  public var isIPv6: Bool { localAddress.count == 16 }

  private static func parse(_ text: String) -> (address: [UInt8], port: UInt16)? {
    guard let colon = text.lastIndex(of: ":"),
      let port = UInt16(text[text.index(after: colon)...])
    else { return nil }
    let host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      return parse(String(host.dropFirst().dropLast()), family: AF_INET6, length: 16, port: port)
    }
    return parse(String(host), family: AF_INET, length: 4, port: port)
  }

  private static func parse(
    _ host: String, family: Int32, length: Int, port: UInt16
  ) -> (address: [UInt8], port: UInt16)? {
    var bytes = [UInt8](repeating: 0, count: length)
    let result = bytes.withUnsafeMutableBytes { inet_pton(family, host, $0.baseAddress) }
    return result == 1 ? (bytes, port) : nil
  }
}

/// IPv4 (RFC 791) or IPv6 (RFC 8200) header and UDP header (RFC 768) of one direction.
struct DatagramTemplate: Sendable, Equatable {
  let header: [UInt8]
  /// Ones' complement sum of the constant fields: of the IPv4 header, or for IPv6 of the UDP
  /// pseudo header and UDP header.
  private let constantSum: UInt32
  private let isIPv6: Bool

  init(source: [UInt8], sourcePort: UInt16, destination: [UInt8], destinationPort: UInt16) {
    isIPv6 = source.count == 16
    let udp = [
      UInt8(sourcePort >> 8), UInt8(sourcePort & 0xFF),
      UInt8(destinationPort >> 8), UInt8(destinationPort & 0xFF), 0, 0, 0, 0,
    ]
    if isIPv6 {
      header = [0x60, 0, 0, 0, 0, 0, 17, 64] + source + destination + udp
      constantSum = Self.sum(source + destination + [0, 17] + udp)
    } else {
      let ip: [UInt8] = [0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 17, 0, 0] + source + destination
      header = ip + udp
      constantSum = Self.sum(ip)
    }
  }

  /// Writes header and payload to the start of `output`, which is large enough.
  func write(payload: Span<UInt8>, to output: UnsafeMutableRawBufferPointer) {
    header.withUnsafeBytes { output.copyMemory(from: $0) }
    payload.withUnsafeBytes {
      UnsafeMutableRawBufferPointer(rebasing: output[header.count...]).copyMemory(from: $0)
    }
    let udpLength = UInt16(truncatingIfNeeded: 8 + payload.count)
    output.storeBytes(
      of: udpLength.bigEndian, toByteOffset: header.count - 4, as: UInt16.self)
    if isIPv6 {
      output.storeBytes(of: udpLength.bigEndian, toByteOffset: 4, as: UInt16.self)
      // The length counts twice, in the pseudo header and in the UDP header.
      let sum = constantSum + 2 * UInt32(udpLength) + Self.sum(payload)
      let checksum = Self.fold(sum)
      // Zero means "no checksum", which IPv6 does not allow (RFC 8200 8.1).
      output.storeBytes(
        of: (checksum == 0 ? 0xFFFF : checksum).bigEndian, toByteOffset: header.count - 2,
        as: UInt16.self)
    } else {
      let total = UInt16(truncatingIfNeeded: header.count + payload.count)
      output.storeBytes(of: total.bigEndian, toByteOffset: 2, as: UInt16.self)
      output.storeBytes(
        of: Self.fold(constantSum + UInt32(total)).bigEndian, toByteOffset: 10, as: UInt16.self)
    }
  }

  private static func fold(_ sum: UInt32) -> UInt16 {
    let once = (sum & 0xFFFF) + (sum >> 16)
    return ~UInt16(truncatingIfNeeded: once + (once >> 16))
  }

  private static func sum(_ bytes: [UInt8]) -> UInt32 { sum(bytes.span) }

  /// At most 65,535 bytes, so 32 bits hold the sum.
  private static func sum(_ bytes: Span<UInt8>) -> UInt32 {
    var sum: UInt32 = 0
    var index = 0
    while index + 1 < bytes.count {
      sum += UInt32(bytes[index]) << 8 | UInt32(bytes[index + 1])
      index += 2
    }
    if index < bytes.count { sum += UInt32(bytes[index]) << 8 }
    return sum
  }
}
