/// Why an MLS message was refused. The state of the group that refused it is unchanged.
package struct MLSError: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Code: String, Sendable {
    /// The bytes are not the structure they should be.
    case malformed
    /// A version, suite, credential, wire format or proposal that DAVE does not use.
    case unsupported
    /// A cap on sizes was exceeded.
    case tooLarge
    /// A signature does not verify.
    case badSignature
    /// A membership or confirmation tag does not verify.
    case badTag
    /// A public key is no point of the curve.
    case badKey
    /// An HPKE or AEAD ciphertext does not open.
    case decryption
    /// The message belongs to another group.
    case wrongGroup
    /// The message belongs to another epoch.
    case wrongEpoch
    /// The sender may not send this.
    case wrongSender
    /// A proposal is unknown, or its list is not allowed.
    case badProposal
    /// The ratchet tree, or a path in it, is inconsistent.
    case badTree
    /// None of our key packages is addressed.
    case notAddressed
    /// The commit removes us.
    case removed
  }

  package var code: Code
  /// What was wrong, in words.
  package var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { "\(code.rawValue): \(message)" }
}
