internal import CCrypto

/// SHA-256 over bytes that come in pieces.
package struct SHA256Digest: ~Copyable {
  /// Bytes of a digest.
  package static let length = 32

  private let context: OpaquePointer?

  package init() {
    context = EVP_MD_CTX_new()
    restart()
  }

  deinit {
    EVP_MD_CTX_free(context)
  }

  /// Takes in more bytes.
  package mutating func update(_ bytes: Span<UInt8>) {
    bytes.withUnsafeBufferPointer { bytes in
      check(bytes.isEmpty || EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1)
    }
  }

  /// The 32 bytes over everything since the start; then starts anew.
  package mutating func finalize() -> [UInt8] {
    let digest = [UInt8](unsafeUninitializedCapacity: Self.length) { buffer, filled in
      check(EVP_DigestFinal_ex(context, buffer.baseAddress, nil) == 1)
      filled = Self.length
    }
    restart()
    return digest
  }

  /// ``finalize()`` in lower-case hexadecimal.
  package mutating func finalizeHex() -> String { hexadecimal(finalize().span) }

  /// The digest of bytes at hand, in lower-case hexadecimal.
  package static func hex(of bytes: Span<UInt8>) -> String {
    var digest = SHA256Digest()
    digest.update(bytes)
    return digest.finalizeHex()
  }

  private func restart() {
    check(EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1)
  }

  /// Hashing fails only when memory runs out or the library has no SHA-256; no caller could go on.
  private func check(_ succeeded: Bool) {
    precondition(succeeded, "libcrypto cannot compute SHA-256")
  }
}

/// Lower-case hexadecimal digits.
package func hexadecimal(_ bytes: Span<UInt8>) -> String {
  let digits = [UInt8]("0123456789abcdef".utf8)
  return String(unsafeUninitializedCapacity: 2 * bytes.count) { buffer in
    for index in 0..<bytes.count {
      buffer[2 * index] = digits[Int(bytes[index] >> 4)]
      buffer[2 * index + 1] = digits[Int(bytes[index] & 0x0F)]
    }
    return 2 * bytes.count
  }
}
