internal import CSodium

/// Base64 for secrets: libsodium's, whose time does not depend on the bytes.
package enum Base64 {
  /// Standard alphabet with padding.
  package static func encode(_ secret: SecretBytes) -> SecretBytes {
    let length = sodium_base64_ENCODED_LEN_standard(secret.count)
    let text = SecretBytes(count: length) { text in
      secret.withPointer { bytes in
        text.withMemoryRebound(to: CChar.self, capacity: length) {
          _ = sodium_bin2base64(
            $0, length, bytes, secret.count, sodium_base64_VARIANT_ORIGINAL)
        }
      }
    }
    // Without the C string's terminating zero.
    return text.withSpan { SecretBytes($0.extracting(0..<($0.count - 1))) }
  }

  /// Reads standard Base64 with padding.
  ///
  /// - Throws: ``VoiceCryptoError/format`` for other text.
  package static func decode(_ text: Span<UInt8>) throws(VoiceCryptoError) -> SecretBytes {
    let room = text.count / 4 * 3
    var length = 0
    let bytes = SecretBytes(count: room) { bytes in
      text.withUnsafeBytes { text in
        let result = sodium_base642bin(
          bytes, room, text.baseAddress?.assumingMemoryBound(to: CChar.self), text.count, nil,
          &length, nil, sodium_base64_VARIANT_ORIGINAL)
        if result != 0 { length = -1 }
      }
    }
    guard length >= 0 else { throw .format }
    return bytes.withSpan { SecretBytes($0.extracting(0..<length)) }
  }
}
