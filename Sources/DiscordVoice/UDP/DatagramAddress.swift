internal import CSockets
internal import Glibc

/// An IPv4 or IPv6 address with a UDP port. Copying one allocates nothing.
package struct DatagramAddress: Hashable, Sendable, CustomStringConvertible {
  /// IPv4 addresses lie in the upper half of `high`.
  private var high: UInt64
  private var low: UInt64
  /// The interface of a link-local IPv6 address, else 0.
  private var scope: UInt32
  package var port: UInt16
  package let isIPv6: Bool

  /// Nil unless `host` is an IPv4 or IPv6 address as text (`192.0.2.1`, `2001:db8::1`).
  package init?(host: String, port: UInt16) {
    var bytes = [UInt8](repeating: 0, count: 16)
    let isIPv6 = host.utf8.contains(UInt8(ascii: ":"))
    let result = bytes.withUnsafeMutableBytes {
      inet_pton(isIPv6 ? AF_INET6 : AF_INET, host, $0.baseAddress)
    }
    guard result == 1 else { return nil }
    self.init(padded: bytes, isIPv6: isIPv6, port: port, scope: 0)
  }

  /// Nil unless `bytes` are 4 or 16, in network order.
  package init?(bytes: [UInt8], port: UInt16) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    self.init(
      padded: bytes + repeatElement(0, count: 16 - bytes.count), isIPv6: bytes.count == 16,
      port: port, scope: 0)
  }

  private init(padded bytes: [UInt8], isIPv6: Bool, port: UInt16, scope: UInt32) {
    high = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
    low = bytes[8..<16].reduce(0) { $0 << 8 | UInt64($1) }
    self.isIPv6 = isIPv6
    self.port = port
    self.scope = scope
  }

  /// 4 or 16 bytes in network order.
  package var bytes: [UInt8] { (0..<(isIPv6 ? 16 : 4)).map(byte) }

  /// The address as text, without the port.
  package var host: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    inet_ntop(isIPv6 ? AF_INET6 : AF_INET, bytes, &text, socklen_t(text.count))
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// `192.0.2.1:50001` or `[2001:db8::1]:50001`.
  package var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

  package var isLoopback: Bool {
    isIPv6 ? high == 0 && low == 1 : byte(0) == 127
  }

  /// All zero: no address at all.
  package var isUnspecified: Bool { high == 0 && low == 0 }

  /// An address of the public internet (the special-purpose registries of RFC 6890 left out).
  package var isGlobalUnicast: Bool {
    if isIPv6 { return high >> 61 == 1 && high >> 32 != 0x2001_0DB8 }
    switch (byte(0), byte(1), byte(2)) {
    case (0, _, _), (10, _, _), (127, _, _), (224..., _, _): return false
    case (100, 64...127, _), (169, 254, _), (172, 16...31, _), (192, 168, _): return false
    case (192, 0, 0), (192, 0, 2), (198, 18...19, _), (198, 51, 100), (203, 0, 113): return false
    default: return true
    }
  }

  private func byte(_ index: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: (index < 8 ? high : low) >> UInt64(56 - 8 * (index & 7)))
  }
}

extension DatagramAddress {
  init(_ system: tapedeck_address) {
    isIPv6 = system.is_ipv6 != 0
    port = system.port
    scope = system.scope
    (high, low) = withUnsafeBytes(of: system.bytes) { bytes in
      (
        UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
  }

  var system: tapedeck_address {
    var address = tapedeck_address()
    address.is_ipv6 = isIPv6 ? 1 : 0
    address.port = port
    address.scope = scope
    withUnsafeMutableBytes(of: &address.bytes) { bytes in
      bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
      bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
    }
    return address
  }
}
