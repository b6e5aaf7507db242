internal import VoiceCrypto

/// Repeatable random numbers (SplitMix64).
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension RandomNumberGenerator {
  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
  }
}

extension TransportCipher {
  /// The plaintext of a datagram, as an array.
  mutating func opened(
    _ packet: [UInt8], authenticatedLength: Int
  ) throws(VoiceCryptoError) -> [UInt8] {
    var output: [UInt8] = [9, 9]
    try open(packet.span, authenticatedLength: authenticatedLength, into: &output)
    return output
  }

  /// The datagram of header and plaintext, as an array.
  mutating func sealed(
    header: [UInt8], _ plaintext: [UInt8], nonce: UInt32
  ) throws(VoiceCryptoError) -> [UInt8] {
    var packet: [UInt8] = []
    try seal(header: header.span, plaintext: plaintext.span, nonce: nonce, into: &packet)
    return packet
  }
}

extension ShortTagAES128GCM {
  /// The plaintext of a message in pieces, as an array.
  mutating func opened(
    _ ciphertext: [UInt8], tag: [UInt8], nonce: [UInt8], additionalData: [UInt8]
  ) throws(VoiceCryptoError) -> [UInt8] {
    var output: [UInt8] = [9]
    do throws(VoiceCryptoError) {
      try open(
        ciphertext.span, tag: tag.span, nonce: nonce.span, additionalData: additionalData.span,
        into: &output)
    } catch {
      precondition(output.isEmpty, "plaintext of a refused message")
      throw error
    }
    return output
  }
}
