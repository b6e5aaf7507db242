internal import Crypto
internal import FoundationEssentials

/// Cipher suite 2 of RFC 9420, MLS_128_DHKEMP256_AES128GCM_SHA256_P256: hashes and key derivation.
package enum Suite {
  package static let identifier: UInt16 = 2
  /// KDF.Nh: bytes of a hash and of a secret.
  package static let hashLength = 32
  /// AEAD.Nk, AEAD.Nn.
  static let keyLength = 16
  static let nonceLength = 12

  package static func hash(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

  static func mac(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: key)))
  }

  /// In constant time.
  static func verifyMAC(_ tag: [UInt8], key: [UInt8], _ bytes: [UInt8]) -> Bool {
    #if TAPEDECK_FUZZ_STUB
      // As with signatures.
      return true
    #else
      return HMAC<SHA256>.isValidAuthenticationCode(
        tag, authenticating: bytes, using: SymmetricKey(data: key))
    #endif
  }

  static func extract(salt: [UInt8], inputKeyMaterial: [UInt8]) -> [UInt8] {
    Array(
      HKDF<SHA256>.extract(inputKeyMaterial: SymmetricKey(data: inputKeyMaterial), salt: salt))
  }

  static func expand(_ secret: [UInt8], info: [UInt8], length: Int) -> [UInt8] {
    HKDF<SHA256>.expand(pseudoRandomKey: secret, info: info, outputByteCount: length)
      .withUnsafeBytes { Array($0) }
  }

  /// RFC 9420, section 8.
  package static func expandWithLabel(
    _ secret: [UInt8], label: String, context: [UInt8], length: Int
  ) -> [UInt8] {
    var info = WireWriter()
    info.write(UInt16(length))
    info.opaque(Array("MLS 1.0 ".utf8) + Array(label.utf8))
    info.opaque(context)
    return expand(secret, info: info.bytes, length: length)
  }

  package static func deriveSecret(_ secret: [UInt8], label: String) -> [UInt8] {
    expandWithLabel(secret, label: label, context: [], length: hashLength)
  }

  /// RFC 9420, section 9.1.
  package static func deriveTreeSecret(
    _ secret: [UInt8], label: String, generation: UInt32, length: Int
  ) -> [UInt8] {
    var context = WireWriter()
    context.write(generation)
    return expandWithLabel(secret, label: label, context: context.bytes, length: length)
  }

  /// RFC 9420, section 5.2.
  static func refHash(label: String, _ value: [UInt8]) -> [UInt8] {
    var input = WireWriter()
    input.opaque(Array(label.utf8))
    input.opaque(value)
    return hash(input.bytes)
  }

  /// RFC 9420, section 5.2: names a key package.
  package static func keyPackageReference(_ keyPackage: [UInt8]) -> [UInt8] {
    refHash(label: "MLS 1.0 KeyPackage Reference", keyPackage)
  }

  /// RFC 9420, section 5.2: names a proposal, by its authenticated content.
  package static func proposalReference(_ authenticatedContent: [UInt8]) -> [UInt8] {
    refHash(label: "MLS 1.0 Proposal Reference", authenticatedContent)
  }
}
