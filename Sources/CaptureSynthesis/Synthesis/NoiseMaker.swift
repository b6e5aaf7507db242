internal import RTP

/// Makes the datagrams of a ``NoisePlan``.
struct NoiseMaker {
  private var random: SplitMix64
  private var sequence: UInt16 = 0

  init(random: SplitMix64) {
    self.random = random
  }

  /// A datagram that is not encrypted; nil for the kinds that are RTP.
  mutating func plain(_ kind: NoiseKind) -> [UInt8]? {
    switch kind {
    case .empty: []
    case .oneByte: [UInt8(truncatingIfNeeded: random.next())]
    case .foreign:
      // Version bits 00 as in STUN, so it cannot be taken for RTP.
      [0, 1] + (0..<(10 + random.next() % 40)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    case .badTag, .unknownPayloadType: nil
    }
  }

  /// An RTP packet of a payload type that nobody announced.
  mutating func prepared() -> PreparedPacket {
    sequence &+= 1
    var header: [UInt8] = []
    RTPHeader(
      payloadType: 101, sequenceNumber: sequence,
      timestamp: UInt32(truncatingIfNeeded: random.next()), ssrc: 900_001
    ).encode(into: &header)
    return PreparedPacket(header: header, plaintext: [UInt8](repeating: 7, count: 60))
  }
}
