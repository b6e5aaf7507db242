extension Group {
  /// Joins by a Welcome (RFC 9420, section 12.4.3.1).
  ///
  /// - Parameters:
  ///   - keyPackages: all of ours that are outstanding.
  ///   - groupID: of the group that we want to be in.
  ///   - externalSender: what the voice gateway said it is.
  /// - Throws: ``MLSError`` with ``MLSError/Code/notAddressed`` if none of the key packages is
  ///   addressed, else with what is wrong.
  package init(
    joining welcome: Welcome, with keyPackages: [OwnKeyPackage], groupID: [UInt8],
    externalSender: ExternalSender
  ) throws(MLSError) {
    let (entry, own) = try Group.find(keyPackages, in: welcome)
    let secrets = try GroupSecrets(
      parsing: try own.initKey.open(
        entry.encrypted, label: "Welcome", context: welcome.encryptedGroupInfo))
    guard secrets.joinerSecret.count == Suite.hashLength else {
      throw MLSError(.malformed, "a joiner secret of \(secrets.joinerSecret.count) bytes")
    }
    let joined = try Group(joining: welcome, as: own, secrets: secrets)
    guard joined.groupID == groupID else {
      throw MLSError(.wrongGroup, "a Welcome to another group")
    }
    guard try joined.context.externalSender == externalSender else {
      throw MLSError(.wrongSender, "a Welcome to a group of another external sender")
    }
    self = joined
  }

  static func find(
    _ keyPackages: [OwnKeyPackage], in welcome: Welcome
  ) throws(MLSError) -> (Welcome.Secrets, OwnKeyPackage) {
    for own in keyPackages {
      if let entry = welcome.secrets.first(where: { $0.newMember == own.reference }) {
        return (entry, own)
      }
    }
    throw MLSError(.notAddressed, "a Welcome to none of our key packages")
  }

  /// - Parameters:
  ///   - preSharedKeys: psk_secret; DAVE has none.
  ///   - outsideTree: where the Welcome does not hold it; in DAVE it always does.
  init(
    joining welcome: Welcome, as own: OwnKeyPackage, secrets: GroupSecrets,
    preSharedKeys: [UInt8] = EpochSecrets.none, outsideTree: RatchetTree? = nil
  ) throws(MLSError) {
    let (key, nonce) = EpochSecrets.welcomeKey(
      joinerSecret: secrets.joinerSecret, preSharedKeys: preSharedKeys)
    let info = try GroupInfo(
      parsing: try Suite.openAEAD(welcome.encryptedGroupInfo, key: key, nonce: nonce))
    // Epoch 0 has its creator alone, and after the last one nothing could be counted.
    guard info.context.epoch > 0, info.context.epoch < .max else {
      throw MLSError(.wrongEpoch, "a Welcome to epoch \(info.context.epoch)")
    }
    guard Set(info.extensions.map(\.type)).count == info.extensions.count else {
      throw MLSError(.malformed, "a Welcome with an extension twice")
    }
    let tree = try info.ratchetTree ?? outsideTree
    guard let tree else { throw MLSError(.malformed, "a Welcome without its ratchet tree") }
    guard tree.treeHash == info.context.treeHash else {
      throw MLSError(.badTree, "a Welcome whose tree has another hash")
    }
    try tree.validate(groupID: info.context.groupID)
    guard let signer = tree.leaf(info.signer) else {
      throw MLSError(.wrongSender, "a Welcome signed by a leaf where nobody is")
    }
    try info.verifySignature(by: signer.signatureKey)
    guard let ownLeaf = tree.members.first(where: { $0.leaf == own.keyPackage.leaf })?.index else {
      throw MLSError(.badTree, "a Welcome to a tree that we are not in")
    }

    var keys = PrivateKeys()
    keys[ownLeaf.node] = own.encryptionKey
    if let pathSecret = secrets.pathSecret {
      // From the lowest node above us and the signer, by the signer's way to the root.
      let path = tree.filteredDirectPath(info.signer).drop { step in
        !TreeMath.contains(step.node, ownLeaf.node)
      }
      try keys.adopt(try PathSecrets(first: pathSecret, count: path.count), path: path, in: tree)
    }
    let epochSecrets = EpochSecrets(
      joinerSecret: secrets.joinerSecret, preSharedKeys: preSharedKeys, context: info.context)
    guard
      epochSecrets.verifyConfirmationTag(
        info.confirmationTag, info.context.confirmedTranscriptHash)
    else { throw MLSError(.badTag, "the confirmation tag of a Welcome") }
    self.init(
      context: info.context, tree: tree, ownLeaf: ownLeaf, signingKey: own.signingKey,
      privateKeys: keys, secrets: epochSecrets,
      interimTranscriptHash: Transcript.interim(
        confirmed: info.context.confirmedTranscriptHash, confirmationTag: info.confirmationTag))
  }
}

extension GroupInfo {
  var ratchetTree: RatchetTree? {
    get throws(MLSError) {
      guard let entry = extensions.first(where: { $0.type == MLSExtension.ratchetTree }) else {
        return nil
      }
      return try RatchetTree(parsing: entry.data)
    }
  }
}
