package import VoiceCrypto

/// An operator's public key: captures are sealed to it.
public struct OperatorPublicKey: Sendable, Hashable {
  /// The first 8 bytes of BLAKE2b-256 of the key, in 16 hexadecimal digits.
  public let id: String
  /// What the operator called it; empty if nothing.
  public let name: String
  /// The 32 bytes of the Curve25519 key.
  package let bytes: [UInt8]

  package init(bytes: [UInt8], name: String = "") {
    id = hexadecimal(blake2b256(bytes.span).span.extracting(0..<8))
    self.name = name
    self.bytes = bytes
  }
}

/// An operator's private key: it opens the key logs that were sealed to its public key.
public struct OperatorKey: Sendable {
  /// Where a key came from, which decides how its failure is told.
  public enum Source: Sendable {
    /// The user named its file: that it opens nothing is a wrong key.
    case named
    /// It lay in the key folder: that it opens nothing means that the right one is missing.
    case folder
  }

  public let publicKey: OperatorPublicKey
  public var source: Source
  package let pair: BoxKeyPair

  /// The key's id, 16 hexadecimal digits.
  public var id: String { publicKey.id }

  package init(pair: BoxKeyPair, name: String = "", source: Source = .named) {
    publicKey = OperatorPublicKey(bytes: pair.publicKey, name: name)
    self.pair = pair
    self.source = source
  }

  /// A fresh key, in memory only.
  ///
  /// - Throws: `.io` when the system has no randomness.
  public static func generate(name: String = "") throws(CaptureError) -> OperatorKey {
    do throws(VoiceCryptoError) {
      return OperatorKey(pair: try BoxKeyPair.generate(), name: name)
    } catch {
      throw CaptureError(.io, "cannot make a key pair: \(error)")
    }
  }
}
