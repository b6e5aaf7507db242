internal import Crypto
internal import FoundationEssentials

/// The private half of an ECDSA key pair on P-256.
package struct SigningKey: Sendable {
  private let key: P256.Signing.PrivateKey

  /// - Parameter scalar: 32 bytes, at least 1 and below the order of the curve.
  package init(scalar: [UInt8]) throws(MLSError) {
    do {
      key = try P256.Signing.PrivateKey(rawRepresentation: scalar)
    } catch {
      throw MLSError(.badKey, "not a private key of P-256")
    }
  }

  package init(using random: inout some RandomNumberGenerator) {
    self = Suite.firstValid(using: &random) { (scalar) throws(MLSError) in
      try SigningKey(scalar: scalar)
    }
  }

  /// 65 bytes: 04, x, y.
  package var publicKey: [UInt8] { Array(key.publicKey.x963Representation) }

  /// SignWithLabel of RFC 9420, section 5.1.2: DER, 70 to 72 bytes.
  package func sign(label: String, _ content: [UInt8]) throws(MLSError) -> [UInt8] {
    do {
      let signature = try key.signature(for: Suite.signContent(label: label, content))
      return Array(signature.derRepresentation)
    } catch {
      throw MLSError(.badKey, "cannot sign: \(error)")
    }
  }
}

extension Suite {
  /// VerifyWithLabel of RFC 9420, section 5.1.2.
  package static func verify(
    _ signature: [UInt8], publicKey: [UInt8], label: String, _ content: [UInt8]
  ) -> Bool {
    #if TAPEDECK_FUZZ_STUB
      // The fuzz program without signatures alone is built so (Package.swift): it gets behind them.
      return true
    #else
      return verifies(signature, publicKey: publicKey, label: label, content)
    #endif
  }

  private static func verifies(
    _ signature: [UInt8], publicKey: [UInt8], label: String, _ content: [UInt8]
  ) -> Bool {
    guard let key = try? P256.Signing.PublicKey(x963Representation: publicKey),
      let signature = try? P256.Signing.ECDSASignature(derRepresentation: signature)
    else { return false }
    return key.isValidSignature(signature, for: signContent(label: label, content))
  }

  fileprivate static func signContent(label: String, _ content: [UInt8]) -> [UInt8] {
    var input = WireWriter()
    input.opaque(Array("MLS 1.0 ".utf8) + Array(label.utf8))
    input.opaque(content)
    return input.bytes
  }

  /// Draws 32 bytes until they are a scalar of the curve, which all but 2^-32 of them are.
  static func firstValid<Key>(
    using random: inout some RandomNumberGenerator, _ make: ([UInt8]) throws(MLSError) -> Key
  ) -> Key {
    while true {
      if let key = try? make(randomBytes(hashLength, using: &random)) { return key }
    }
  }

  package static func randomBytes(
    _ count: Int, using random: inout some RandomNumberGenerator
  ) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
  }
}
