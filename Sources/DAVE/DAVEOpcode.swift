/// The voice gateway's opcodes of DAVE (Discord documentation, Voice Connections, opcodes).
package enum DAVEOpcode: UInt8, Sendable {
  case prepareTransition = 21
  case executeTransition = 22
  case transitionReady = 23
  case prepareEpoch = 24
  case externalSender = 25
  case keyPackage = 26
  case proposals = 27
  case commitWelcome = 28
  case announceCommit = 29
  case welcome = 30
  case invalidCommitWelcome = 31
}

/// Discord's user and channel ids, as MLS carries them.
enum DAVEIdentity {
  /// Credentials and group ids: 8 bytes big-endian.
  static func bigEndian(_ id: UInt64) -> [UInt8] {
    stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: id >> $0) }
  }

  /// The context of media keys is little-endian, unlike the credential.
  static func littleEndian(_ id: UInt64) -> [UInt8] { bigEndian(id).reversed() }

  /// Nil unless the credential is of 8 bytes.
  static func user(_ identity: [UInt8]) -> UInt64? {
    guard identity.count == 8 else { return nil }
    return identity.reduce(0) { $0 << 8 | UInt64($1) }
  }
}
