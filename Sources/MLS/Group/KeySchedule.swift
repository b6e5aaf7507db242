/// The secrets of an epoch (RFC 9420, section 8).
struct EpochSecrets: Sendable {
  /// Bytes of zero where a commit has no path, and where there are no pre-shared keys.
  static let none = [UInt8](repeating: 0, count: Suite.hashLength)

  let exporterSecret: [UInt8]
  let confirmationKey: [UInt8]
  let membershipKey: [UInt8]
  let epochAuthenticator: [UInt8]
  /// For the epoch that follows.
  let initSecret: [UInt8]

  /// Of a group's first epoch, whose secret its creator draws.
  init(epochSecret: [UInt8]) {
    exporterSecret = Suite.deriveSecret(epochSecret, label: "exporter")
    confirmationKey = Suite.deriveSecret(epochSecret, label: "confirm")
    membershipKey = Suite.deriveSecret(epochSecret, label: "membership")
    epochAuthenticator = Suite.deriveSecret(epochSecret, label: "authentication")
    initSecret = Suite.deriveSecret(epochSecret, label: "init")
  }

  static func joinerSecret(
    initSecret: [UInt8], commitSecret: [UInt8], context: GroupContext
  ) -> [UInt8] {
    Suite.expandWithLabel(
      Suite.extract(salt: initSecret, inputKeyMaterial: commitSecret), label: "joiner",
      context: context.encoded, length: Suite.hashLength)
  }

  /// - Parameter preSharedKeys: psk_secret; DAVE has none.
  init(joinerSecret: [UInt8], preSharedKeys: [UInt8] = none, context: GroupContext) {
    let member = Suite.extract(salt: joinerSecret, inputKeyMaterial: preSharedKeys)
    self.init(
      epochSecret: Suite.expandWithLabel(
        member, label: "epoch", context: context.encoded, length: Suite.hashLength))
  }

  /// Key and nonce of a Welcome's GroupInfo (RFC 9420, section 12.4.3.1).
  static func welcomeKey(
    joinerSecret: [UInt8], preSharedKeys: [UInt8] = none
  ) -> (key: [UInt8], nonce: [UInt8]) {
    let member = Suite.extract(salt: joinerSecret, inputKeyMaterial: preSharedKeys)
    let secret = Suite.deriveSecret(member, label: "welcome")
    return (
      Suite.expandWithLabel(secret, label: "key", context: [], length: Suite.keyLength),
      Suite.expandWithLabel(secret, label: "nonce", context: [], length: Suite.nonceLength)
    )
  }

  /// MLS-Exporter (RFC 9420, section 8.5).
  func export(label: String, context: [UInt8], length: Int) -> [UInt8] {
    Suite.expandWithLabel(
      Suite.deriveSecret(exporterSecret, label: label), label: "exported",
      context: Suite.hash(context), length: length)
  }

  func confirmationTag(_ confirmedTranscriptHash: [UInt8]) -> [UInt8] {
    Suite.mac(key: confirmationKey, confirmedTranscriptHash)
  }

  func verifyConfirmationTag(_ tag: [UInt8], _ confirmedTranscriptHash: [UInt8]) -> Bool {
    Suite.verifyMAC(tag, key: confirmationKey, confirmedTranscriptHash)
  }
}

/// The hashes over all commits so far (RFC 9420, section 8.2).
enum Transcript {
  /// - Parameter input: ConfirmedTranscriptHashInput.
  static func confirmed(interim: [UInt8], input: [UInt8]) -> [UInt8] {
    Suite.hash(interim + input)
  }

  static func interim(confirmed: [UInt8], confirmationTag: [UInt8]) -> [UInt8] {
    var tag = WireWriter()
    tag.opaque(confirmationTag)
    return Suite.hash(confirmed + tag.bytes)
  }
}
