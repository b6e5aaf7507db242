package import VoiceCrypto

/// What two members compare once, so that they know each other's signature keys
/// (DAVE protocol, "Verification Fingerprint"; version 0).
package enum PairwiseFingerprint {
  /// The protocol's own, and its cost of scrypt: N, r, p.
  private static let salt: [UInt8] = [
    0x24, 0xCA, 0xB1, 0x7A, 0x7A, 0xF8, 0xEC, 0x2B, 0x82, 0xB4, 0x12, 0xB9, 0x2D, 0xAB, 0x19, 0x2E,
  ]
  private static let cost = (n: UInt64(16384), r: UInt32(8), p: UInt32(2))
  private static let version: UInt16 = 0

  /// A member of the pair.
  package struct Member: Sendable {
    package var user: UInt64
    /// 65 bytes, a point of P-256.
    package var signatureKey: [UInt8]

    package init(user: UInt64, signatureKey: [UInt8]) {
      self.user = user
      self.signatureKey = signatureKey
    }

    fileprivate var bytes: [UInt8] {
      let version = [
        UInt8(PairwiseFingerprint.version >> 8), UInt8(PairwiseFingerprint.version & 0xFF),
      ]
      return version + signatureKey + DAVEIdentity.bigEndian(user)
    }
  }

  /// 64 bytes, the same in either order. It takes some 0.1 s and 16 MiB by design.
  ///
  /// - Throws: ``VoiceCryptoError`` when memory runs out.
  package static func make(_ one: Member, _ other: Member) throws(VoiceCryptoError) -> [UInt8] {
    let members = [one.bytes, other.bytes].sorted { $0.lexicographicallyPrecedes($1) }
    return try Scrypt.derive(
      members[0] + members[1], salt: salt, cost: cost.n, blockSize: cost.r, parallelism: cost.p,
      length: 64)
  }

  /// As people see it: 45 digits in nine groups.
  package static func digits(of fingerprint: [UInt8]) -> String? {
    DAVECodes.digits(of: fingerprint, groups: 9)
  }
}
