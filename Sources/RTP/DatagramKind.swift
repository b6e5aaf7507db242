/// What a datagram on the voice socket is, told by its clear bytes alone.
package enum DatagramKind: Equatable, Sendable {
  case rtp(RTPHeader)
  case rtcp(RTCPHeader)
  /// The 74-byte request or answer that tells a client its own address.
  case ipDiscovery
  /// The 8-byte counter a client sends, or its echo.
  case keepalive
  /// Cut before the end of its header; 0 and 1 bytes too.
  case tooShort
  /// Anything else: not version 2, or an extension that points past the end.
  case foreign

  /// Classifies one datagram; never fails.
  package static func classify(_ datagram: Span<UInt8>) -> DatagramKind {
    guard datagram.count >= 2 else { return .tooShort }
    let isVersion2 = datagram[0] >> 6 == 2
    let isRTCPType = isVersion2 && RTCPHeader.packetTypes.contains(datagram[1])
    if datagram.count == 8 {
      // A keepalive is a counter and may look like anything. A whole plain RTCP packet of 8 bytes
      // says so in its length field; as a counter that value takes years to reach.
      guard isRTCPType, datagram.uint16(at: 2) == 1 else { return .keepalive }
    }
    if IPDiscovery.matches(datagram) { return .ipDiscovery }
    if isRTCPType {
      guard let header = try? RTCPHeader(parsing: datagram) else { return .tooShort }
      return .rtcp(header)
    }
    guard isVersion2 else { return .foreign }
    do {
      return .rtp(try RTPHeader(parsing: datagram))
    } catch .truncated {
      return .tooShort
    } catch {
      return .foreign
    }
  }
}
