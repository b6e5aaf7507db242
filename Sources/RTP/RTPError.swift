/// Why bytes are no RTP packet, RTCP packet or IP discovery message.
package enum RTPError: Error, Equatable, Sendable {
  /// The datagram ends before the header does.
  case truncated
  /// The version field is not 2.
  case version
  /// The header extension's length points past the end of the datagram.
  case extensionPastEnd
  /// The padding count is 0 or larger than the payload (RFC 3550 section 5.1).
  case padding
  /// Not an IP discovery message: wrong size, type or length field.
  case discovery
}
