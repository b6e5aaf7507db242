/// A member's view of an MLS group (RFC 9420), as far as DAVE needs one: cipher suite 2,
/// handshake messages as PublicMessage, proposals only from the one external sender and by reference.
///
/// A value: what changes the epoch returns the next group, and this one stays what it was. So a
/// commit that turns out to be wrong costs nothing, and one's own commit waits in its next group
/// until the voice gateway has chosen it.
///
/// ```swift
/// let pending = try Group(creating: channel, externalSender: sender, with: own, using: &random)
/// let queued = try pending.verify(proposal: message)
/// let commit = try pending.commit([queued], using: &random)
/// // send commit.message and commit.welcome; when they are announced:
/// let group = commit.next
/// ```
package struct Group: Sendable {
  package internal(set) var context: GroupContext
  package internal(set) var tree: RatchetTree
  package let ownLeaf: LeafIndex
  let signingKey: SigningKey
  var privateKeys: PrivateKeys
  var secrets: EpochSecrets
  var interimTranscriptHash: [UInt8]

  init(
    context: GroupContext, tree: RatchetTree, ownLeaf: LeafIndex, signingKey: SigningKey,
    privateKeys: PrivateKeys, secrets: EpochSecrets, interimTranscriptHash: [UInt8]
  ) {
    self.context = context
    self.tree = tree
    self.ownLeaf = ownLeaf
    self.signingKey = signingKey
    self.privateKeys = privateKeys
    self.secrets = secrets
    self.interimTranscriptHash = interimTranscriptHash
  }

  /// A group of one, at epoch 0 (RFC 9420, section 11).
  package init(
    creating groupID: [UInt8], externalSender: ExternalSender, with own: OwnKeyPackage,
    using random: inout some RandomNumberGenerator
  ) throws(MLSError) {
    try Suite.checkPublicKey(externalSender.signatureKey)
    let tree = RatchetTree(own.keyPackage.leaf)
    let secrets = EpochSecrets(
      epochSecret: Suite.randomBytes(Suite.hashLength, using: &random))
    var keys = PrivateKeys()
    keys[0] = own.encryptionKey
    self.init(
      context: GroupContext(
        groupID: groupID, epoch: 0, treeHash: tree.treeHash, confirmedTranscriptHash: [],
        extensions: [externalSender.groupContextExtension]),
      tree: tree, ownLeaf: LeafIndex(0), signingKey: own.signingKey, privateKeys: keys,
      secrets: secrets,
      interimTranscriptHash: Transcript.interim(
        confirmed: [], confirmationTag: secrets.confirmationTag([])))
  }

  package var epoch: UInt64 { context.epoch }
  package var groupID: [UInt8] { context.groupID }

  /// Everybody, ourselves too, by leaf.
  package var members: [(index: LeafIndex, leaf: LeafNode)] { tree.members }

  /// Equal for all who are in the same group; 32 bytes (RFC 9420, section 8.7).
  package var epochAuthenticator: [UInt8] { secrets.epochAuthenticator }

  /// MLS-Exporter (RFC 9420, section 8.5).
  package func export(label: String, context: [UInt8], length: Int) -> [UInt8] {
    secrets.export(label: label, context: context, length: length)
  }
}
