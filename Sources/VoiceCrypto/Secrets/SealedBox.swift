internal import CSodium

/// A Curve25519 key pair for sealed boxes.
package struct BoxKeyPair: Sendable {
  package static let keyLength = 32

  /// 32 bytes.
  package let publicKey: [UInt8]
  /// 32 bytes.
  package let secretKey: SecretBytes

  /// A fresh pair.
  package static func generate() throws(VoiceCryptoError) -> BoxKeyPair {
    try BoxKeyPair(secretKey: SecretBytes.random(count: keyLength))
  }

  /// The pair of a secret key.
  ///
  /// - Throws: ``VoiceCryptoError/length`` unless it has 32 bytes.
  package init(secretKey: SecretBytes) throws(VoiceCryptoError) {
    try Sodium.start()
    guard secretKey.count == Self.keyLength else { throw .length }
    self.secretKey = secretKey
    var point = [UInt8](repeating: 0, count: Self.keyLength)
    let result = secretKey.withPointer { crypto_scalarmult_base(&point, $0) }
    guard result == 0 else { throw .library("crypto_scalarmult_base") }
    publicKey = point
  }
}

/// libsodium's sealed boxes: anyone seals to a public key, only its secret key opens.
package enum SealedBox {
  /// Bytes a box is longer than its content.
  package static let overhead = 48

  /// Seals `plaintext` to a public key; two boxes of the same content differ.
  ///
  /// - Throws: ``VoiceCryptoError/length`` unless the key has 32 bytes; `library` for a public key
  ///   that is no usable point.
  package static func seal(
    _ plaintext: Span<UInt8>, to publicKey: [UInt8]
  ) throws(VoiceCryptoError) -> [UInt8] {
    try Sodium.start()
    guard publicKey.count == BoxKeyPair.keyLength else { throw .length }
    var box = [UInt8](repeating: 0, count: plaintext.count + overhead)
    let result = plaintext.withUnsafeBufferPointer {
      crypto_box_seal(&box, $0.baseAddress, UInt64($0.count), publicKey)
    }
    guard result == 0 else { throw .library("crypto_box_seal") }
    return box
  }

  /// Opens a box.
  ///
  /// - Throws: ``VoiceCryptoError/truncated`` or ``VoiceCryptoError/authentication``.
  package static func open(
    _ box: Span<UInt8>, with keys: BoxKeyPair
  ) throws(VoiceCryptoError) -> SecretBytes {
    try Sodium.start()
    guard box.count >= overhead else { throw .truncated }
    return try SecretBytes(count: box.count - overhead) {
      plaintext throws(VoiceCryptoError) in
      let result = box.withUnsafeBufferPointer { box in
        keys.secretKey.withPointer { secretKey in
          box.baseAddress.map {
            crypto_box_seal_open(plaintext, $0, UInt64(box.count), keys.publicKey, secretKey)
          }
        }
      }
      guard result == 0 else { throw .authentication }
    }
  }
}
