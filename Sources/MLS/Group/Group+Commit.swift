/// A commit of our own, which counts only when the voice gateway announces it.
package struct OwnCommit: Sendable {
  package let message: PublicMessage
  /// For those who are added; nil when nobody is.
  package let welcome: Welcome?
  /// The group as it is when the commit is chosen.
  package let next: Group
}

extension Group {
  /// Commits proposals, in this order.
  ///
  /// - Parameters:
  ///   - path: a path even where none is needed.
  ///   - random: draws our new keys; the encryption and signatures draw their own.
  package func commit(
    _ queue: [QueuedProposal], path: Bool = false,
    using random: inout some RandomNumberGenerator
  ) throws(MLSError) -> OwnCommit {
    try checkEpochCanEnd()
    let proposals = queue.map(\.proposal)
    var (tree, added) = try treeApplying(proposals, by: ownLeaf)
    var keys = privateKeys
    var update: OwnPath?
    if path || Group.needsPath(proposals) {
      update = try OwnPath(
        in: &tree, of: self, excluding: Set(added.map(\.node)), keys: &keys, using: &random)
    }
    keys.prune(to: tree)

    let content = FramedContent(
      groupID: groupID, epoch: epoch, sender: .member(ownLeaf),
      body: .commit(Commit(proposals: queue.map(\.reference), path: update?.path)))
    let signature = try signingKey.sign(
      label: PublicMessage.label,
      PublicMessage.toBeSigned(content: content.bytes, context: context))
    var message = PublicMessage(content: content, signature: signature, confirmationTag: nil)
    let confirmed = Transcript.confirmed(
      interim: interimTranscriptHash, input: message.transcriptInput)
    var nextContext = provisionalContext(tree: tree)
    nextContext.confirmedTranscriptHash = confirmed
    let joiner = EpochSecrets.joinerSecret(
      initSecret: secrets.initSecret,
      commitSecret: update?.secrets.commitSecret ?? EpochSecrets.none, context: nextContext)
    let nextSecrets = EpochSecrets(joinerSecret: joiner, context: nextContext)
    let tag = nextSecrets.confirmationTag(confirmed)
    message.confirmationTag = tag
    message.membershipTag = Suite.mac(
      key: secrets.membershipKey, message.toBeTagged(in: context))

    let next = Group(
      context: nextContext, tree: tree, ownLeaf: ownLeaf, signingKey: signingKey,
      privateKeys: keys, secrets: nextSecrets,
      interimTranscriptHash: Transcript.interim(confirmed: confirmed, confirmationTag: tag))
    let newMembers = proposals.compactMap { proposal in
      if case .add(let keyPackage) = proposal { keyPackage } else { nil }
    }
    let welcome =
      try newMembers.isEmpty
      ? nil
      : next.welcome(
        Array(zip(newMembers, added)), joinerSecret: joiner, path: update, confirmationTag: tag)
    return OwnCommit(message: message, welcome: welcome, next: next)
  }

  /// What path secrets are encrypted in: the next epoch with the new tree, but not yet its transcript.
  func provisionalContext(tree: RatchetTree) -> GroupContext {
    var next = context
    next.epoch += 1
    next.treeHash = tree.treeHash
    return next
  }

  private func welcome(
    _ newMembers: [(KeyPackage, LeafIndex)], joinerSecret: [UInt8], path: OwnPath?,
    confirmationTag: [UInt8]
  ) throws(MLSError) -> Welcome {
    var info = GroupInfo(
      context: context,
      extensions: [MLSExtension(type: MLSExtension.ratchetTree, data: tree.encoded)],
      confirmationTag: confirmationTag, signer: ownLeaf)
    try info.sign(with: signingKey)
    let (key, nonce) = EpochSecrets.welcomeKey(joinerSecret: joinerSecret)
    let sealedInfo = try Suite.sealAEAD(info.encoded, key: key, nonce: nonce)
    var entries: [Welcome.Secrets] = []
    for (keyPackage, leaf) in newMembers {
      let secrets = GroupSecrets(
        joinerSecret: joinerSecret, pathSecret: path?.secret(for: leaf))
      entries.append(
        Welcome.Secrets(
          newMember: keyPackage.reference,
          encrypted: try Suite.seal(
            secrets.encoded, to: keyPackage.initKey, label: "Welcome", context: sealedInfo)))
    }
    return Welcome(secrets: entries, encryptedGroupInfo: sealedInfo)
  }
}

/// A path of our own, with the secrets behind it.
struct OwnPath {
  let path: UpdatePath
  let secrets: PathSecrets
  private let steps: [RatchetTree.PathStep]

  /// Draws new keys from our leaf to the root and encrypts them to everybody else
  /// (RFC 9420, section 7.5). New members are told by their Welcome.
  init(
    in tree: inout RatchetTree, of group: Group, excluding added: Set<Int>,
    keys: inout PrivateKeys, using random: inout some RandomNumberGenerator
  ) throws(MLSError) {
    guard var leaf = tree.leaf(group.ownLeaf) else {
      throw MLSError(.removed, "a commit that removes us")
    }
    steps = tree.filteredDirectPath(group.ownLeaf)
    secrets = try PathSecrets(
      first: Suite.randomBytes(Suite.hashLength, using: &random), count: steps.count)
    let leafKey = DecryptionKey(using: &random)
    leaf.encryptionKey = leafKey.publicKey
    leaf.source = .commit(
      parentHash: try tree.setPath(of: group.ownLeaf, keys: secrets.keys.map(\.publicKey)))
    try leaf.sign(with: group.signingKey, groupID: group.groupID, leaf: group.ownLeaf)
    tree.set(leaf, at: group.ownLeaf)
    keys[group.ownLeaf.node] = leafKey
    for (step, key) in zip(steps, secrets.keys) { keys[step.node] = key }

    let context = group.provisionalContext(tree: tree).encoded
    var nodes: [UpdatePath.Node] = []
    for (index, step) in steps.enumerated() {
      var sealed: [HPKECiphertext] = []
      for node in tree.resolution(step.copathChild) where !added.contains(node) {
        guard let key = tree.nodes[node]?.encryptionKey else { continue }
        sealed.append(
          try Suite.seal(
            secrets.secrets[index], to: key, label: UpdatePath.label, context: context))
      }
      nodes.append(
        UpdatePath.Node(
          encryptionKey: secrets.keys[index].publicKey, encryptedPathSecrets: sealed))
    }
    path = UpdatePath(leaf: leaf, nodes: nodes)
  }

  /// The secret of the lowest node of the path that is above `leaf`.
  func secret(for leaf: LeafIndex) -> [UInt8]? {
    steps.firstIndex { TreeMath.contains($0.node, leaf.node) }.map { secrets.secrets[$0] }
  }
}

extension UpdatePath {
  /// The label that path secrets are encrypted with (RFC 9420, section 7.6).
  static let label = "UpdatePathNode"
}
