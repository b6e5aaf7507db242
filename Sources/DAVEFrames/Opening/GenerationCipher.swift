internal import VoiceCrypto

/// The cipher of one generation of a sender's key.
struct GenerationCipher: ~Copyable {
  let generation: UInt64
  private var cipher: ShortTagAES128GCM

  init(_ ratchet: KeyRatchet) throws(VoiceCryptoError) {
    cipher = try ShortTagAES128GCM(key: ratchet.key())
    generation = ratchet.generation
  }

  mutating func open(
    _ ciphertext: Span<UInt8>, tag: Span<UInt8>, counter: UInt32, additionalData: Span<UInt8>,
    into output: inout [UInt8]
  ) throws(VoiceCryptoError) {
    let nonce = Self.nonce(counter)
    try cipher.open(
      ciphertext, tag: tag, nonce: nonce.span, additionalData: additionalData, into: &output)
  }

  mutating func seal(
    _ plaintext: Span<UInt8>, counter: UInt32, additionalData: Span<UInt8>,
    into output: inout [UInt8]
  ) throws(VoiceCryptoError) {
    let nonce = Self.nonce(counter)
    try cipher.seal(plaintext, nonce: nonce.span, additionalData: additionalData, into: &output)
  }

  /// 8 zero bytes and the counter, little-endian.
  private static func nonce(_ counter: UInt32) -> [12 of UInt8] {
    var nonce: [12 of UInt8] = .init(repeating: 0)
    for index in 0..<4 {
      nonce[8 + index] = UInt8(truncatingIfNeeded: counter >> UInt32(8 * index))
    }
    return nonce
  }
}
