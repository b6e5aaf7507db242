internal import CCrypto

/// AES-GCM by libcrypto with one context kept per key: 16-byte keys with 8-byte tags for DAVE,
/// 32-byte keys with 16-byte tags where libsodium has no AES.
struct EVPGCM: ~Copyable, @unchecked Sendable {
  // The context is changed by every call, but the value has one owner at a time and is handed
  // between threads only as a whole: callers hold it exclusively (`mutating` in the wrappers).
  private let context: OpaquePointer
  private let tagLength: Int

  init(key: SecretBytes, tagLength: Int) throws(VoiceCryptoError) {
    let cipher: OpaquePointer?
    switch key.count {
    case 16: cipher = EVP_aes_128_gcm()
    case 32: cipher = EVP_aes_256_gcm()
    default: throw .length
    }
    guard let context = EVP_CIPHER_CTX_new() else { throw .library("EVP_CIPHER_CTX_new") }
    let ready = key.withPointer { EVP_EncryptInit_ex(context, cipher, nil, $0, nil) }
    guard ready == 1 else {
      EVP_CIPHER_CTX_free(context)
      throw .library("EVP_EncryptInit_ex")
    }
    self.context = context
    self.tagLength = tagLength
  }

  deinit {
    // Clears the key schedule before it frees it.
    EVP_CIPHER_CTX_free(context)
  }

  /// `nonce` has 12 bytes and `output` the length of the ciphertext.
  borrowing func open(
    _ ciphertext: UnsafeBufferPointer<UInt8>, tag: UnsafeBufferPointer<UInt8>,
    nonce: UnsafePointer<UInt8>, header: UnsafeBufferPointer<UInt8>,
    into output: UnsafeMutableBufferPointer<UInt8>
  ) -> Bool {
    var written: Int32 = 0
    guard EVP_DecryptInit_ex(context, nil, nil, nil, nonce) == 1,
      update(header: header, decrypting: true),
      ciphertext.isEmpty
        || EVP_DecryptUpdate(
          context, output.baseAddress, &written, ciphertext.baseAddress, Int32(ciphertext.count))
          == 1,
      EVP_CIPHER_CTX_ctrl(
        context, EVP_CTRL_AEAD_SET_TAG, Int32(tagLength),
        UnsafeMutableRawPointer(mutating: tag.baseAddress)) == 1
    else { return false }
    // GCM's final step writes nothing; it wants a place to write to all the same.
    var nothing: UInt64 = 0
    return withUnsafeMutableBytes(of: &nothing) {
      EVP_DecryptFinal_ex(
        context, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), &written) == 1
    }
  }

  /// `nonce` has 12 bytes, `output` the length of the plaintext, `tag` that of the tag.
  borrowing func seal(
    _ plaintext: UnsafeBufferPointer<UInt8>, nonce: UnsafePointer<UInt8>,
    header: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>,
    tag: UnsafeMutableBufferPointer<UInt8>
  ) -> Bool {
    var written: Int32 = 0
    guard EVP_EncryptInit_ex(context, nil, nil, nil, nonce) == 1,
      update(header: header, decrypting: false),
      plaintext.isEmpty
        || EVP_EncryptUpdate(
          context, output.baseAddress, &written, plaintext.baseAddress, Int32(plaintext.count))
          == 1
    else { return false }
    var nothing: UInt64 = 0
    let finished = withUnsafeMutableBytes(of: &nothing) {
      EVP_EncryptFinal_ex(
        context, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), &written) == 1
    }
    return finished
      && EVP_CIPHER_CTX_ctrl(
        context, EVP_CTRL_AEAD_GET_TAG, Int32(tagLength), tag.baseAddress) == 1
  }

  private borrowing func update(header: UnsafeBufferPointer<UInt8>, decrypting: Bool) -> Bool {
    guard !header.isEmpty else { return true }
    var written: Int32 = 0
    let count = Int32(header.count)
    return decrypting
      ? EVP_DecryptUpdate(context, nil, &written, header.baseAddress, count) == 1
      : EVP_EncryptUpdate(context, nil, &written, header.baseAddress, count) == 1
  }
}
