extension Group {
  /// The group after somebody else's commit (RFC 9420, section 12.4.2).
  ///
  /// - Parameter queue: the proposals that may be referred to.
  /// - Throws: ``MLSError`` with ``MLSError/Code/removed`` if the commit is right and removes us; else
  ///   with what is wrong. This group is unchanged either way.
  package func applying(
    _ message: PublicMessage, proposals queue: [QueuedProposal]
  ) throws(MLSError) -> Group {
    guard case .commit(let commit) = message.content.body,
      let tag = message.confirmationTag
    else { throw MLSError(.malformed, "a proposal where a commit should be") }
    try checkEpochCanEnd()
    let committer = try authenticate(message)
    let proposals = try resolve(commit.proposals, in: queue)
    guard commit.path != nil || !Group.needsPath(proposals) else {
      throw MLSError(.badProposal, "a commit without the path that its proposals demand")
    }
    let (tree, added) = try treeApplying(proposals, by: committer)
    return try advance(
      transcriptInput: message.transcriptInput, tag: tag, committer: committer, path: commit.path,
      tree: tree, added: added,
      isRemoved: proposals.contains(.remove(ownLeaf)))
  }

  /// Epochs are counted, and a Welcome may be to one of the last.
  func checkEpochCanEnd() throws(MLSError) {
    guard epoch < .max else { throw MLSError(.wrongEpoch, "a commit in the last epoch") }
  }

  /// Checks who sent a commit.
  func authenticate(_ message: PublicMessage) throws(MLSError) -> LeafIndex {
    try checkPlace(of: message.content)
    guard case .member(let committer) = message.content.sender, committer != ownLeaf,
      let leaf = tree.leaf(committer)
    else { throw MLSError(.wrongSender, "a commit that is of no other member") }
    guard let membershipTag = message.membershipTag,
      Suite.verifyMAC(
        membershipTag, key: secrets.membershipKey, message.toBeTagged(in: context))
    else { throw MLSError(.badTag, "the membership tag of a commit") }
    try message.verifySignature(by: leaf.signatureKey, in: context)
    return committer
  }

  private func resolve(
    _ references: [ProposalReference], in queue: [QueuedProposal]
  ) throws(MLSError) -> [Proposal] {
    var known: [ProposalReference: Proposal] = [:]
    for queued in queue { known[queued.reference] = queued.proposal }
    var proposals: [Proposal] = []
    for reference in references {
      // Taken out, so that a second mention is unknown.
      guard let proposal = known.removeValue(forKey: reference) else {
        throw MLSError(.badProposal, "a commit of a proposal that is not known")
      }
      proposals.append(proposal)
    }
    return proposals
  }

  /// Everything after the proposals: path, transcript, key schedule, confirmation.
  ///
  /// - Parameters:
  ///   - tree: with the proposals applied, without the path.
  ///   - preSharedKeys: psk_secret; DAVE has none.
  func advance(
    transcriptInput: [UInt8], tag: [UInt8], committer: LeafIndex, path: UpdatePath?,
    tree: RatchetTree, added: [LeafIndex], isRemoved: Bool = false,
    preSharedKeys: [UInt8] = EpochSecrets.none, extensions: [MLSExtension]? = nil
  ) throws(MLSError) -> Group {
    var tree = tree
    var next = self
    if let extensions { next.context.extensions = extensions }
    var commitSecret = EpochSecrets.none
    if let path {
      let steps = tree.filteredDirectPath(committer)
      try tree.apply(path, from: committer, groupID: groupID)
      if isRemoved { throw MLSError(.removed, "a commit that removes us") }
      next.privateKeys.prune(to: tree)
      commitSecret = try next.open(
        path, steps: steps, excluding: Set(added.map(\.node)), in: tree)
    } else if isRemoved {
      throw MLSError(.removed, "a commit that removes us")
    }
    next.privateKeys.prune(to: tree)
    next.context = next.provisionalContext(tree: tree)
    let confirmed = Transcript.confirmed(
      interim: interimTranscriptHash, input: transcriptInput)
    next.context.confirmedTranscriptHash = confirmed
    next.tree = tree
    next.secrets = EpochSecrets(
      joinerSecret: EpochSecrets.joinerSecret(
        initSecret: secrets.initSecret, commitSecret: commitSecret, context: next.context),
      preSharedKeys: preSharedKeys, context: next.context)
    guard next.secrets.verifyConfirmationTag(tag, confirmed) else {
      throw MLSError(.badTag, "the confirmation tag of a commit")
    }
    next.interimTranscriptHash = Transcript.interim(confirmed: confirmed, confirmationTag: tag)
    return next
  }

  /// Decrypts our part of a path and takes over the keys above it.
  ///
  /// - Returns: the commit secret.
  mutating func open(
    _ path: UpdatePath, steps: [RatchetTree.PathStep], excluding added: Set<Int>,
    in tree: RatchetTree
  ) throws(MLSError) -> [UInt8] {
    guard
      let position = steps.firstIndex(where: { TreeMath.contains($0.node, ownLeaf.node) })
    else { throw MLSError(.badTree, "a path that does not pass above us") }
    let recipients = tree.resolution(steps[position].copathChild).filter { !added.contains($0) }
    let sealed = path.nodes[position].encryptedPathSecrets
    guard sealed.count == recipients.count else {
      throw MLSError(
        .badTree, "\(sealed.count) path secrets for \(recipients.count) recipients")
    }
    guard let (index, key) = firstKey(of: recipients) else {
      throw MLSError(.badTree, "a path without a secret for us")
    }
    let secret = try key.open(
      sealed[index], label: UpdatePath.label, context: provisionalContext(tree: tree).encoded)
    let secrets = try PathSecrets(first: secret, count: steps.count - position)
    try privateKeys.adopt(secrets, path: steps[position...], in: tree)
    return secrets.commitSecret
  }

  private func firstKey(of nodes: [Int]) -> (index: Int, key: DecryptionKey)? {
    for (index, node) in nodes.enumerated() {
      if let key = privateKeys[node] { return (index, key) }
    }
    return nil
  }
}

extension RatchetTree {
  /// Puts somebody else's path in place, if it is right (RFC 9420, sections 7.3 and 7.5).
  mutating func apply(
    _ path: UpdatePath, from committer: LeafIndex, groupID: [UInt8]
  ) throws(MLSError) {
    guard let old = leaf(committer) else {
      throw MLSError(.badTree, "a path from leaf \(committer.rawValue), where nobody is")
    }
    guard case .commit(let parentHash) = path.leaf.source else {
      throw MLSError(.malformed, "a path whose leaf is of another source")
    }
    guard path.leaf.credential == old.credential, path.leaf.signatureKey == old.signatureKey else {
      throw MLSError(.wrongSender, "a path that changes its sender's identity")
    }
    guard path.leaf.encryptionKey != old.encryptionKey else {
      throw MLSError(.badKey, "a path with the old key of its leaf")
    }
    try path.leaf.verify(groupID: groupID, leaf: committer)
    for node in path.nodes { try Suite.checkPublicKey(node.encryptionKey) }
    let expected = try setPath(of: committer, keys: path.nodes.map(\.encryptionKey))
    guard parentHash == expected else { throw MLSError(.badTree, "the parent hash of a path") }
    set(path.leaf, at: committer)
    try checkUniqueKeys()
  }
}
