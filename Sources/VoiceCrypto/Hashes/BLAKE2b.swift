internal import CSodium

/// BLAKE2b with a 32-byte digest (RFC 7693), unkeyed.
package func blake2b256(_ bytes: Span<UInt8>) -> [UInt8] {
  var digest = [UInt8](repeating: 0, count: 32)
  bytes.withUnsafeBufferPointer { bytes in
    // Fails only for digest or key lengths out of range.
    _ = crypto_generichash(&digest, 32, bytes.baseAddress, UInt64(bytes.count), nil, 0)
  }
  return digest
}
