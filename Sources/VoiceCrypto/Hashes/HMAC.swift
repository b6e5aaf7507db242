internal import CSodium

/// HMAC-SHA-256 (RFC 2104), of which HKDF consists.
///
/// - Parameters:
///   - key: of any length.
///   - message: what to authenticate.
///   - length: bytes of the code that are wanted, at most 32.
package func hmacSHA256(key: SecretBytes, message: Span<UInt8>, length: Int = 32) -> SecretBytes {
  let code = SecretBytes(count: 32) { code in
    var state = crypto_auth_hmacsha256_state()
    key.withPointer { _ = crypto_auth_hmacsha256_init(&state, $0, key.count) }
    message.withUnsafeBufferPointer {
      _ = crypto_auth_hmacsha256_update(&state, $0.baseAddress, UInt64($0.count))
    }
    _ = crypto_auth_hmacsha256_final(&state, code)
    sodium_memzero(&state, MemoryLayout<crypto_auth_hmacsha256_state>.size)
  }
  guard length < 32 else { return code }
  return code.withSpan { SecretBytes($0.extracting(0..<max(length, 0))) }
}
