/// A proposal that was verified and waits for a commit.
package struct QueuedProposal: Hashable, Sendable {
  package let reference: ProposalReference
  package let proposal: Proposal

  package init(reference: ProposalReference, proposal: Proposal) {
    self.reference = reference
    self.proposal = proposal
  }
}

extension Group {
  /// Checks a proposal of the external sender for this epoch.
  ///
  /// - Throws: ``MLSError`` with ``MLSError/Code/wrongGroup`` or ``MLSError/Code/wrongEpoch`` where it
  ///   is not for us, else with what is wrong in it.
  package func verify(proposal message: PublicMessage) throws(MLSError) -> QueuedProposal {
    guard case .proposal(let proposal) = message.content.body else {
      throw MLSError(.badProposal, "a commit where a proposal should be")
    }
    try checkPlace(of: message.content)
    guard message.content.sender == .external(0) else {
      throw MLSError(.wrongSender, "a proposal that is not the external sender's")
    }
    try message.verifySignature(by: context.externalSender.signatureKey, in: context)
    switch proposal {
    case .add(let keyPackage): try keyPackage.verify()
    case .remove(let leaf):
      guard tree.leaf(leaf) != nil else {
        throw MLSError(.badProposal, "a removal of leaf \(leaf.rawValue), where nobody is")
      }
    }
    return QueuedProposal(
      reference: ProposalReference(message.proposalReference), proposal: proposal)
  }

  func checkPlace(of content: FramedContent) throws(MLSError) {
    guard content.groupID == context.groupID else {
      throw MLSError(.wrongGroup, "a message for another group")
    }
    guard content.epoch == context.epoch else {
      throw MLSError(
        .wrongEpoch, "a message for epoch \(content.epoch) in epoch \(context.epoch)")
    }
  }

  /// The tree after a commit's proposals, before its path (RFC 9420, section 12.3: removals, then
  /// additions in the commit's order).
  ///
  /// - Returns: with it where the new members sit.
  func treeApplying(
    _ proposals: [Proposal], by committer: LeafIndex
  ) throws(MLSError) -> (tree: RatchetTree, added: [LeafIndex]) {
    var tree = tree
    for case .remove(let leaf) in proposals {
      guard leaf != committer else {
        throw MLSError(.badProposal, "a commit that removes its own sender")
      }
      try tree.remove(leaf)
    }
    var added: [LeafIndex] = []
    for case .add(let keyPackage) in proposals { added.append(try tree.add(keyPackage.leaf)) }
    try tree.checkUniqueKeys()
    return (tree, added)
  }

  /// Whether RFC 9420, section 12.4, demands a path: any removal does, and a commit of nothing.
  static func needsPath(_ proposals: [Proposal]) -> Bool {
    proposals.isEmpty
      || proposals.contains { proposal in
        if case .remove = proposal { true } else { false }
      }
  }
}
