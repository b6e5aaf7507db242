/// The first 8 bytes of an RTCP packet (RFC 3550 section 6.4), in the clear on Discord and the
/// additional data of its encryption.
package struct RTCPHeader: Equatable, Sendable {
  /// The length of the header in the clear, bytes.
  package static let length = 8
  /// SR, RR, SDES, BYE, APP: what the second byte of the datagram says.
  package static let packetTypes: ClosedRange<UInt8> = 200...204

  package var hasPadding: Bool
  /// Report or source count, 0...31.
  package var count: UInt8
  package var packetType: UInt8
  /// The packet's length in 32-bit words minus one, as the header says.
  package var lengthField: UInt16
  package var ssrc: UInt32

  package init(
    packetType: UInt8, ssrc: UInt32, count: UInt8 = 0, lengthField: UInt16 = 1,
    hasPadding: Bool = false
  ) {
    self.packetType = packetType
    self.ssrc = ssrc
    self.count = count & 0x1F
    self.lengthField = lengthField
    self.hasPadding = hasPadding
  }

  /// The length of the header in the clear: the additional data.
  package var authenticatedLength: Int { Self.length }

  /// Reads the header of one datagram whose second byte is in ``packetTypes``.
  ///
  /// - Throws: ``RTPError/truncated`` or ``RTPError/version``.
  package init(parsing datagram: Span<UInt8>) throws(RTPError) {
    guard datagram.count >= Self.length else { throw .truncated }
    guard datagram[0] >> 6 == 2 else { throw .version }
    self.init(
      packetType: datagram[1], ssrc: datagram.uint32(at: 4), count: datagram[0] & 0x1F,
      lengthField: datagram.uint16(at: 2), hasPadding: datagram[0] & 0x20 != 0)
  }

  /// Appends the 8 bytes.
  package func encode(into datagram: inout [UInt8]) {
    datagram.append(0x80 | (hasPadding ? 0x20 : 0) | (count & 0x1F))
    datagram.append(packetType)
    datagram.appendBigEndian(lengthField)
    datagram.appendBigEndian(ssrc)
  }
}
