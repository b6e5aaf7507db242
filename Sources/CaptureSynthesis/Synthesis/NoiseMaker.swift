internal import RTP

/// Makes the datagrams of a ``NoisePlan``.
struct NoiseMaker {
  private var random: SplitMix64
  /// Apart, so that forged packets leave the other noise as it is.
  private var forgeryRandom: SplitMix64
  private var sequence: UInt16 = 0

  init(random: SplitMix64) {
    self.random = random
    forgeryRandom = random.child(1)
  }

  /// A datagram that is not encrypted; nil for the kinds that are RTP.
  mutating func plain(_ kind: NoiseKind) -> [UInt8]? {
    switch kind {
    case .empty: []
    case .oneByte: [UInt8(truncatingIfNeeded: random.next())]
    case .foreign:
      // Version bits 00 as in STUN, so it cannot be taken for RTP.
      [0, 1] + (0..<(10 + random.next() % 40)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    case .badTag, .unknownPayloadType, .forged: nil
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

  /// A datagram that continues a speaker's stream by its header, over random bytes: only the
  /// authentication tells that it is no speech.
  mutating func forged(after packet: SentPacket, samples: Int) -> [UInt8] {
    var datagram: [UInt8] = []
    RTPHeader(
      payloadType: PacketPreparer.opus,
      sequenceNumber: UInt16(truncatingIfNeeded: packet.sequence + 1),
      timestamp: UInt32(truncatingIfNeeded: packet.timestamp + Int64(samples)), ssrc: packet.ssrc
    ).encode(into: &datagram)
    // As long as speech at 24 to 64 kbit/s with its tag and nonce.
    for _ in 0..<80 + forgeryRandom.next() % 100 {
      datagram.append(UInt8(truncatingIfNeeded: forgeryRandom.next() >> 32))
    }
    return datagram
  }
}
