package import VoiceCrypto

/// A sender's frame keys: one for each generation, each derived from a secret that the next one
/// replaces (RFC 9420 section 9.1, cipher suite 2).
package struct KeyRatchet: Sendable {
  /// Of ``key()``. It counts on past 255, where the byte on the wire begins anew.
  package private(set) var generation: UInt64 = 0
  private var secret: SecretBytes

  /// - Parameter baseSecret: the 16 bytes that the group's exporter gives for the sender.
  package init(baseSecret: SecretBytes) {
    secret = baseSecret
  }

  /// The AES-128 key of the generation.
  package func key() -> SecretBytes {
    TreeSecret.derive(secret, label: "key", generation: wireGeneration, length: 16)
  }

  /// Goes on to the next generation.
  package mutating func advance() {
    secret = TreeSecret.derive(secret, label: "secret", generation: wireGeneration, length: 32)
    generation &+= 1
  }

  private var wireGeneration: UInt32 { UInt32(truncatingIfNeeded: generation) }
}

/// Derivations of RFC 9420 sections 8 and 9.
enum TreeSecret {
  /// DeriveTreeSecret: ExpandWithLabel with the generation as context.
  static func derive(
    _ secret: SecretBytes, label: String, generation: UInt32, length: Int
  ) -> SecretBytes {
    let context = (0..<4).map { UInt8(truncatingIfNeeded: generation >> UInt32(24 - 8 * $0)) }
    return expand(secret, label: label, context: context, length: length)
  }

  /// ExpandWithLabel for at most 32 bytes, which is one block of HKDF-Expand.
  static func expand(
    _ secret: SecretBytes, label: String, context: [UInt8], length: Int
  ) -> SecretBytes {
    let label = [UInt8](("MLS 1.0 " + label).utf8)
    var info: [UInt8] = [UInt8(length >> 8), UInt8(length & 0xFF)]
    // Labels and contexts here are shorter than 64 bytes: one byte of length each.
    precondition(label.count < 64 && context.count < 64 && length <= 32)
    info.append(UInt8(label.count))
    info += label
    info.append(UInt8(context.count))
    info += context
    info.append(1)
    return hmacSHA256(key: secret, message: info.span, length: length)
  }
}
