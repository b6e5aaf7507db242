internal import CSodium

/// scrypt (RFC 7914) by libsodium.
package enum Scrypt {
  /// More than these is refused: 256 MiB.
  private static let mostMemory: UInt64 = 256 << 20
  private static let longestOutput = 1 << 16

  /// - Parameters:
  ///   - cost: N, a power of two.
  ///   - blockSize: r.
  ///   - parallelism: p.
  ///   - length: bytes of the result.
  /// - Throws: ``VoiceCryptoError/format`` for parameters out of range.
  package static func derive(
    _ input: [UInt8], salt: [UInt8], cost: UInt64, blockSize: UInt32, parallelism: UInt32,
    length: Int
  ) throws(VoiceCryptoError) -> [UInt8] {
    try Sodium.start()
    guard cost > 1, cost & (cost - 1) == 0, cost <= mostMemory, (1...64).contains(blockSize),
      (1...16).contains(parallelism), cost * 128 * UInt64(blockSize) <= mostMemory,
      (1...longestOutput).contains(length)
    else { throw .format }
    var output = [UInt8](repeating: 0, count: length)
    let result = crypto_pwhash_scryptsalsa208sha256_ll(
      input, input.count, salt, salt.count, cost, blockSize, parallelism, &output, length)
    guard result == 0 else { throw .library("crypto_pwhash_scryptsalsa208sha256_ll") }
    return output
  }
}
