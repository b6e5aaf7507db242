internal import CaptureSynthesis
internal import RTP

/// What clients get.
extension VoiceForwarder {
  /// A packet of speech before the transport encryption of a receiver.
  struct Speech {
    var sequence: UInt16
    var timestamp: UInt32
    var marker = false
    var payloadType: UInt8 = 120
    var payload: [UInt8]
    var opus: [UInt8]?
    var time: Int64
  }

  /// The datagram of it for one receiver.
  mutating func packet(
    _ speech: Speech, of sender: MediaClient, through transport: MediaClient.Transport
  ) -> [UInt8] {
    let isSilent = speech.payload == MediaClient.Sealing.silence
    let body = rules.hasExtensions ? transport.extensionBody(isSilent: isSilent) : []
    let isPadded = random.chance(rules.paddingShare)
    let padding = Int(random.next() % 24) + 1
    var header: [UInt8] = []
    RTPHeader(
      hasPadding: isPadded, marker: speech.marker, payloadType: speech.payloadType,
      sequenceNumber: speech.sequence, timestamp: speech.timestamp, ssrc: sender.ssrc,
      hasExtension: rules.hasExtensions, extensionBodyLength: body.count
    ).encode(into: &header)
    var plaintext = body + speech.payload
    if isPadded {
      // RFC 3550, 5.1: the last byte counts all of the padding, itself included.
      plaintext += [UInt8](repeating: 0, count: padding - 1) + [UInt8(padding)]
    }
    return transport.seal(header: header, plaintext: plaintext)
  }
}
