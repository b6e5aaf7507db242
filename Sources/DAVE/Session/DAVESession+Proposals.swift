internal import MLS

extension DAVESession {
  mutating func proposals(
    _ bytes: [UInt8], using random: inout some RandomNumberGenerator
  ) -> [DAVEAction] {
    guard let group else {
      return version > 0 ? [] : [warning(.unexpected, "proposals in a call without DAVE")]
    }
    var warnings: [DAVEAction] = []
    do throws(MLSError) {
      var reader = WireReader(try bounded(bytes))
      switch try reader.uint8() {
      case 0: try append(&reader, to: group)
      case 1: warnings = try revoke(&reader)
      case let other: throw MLSError(.malformed, "op 27 of type \(other)")
      }
    } catch {
      return [warning(.badProposals, error.message)]
    }
    return warnings + commitQueue(using: &random)
  }

  /// All of a message's proposals are good, or none is taken.
  private mutating func append(
    _ reader: inout WireReader, to group: Group
  ) throws(MLSError) {
    let messages = try reader.vector(of: PublicMessage.self)
    try reader.finish()
    var new: [QueuedProposal] = []
    var newUnexpected: [QueuedProposal] = []
    for message in messages {
      let queued: QueuedProposal
      do {
        queued = try group.verify(proposal: message)
      } catch {
        // While we wait for our Welcome, the proposals of the group that goes on come to us too.
        if error.code == .wrongEpoch || error.code == .wrongGroup { continue }
        throw error
      }
      if case .add(let keyPackage) = queued.proposal {
        guard let user = DAVEIdentity.user(keyPackage.leaf.credential.identity) else {
          throw MLSError(.badProposal, "an addition of somebody who is no user")
        }
        guard keyPackage.extensions.isEmpty, keyPackage.leaf.extensions.isEmpty else {
          throw MLSError(.unsupported, "an addition whose key package has extensions")
        }
        guard expectedUsers.contains(user) else {
          newUnexpected.append(queued)
          continue
        }
      }
      new.append(queued)
    }
    // By reference, which stands for the whole: a replayed message names what is there already.
    var known = Set((queue + unexpected).map(\.reference))
    new.removeAll { !known.insert($0.reference).inserted }
    newUnexpected.removeAll { !known.insert($0.reference).inserted }
    guard known.count <= DAVESession.mostProposals else {
      throw MLSError(.tooLarge, "more than \(DAVESession.mostProposals) open proposals")
    }
    queue += new
    unexpected += newUnexpected
  }

  private mutating func revoke(_ reader: inout WireReader) throws(MLSError) -> [DAVEAction] {
    var contents = try reader.nested()
    try reader.finish()
    var references: [ProposalReference] = []
    while !contents.isAtEnd { references.append(ProposalReference(try contents.opaque())) }
    var warnings: [DAVEAction] = []
    for reference in references {
      let known = queue.count + unexpected.count
      queue.removeAll { $0.reference == reference }
      unexpected.removeAll { $0.reference == reference }
      // While we wait for our Welcome, they are of the group that goes on, as the proposals were.
      if queue.count + unexpected.count == known, case .member = state {
        warnings.append(warning(.badProposals, "a revocation of a proposal that is not known"))
      }
    }
    return warnings
  }

  mutating func promoteExpected(
    using random: inout some RandomNumberGenerator
  ) -> [DAVEAction] {
    let promoted = unexpected.filter { queued in
      guard case .add(let keyPackage) = queued.proposal,
        let user = DAVEIdentity.user(keyPackage.leaf.credential.identity)
      else { return false }
      return expectedUsers.contains(user)
    }
    guard !promoted.isEmpty else { return [] }
    unexpected.removeAll { promoted.contains($0) }
    queue += promoted
    return commitQueue(using: &random)
  }

  /// Every member commits all open proposals each time they change; the gateway takes the first.
  private mutating func commitQueue(
    using random: inout some RandomNumberGenerator
  ) -> [DAVEAction] {
    // A commit that lacks a proposal is dropped, and an unexpected user's must not be in it.
    guard isCommitting, let group, !queue.isEmpty, unexpected.isEmpty,
      keepsIdentities(queue, in: group)
    else { return [] }
    do {
      let commit = try group.commit(queue, using: &random)
      let bytes = commit.message.encoded
      ownCommits = ownCommits.suffix(DAVESession.mostOwnCommits - 1) + [(bytes, commit.next)]
      return [.sendCommitWelcome(bytes + (commit.welcome?.encoded ?? []))]
    } catch {
      return [warning(.cannotCommit, error.message)]
    }
  }

  /// Whether we stay, and nobody is there twice, after these proposals.
  private func keepsIdentities(_ queue: [QueuedProposal], in group: Group) -> Bool {
    var removed = Set<LeafIndex>()
    for case .remove(let leaf) in queue.map(\.proposal) { removed.insert(leaf) }
    guard !removed.contains(group.ownLeaf) else { return false }
    var identities = Set<[UInt8]>()
    for member in group.members where !removed.contains(member.index) {
      identities.insert(member.leaf.credential.identity)
    }
    for case .add(let keyPackage) in queue.map(\.proposal) {
      guard identities.insert(keyPackage.leaf.credential.identity).inserted else { return false }
    }
    return true
  }
}
