/// The fixed RTP header (RFC 3550 section 5.1), with what of CSRCs and extension is in the clear.
///
/// Discord's `rtpsize` modes leave the 12 bytes, the CSRCs and the 4-byte extension preamble in the
/// clear and authenticate them; the extension's body is encrypted in front of the payload.
package struct RTPHeader: Equatable, Sendable {
  /// The length of the header without CSRCs and extension, bytes.
  package static let fixedLength = 12

  /// The P bit: the last byte of the (decrypted) payload counts the padding.
  package var hasPadding: Bool
  /// The X bit: a 4-byte extension preamble follows the CSRCs.
  package var hasExtension: Bool
  package var marker: Bool
  /// 7 bits; 120 is Opus on Discord.
  package var payloadType: UInt8
  package var sequenceNumber: UInt16
  /// In ticks of the payload's clock, 48 kHz for Opus; the start is random.
  package var timestamp: UInt32
  package var ssrc: UInt32
  /// Contributing sources, 0...15.
  package var csrcCount: Int
  /// The extension's "defined by profile" number; 0xBEDE is the one-byte form of RFC 8285.
  package var extensionProfile: UInt16
  /// Bytes of the extension behind its preamble, a multiple of 4; 0 without extension.
  package var extensionBodyLength: Int

  package init(
    hasPadding: Bool = false, marker: Bool = false, payloadType: UInt8, sequenceNumber: UInt16,
    timestamp: UInt32, ssrc: UInt32, csrcCount: Int = 0, hasExtension: Bool = false,
    extensionProfile: UInt16 = 0xBEDE, extensionBodyLength: Int = 0
  ) {
    self.hasPadding = hasPadding
    self.hasExtension = hasExtension
    self.marker = marker
    self.payloadType = payloadType & 0x7F
    self.sequenceNumber = sequenceNumber
    self.timestamp = timestamp
    self.ssrc = ssrc
    self.csrcCount = csrcCount
    self.extensionProfile = hasExtension ? extensionProfile : 0
    self.extensionBodyLength = hasExtension ? extensionBodyLength : 0
  }

  /// 12 + 4 per CSRC, + 4 with an extension: the length of the header in the clear, which is the
  /// additional data of the `rtpsize` modes.
  package var authenticatedLength: Int {
    Self.fixedLength + 4 * csrcCount + (hasExtension ? 4 : 0)
  }

  /// Reads the header of one datagram.
  ///
  /// - Throws: ``RTPError/truncated``, ``RTPError/version`` or ``RTPError/extensionPastEnd``.
  package init(parsing datagram: Span<UInt8>) throws(RTPError) {
    guard datagram.count >= Self.fixedLength else { throw .truncated }
    let first = datagram[0]
    guard first >> 6 == 2 else { throw .version }
    self.init(
      hasPadding: first & 0x20 != 0, marker: datagram[1] & 0x80 != 0,
      payloadType: datagram[1] & 0x7F, sequenceNumber: datagram.uint16(at: 2),
      timestamp: datagram.uint32(at: 4), ssrc: datagram.uint32(at: 8),
      csrcCount: Int(first & 0x0F), hasExtension: first & 0x10 != 0)
    guard datagram.count >= authenticatedLength else { throw .truncated }
    if hasExtension {
      let preamble = authenticatedLength - 4
      extensionProfile = datagram.uint16(at: preamble)
      extensionBodyLength = 4 * Int(datagram.uint16(at: preamble + 2))
      guard datagram.count - authenticatedLength >= extensionBodyLength else {
        throw .extensionPastEnd
      }
    }
  }

  /// Appends the clear part of the header: fixed header, CSRCs, extension preamble.
  ///
  /// - Parameters:
  ///   - csrcs: the contributing sources; missing ones up to ``csrcCount`` are written as 0.
  ///   - datagram: the bytes to append to. The extension body is the caller's to append.
  package func encode(csrcs: [UInt32] = [], into datagram: inout [UInt8]) {
    let count = min(max(csrcCount, 0), 15)
    datagram.append(
      0x80 | (hasPadding ? 0x20 : 0) | (hasExtension ? 0x10 : 0) | UInt8(count))
    datagram.append((marker ? 0x80 : 0) | (payloadType & 0x7F))
    datagram.appendBigEndian(sequenceNumber)
    datagram.appendBigEndian(timestamp)
    datagram.appendBigEndian(ssrc)
    for index in 0..<count {
      datagram.appendBigEndian(index < csrcs.count ? csrcs[index] : UInt32(0))
    }
    if hasExtension {
      datagram.appendBigEndian(extensionProfile)
      datagram.appendBigEndian(UInt16(truncatingIfNeeded: extensionBodyLength / 4))
    }
  }
}

/// How much of a payload is left when RTP padding is cut from its end.
///
/// - Parameters:
///   - payload: the decrypted payload, behind the extension's body.
///   - hasPadding: the header's P bit.
/// - Returns: the length in bytes, 0 when all of it is padding.
/// - Throws: ``RTPError/padding`` when the count is 0 or larger than the payload.
package func payloadWithoutPadding(
  _ payload: Span<UInt8>, hasPadding: Bool
) throws(RTPError) -> Int {
  guard hasPadding else { return payload.count }
  guard payload.count > 0 else { throw .padding }
  let padding = Int(payload[payload.count - 1])
  guard padding > 0, padding <= payload.count else { throw .padding }
  return payload.count - padding
}
