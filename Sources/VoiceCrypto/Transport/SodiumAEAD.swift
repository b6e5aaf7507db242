internal import CSodium

/// XChaCha20-Poly1305 (IETF form) with a nonce of 4 bytes followed by zeros.
struct XChaCha20Poly1305: ~Copyable, Sendable {
  private let key: SecretBytes

  init(key: SecretBytes) throws(VoiceCryptoError) {
    try Sodium.start()
    guard key.count == Int(crypto_aead_xchacha20poly1305_ietf_KEYBYTES) else { throw .length }
    self.key = key
  }

  /// `body` is ciphertext and tag; `output` has the length of the plaintext.
  borrowing func open(
    _ body: UnsafeBufferPointer<UInt8>, nonceSuffix: UnsafeBufferPointer<UInt8>,
    header: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) -> Bool {
    guard let bodyBase = body.baseAddress else { return false }
    return withNonce(of: 24, startingWith: nonceSuffix) { nonce in
      key.withPointer { key in
        crypto_aead_xchacha20poly1305_ietf_decrypt(
          output.baseAddress, nil, nil, bodyBase, UInt64(body.count), header.baseAddress,
          UInt64(header.count), nonce, key) == 0
      }
    }
  }

  /// `body` has the length of plaintext and tag.
  borrowing func seal(
    _ plaintext: UnsafeBufferPointer<UInt8>, nonceSuffix: UnsafeBufferPointer<UInt8>,
    header: UnsafeBufferPointer<UInt8>, into body: UnsafeMutableBufferPointer<UInt8>
  ) -> Bool {
    guard let bodyBase = body.baseAddress else { return false }
    return withNonce(of: 24, startingWith: nonceSuffix) { nonce in
      key.withPointer { key in
        crypto_aead_xchacha20poly1305_ietf_encrypt(
          bodyBase, nil, plaintext.baseAddress, UInt64(plaintext.count), header.baseAddress,
          UInt64(header.count), nil, nonce, key) == 0
      }
    }
  }
}

/// AES-256-GCM by libsodium, with the key schedule prepared once. Only on CPUs with AES and
/// carry-less multiplication instructions.
struct SodiumAES256GCM: ~Copyable, @unchecked Sendable {
  // Written only in `init` and freed in `deinit`; every call reads it: hence the Sendable.
  private let state: UnsafeMutablePointer<crypto_aead_aes256gcm_state>

  static var isAvailable: Bool {
    (try? Sodium.start()) != nil && crypto_aead_aes256gcm_is_available() != 0
  }

  init(key: SecretBytes) throws(VoiceCryptoError) {
    guard key.count == Int(crypto_aead_aes256gcm_KEYBYTES) else { throw .length }
    guard Self.isAvailable else { throw .library("AES-256-GCM of libsodium on this CPU") }
    // The type's own alignment of 16 bytes is what `allocate` gives.
    state = .allocate(capacity: 1)
    state.initialize(to: crypto_aead_aes256gcm_state())
    _ = key.withPointer { crypto_aead_aes256gcm_beforenm(state, $0) }
  }

  deinit {
    sodium_memzero(state, MemoryLayout<crypto_aead_aes256gcm_state>.size)
    state.deallocate()
  }

  /// `body` is ciphertext and tag; `output` has the length of the plaintext.
  borrowing func open(
    _ body: UnsafeBufferPointer<UInt8>, nonceSuffix: UnsafeBufferPointer<UInt8>,
    header: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) -> Bool {
    guard let bodyBase = body.baseAddress else { return false }
    return withNonce(of: 12, startingWith: nonceSuffix) { nonce in
      crypto_aead_aes256gcm_decrypt_afternm(
        output.baseAddress, nil, nil, bodyBase, UInt64(body.count), header.baseAddress,
        UInt64(header.count), nonce, state) == 0
    }
  }

  /// `body` has the length of plaintext and tag.
  borrowing func seal(
    _ plaintext: UnsafeBufferPointer<UInt8>, nonceSuffix: UnsafeBufferPointer<UInt8>,
    header: UnsafeBufferPointer<UInt8>, into body: UnsafeMutableBufferPointer<UInt8>
  ) -> Bool {
    guard let bodyBase = body.baseAddress else { return false }
    return withNonce(of: 12, startingWith: nonceSuffix) { nonce in
      crypto_aead_aes256gcm_encrypt_afternm(
        bodyBase, nil, plaintext.baseAddress, UInt64(plaintext.count), header.baseAddress,
        UInt64(header.count), nil, nonce, state) == 0
    }
  }
}
