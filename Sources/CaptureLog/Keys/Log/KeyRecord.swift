package import VoiceCrypto

/// One record of the key log, opened.
package struct KeyRecord: Sendable {
  package enum Content: Sendable {
    /// The key between client and voice server, from `time` on (voice gateway op 4).
    case transport(connection: UInt32, mode: TransportMode, key: SecretBytes)
    /// The 16-byte base secret by which one user's end-to-end encrypted frames of one epoch open.
    /// Epochs count anew with each incarnation of the group.
    case sender(
      connection: UInt32, incarnation: UInt32, epoch: UInt64, user: String, secret: SecretBytes)
    case profile(user: String, names: ProfileNames)
  }

  /// Nanoseconds since the Unix epoch on the session clock.
  package var time: Int64
  package var content: Content

  package init(time: Int64, _ content: Content) {
    self.time = time
    self.content = content
  }

  /// Bytes of a sender's base secret.
  package static let senderSecretLength = 16
}
