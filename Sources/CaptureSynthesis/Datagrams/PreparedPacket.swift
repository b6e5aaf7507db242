internal import RTP

/// An RTP packet before transport encryption.
struct PreparedPacket: Sendable, Equatable {
  /// Fixed header and extension preamble.
  var header: [UInt8]
  /// Extension body, Opus payload, padding.
  var plaintext: [UInt8]
}

/// Makes RTP packets of one speaker's payloads, as a voice server forwards them.
struct PacketPreparer {
  /// Discord's payload type of Opus.
  static let opus: UInt8 = 120

  private let sender: SenderModel
  private var random: SplitMix64
  private var transportSequence: UInt16

  init(sender: SenderModel, random: SplitMix64) {
    self.sender = sender
    self.random = random
    transportSequence = UInt16(truncatingIfNeeded: self.random.next())
  }

  mutating func prepare(_ packet: SentPacket, payload: [UInt8]) -> PreparedPacket {
    let hasPadding = random.chance(sender.paddingShare)
    let paddingLength = Int(random.next() % 24) + 1
    let body = sender.hasExtensions ? extensionBody(isSilent: packet.content == .silence) : []
    var plaintext = body + payload
    if hasPadding {
      // RFC 3550, 5.1: the last byte counts all of the padding, itself included.
      plaintext += [UInt8](repeating: 0, count: paddingLength - 1) + [UInt8(paddingLength)]
    }
    let header = RTPHeader(
      hasPadding: hasPadding, marker: sender.marksSpurts && packet.isFirstOfSpurt,
      payloadType: Self.opus, sequenceNumber: UInt16(truncatingIfNeeded: packet.sequence),
      timestamp: UInt32(truncatingIfNeeded: packet.timestamp), ssrc: packet.ssrc,
      hasExtension: sender.hasExtensions, extensionBodyLength: body.count)
    var bytes: [UInt8] = []
    header.encode(into: &bytes)
    return PreparedPacket(header: bytes, plaintext: plaintext)
  }

  /// RFC 8285, 4.2: audio level (id 1) and a transport-wide number (id 3), filled up to 8 bytes.
  private mutating func extensionBody(isSilent: Bool) -> [UInt8] {
    transportSequence &+= 1
    return [
      0x10, isSilent ? 0x7F : 0x94,
      0x31, UInt8(transportSequence >> 8), UInt8(transportSequence & 0xFF),
      0, 0, 0,
    ]
  }
}
