internal import CSodium

/// Bytes sealed with a passphrase: Argon2id (RFC 9106) makes the key, XChaCha20-Poly1305 seals.
package struct PassphraseBox: Sendable, Equatable {
  package static let saltLength = 16
  package static let nonceLength = 24
  /// More than these is refused when opening: a crafted file must not exhaust the host.
  private static let mostOperations: UInt64 = 16
  private static let mostMemory = 1 << 30

  package var salt: [UInt8]
  package var nonce: [UInt8]
  /// Argon2id passes.
  package var operations: UInt64
  /// Argon2id memory, bytes.
  package var memory: Int
  /// Ciphertext and tag.
  package var ciphertext: [UInt8]

  package init(
    salt: [UInt8], nonce: [UInt8], operations: UInt64, memory: Int, ciphertext: [UInt8]
  ) {
    self.salt = salt
    self.nonce = nonce
    self.operations = operations
    self.memory = memory
    self.ciphertext = ciphertext
  }

  /// Seals with a fresh salt and libsodium's "moderate" cost: 3 passes over 256 MiB.
  ///
  /// - Parameters:
  ///   - secret: what to seal.
  ///   - passphrase: UTF-8 bytes.
  ///   - additionalData: authenticated with it.
  ///   - operations: Argon2id passes; tests take fewer.
  ///   - memory: Argon2id memory, bytes; tests take less.
  /// - Throws: `library` when memory runs out.
  package static func seal(
    _ secret: SecretBytes, passphrase: SecretBytes, additionalData: Span<UInt8>,
    operations: UInt64 = 3, memory: Int = 256 << 20
  ) throws(VoiceCryptoError) -> PassphraseBox {
    var box = PassphraseBox(
      salt: randomBytes(saltLength), nonce: randomBytes(nonceLength), operations: operations,
      memory: memory, ciphertext: [UInt8](repeating: 0, count: secret.count + 16))
    let key = try box.key(passphrase)
    let nonce = box.nonce
    let result = additionalData.withUnsafeBufferPointer { additional in
      secret.withPointer { plaintext in
        key.withPointer { key in
          crypto_aead_xchacha20poly1305_ietf_encrypt(
            &box.ciphertext, nil, plaintext, UInt64(secret.count), additional.baseAddress,
            UInt64(additional.count), nil, nonce, key)
        }
      }
    }
    guard result == 0 else { throw .library("crypto_aead_xchacha20poly1305_ietf_encrypt") }
    return box
  }

  /// Opens the box.
  ///
  /// - Throws: ``VoiceCryptoError/format`` for lengths or costs out of range,
  ///   ``VoiceCryptoError/authentication`` for a wrong passphrase or changed bytes.
  package func open(
    passphrase: SecretBytes, additionalData: Span<UInt8>
  ) throws(VoiceCryptoError) -> SecretBytes {
    guard nonce.count == Self.nonceLength, ciphertext.count >= 16 else { throw .format }
    let key = try key(passphrase)
    return try SecretBytes(count: ciphertext.count - 16) {
      plaintext throws(VoiceCryptoError) in
      let result = additionalData.withUnsafeBufferPointer { additional in
        key.withPointer { key in
          crypto_aead_xchacha20poly1305_ietf_decrypt(
            plaintext, nil, nil, ciphertext, UInt64(ciphertext.count),
            additional.baseAddress, UInt64(additional.count), nonce, key)
        }
      }
      guard result == 0 else { throw .authentication }
    }
  }

  private func key(_ passphrase: SecretBytes) throws(VoiceCryptoError) -> SecretBytes {
    try Sodium.start()
    guard salt.count == Self.saltLength, (1...Self.mostOperations).contains(operations),
      (Int(crypto_pwhash_argon2id_MEMLIMIT_MIN)...Self.mostMemory).contains(memory)
    else { throw .format }
    return try SecretBytes(count: 32) { key throws(VoiceCryptoError) in
      let result = passphrase.withPointer { passphraseBytes in
        passphraseBytes.withMemoryRebound(to: CChar.self, capacity: passphrase.count) {
          crypto_pwhash(
            key, 32, $0, UInt64(passphrase.count), salt, operations, memory,
            crypto_pwhash_ALG_ARGON2ID13)
        }
      }
      guard result == 0 else { throw .library("crypto_pwhash (out of memory?)") }
    }
  }
}
