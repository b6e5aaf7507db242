/// AES-128-GCM with 8-byte tags, as DAVE frames use it; one libcrypto context for the key's life.
package struct ShortTagAES128GCM: ~Copyable, Sendable {
  package static let keyLength = 16
  package static let nonceLength = 12
  package static let tagLength = 8
  /// Longer inputs are refused: the C library counts in 32 bits.
  private static let longestInput = 1 << 30

  private let cipher: EVPGCM

  /// - Throws: ``VoiceCryptoError/length`` unless the key has 16 bytes.
  package init(key: SecretBytes) throws(VoiceCryptoError) {
    guard key.count == Self.keyLength else { throw .length }
    cipher = try EVPGCM(key: key, tagLength: Self.tagLength)
  }

  /// As above, from an array; the caller's copy is not zeroed.
  package init(key: [UInt8]) throws(VoiceCryptoError) {
    try self.init(key: SecretBytes(key))
  }

  /// Opens one message.
  ///
  /// - Parameters:
  ///   - ciphertext: without the tag.
  ///   - tag: 8 bytes.
  ///   - nonce: 12 bytes.
  ///   - additionalData: authenticated with it.
  ///   - output: replaced by the plaintext; empty after an error.
  /// - Throws: ``VoiceCryptoError/authentication`` or ``VoiceCryptoError/length``.
  package mutating func open(
    _ ciphertext: Span<UInt8>, tag: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>,
    into output: inout [UInt8]
  ) throws(VoiceCryptoError) {
    guard tag.count == Self.tagLength, nonce.count == Self.nonceLength,
      ciphertext.count <= Self.longestInput, additionalData.count <= Self.longestInput
    else {
      output.removeAll(keepingCapacity: true)
      throw .length
    }
    output.resize(to: ciphertext.count)
    let opened = output.withUnsafeMutableBufferPointer { output in
      ciphertext.withUnsafeBufferPointer { ciphertext in
        tag.withUnsafeBufferPointer { tag in
          nonce.withUnsafeBufferPointer { nonce in
            additionalData.withUnsafeBufferPointer { header in
              guard let nonce = nonce.baseAddress else { return false }
              return cipher.open(
                ciphertext, tag: tag, nonce: nonce, header: header, into: output)
            }
          }
        }
      }
    }
    guard opened else {
      output.removeAll(keepingCapacity: true)
      throw .authentication
    }
  }

  /// Seals one message.
  ///
  /// - Parameters:
  ///   - plaintext: what to seal.
  ///   - nonce: 12 bytes that never repeat under the key.
  ///   - additionalData: authenticated with it.
  ///   - output: replaced by ciphertext and 8-byte tag.
  /// - Throws: ``VoiceCryptoError/length``, or `library`.
  package mutating func seal(
    _ plaintext: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>,
    into output: inout [UInt8]
  ) throws(VoiceCryptoError) {
    guard nonce.count == Self.nonceLength, plaintext.count <= Self.longestInput,
      additionalData.count <= Self.longestInput
    else { throw .length }
    output.resize(to: plaintext.count + Self.tagLength)
    let sealed = output.withUnsafeMutableBufferPointer { output in
      plaintext.withUnsafeBufferPointer { plaintext in
        nonce.withUnsafeBufferPointer { nonce in
          additionalData.withUnsafeBufferPointer { header in
            guard let nonce = nonce.baseAddress else { return false }
            return cipher.seal(
              plaintext, nonce: nonce, header: header,
              into: UnsafeMutableBufferPointer(rebasing: output[..<plaintext.count]),
              tag: UnsafeMutableBufferPointer(rebasing: output[plaintext.count...]))
          }
        }
      }
    }
    guard sealed else {
      output.removeAll(keepingCapacity: true)
      throw .library("EVP seal")
    }
  }
}
