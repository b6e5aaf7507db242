internal import VoiceCrypto

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
