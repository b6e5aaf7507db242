internal import MLS

extension DAVEExternalSender {
  mutating func propose(additionOf user: UInt64, _ keyPackage: KeyPackage) -> [Action] {
    // A second key package takes the place of the first.
    var actions = revoke { change in
      if case .add(user, _) = change { true } else { false }
    }
    guard users.count > 1 else { return actions }
    if leaves.isEmpty {
      // The first group: everybody who could be in it is proposed to everybody else.
      for (other, package) in keyPackages.sorted(by: { $0.key < $1.key })
      where !open.contains(where: { $0.change == .add(other, package) }) {
        actions += send(.add(other, package))
      }
    } else {
      actions += send(.add(user, keyPackage))
    }
    return actions
  }

  mutating func propose(removalOf user: UInt64) -> [Action] {
    guard let place = leaves.firstIndex(of: user) else { return [] }
    let change = Change.remove(user, LeafIndex(UInt32(place)))
    guard !open.contains(where: { $0.change == change }) else { return [] }
    return send(change)
  }

  private mutating func send(_ change: Change) -> [Action] {
    let proposal: Proposal
    var hiddenFrom: UInt64?
    switch change {
    case .add(let user, let keyPackage):
      proposal = .add(keyPackage)
      if leaves.isEmpty { hiddenFrom = user }
    case .remove(_, let leaf): proposal = .remove(leaf)
    }
    let content = FramedContent(
      groupID: DAVEIdentity.bigEndian(channel), epoch: epoch, sender: .external(0),
      body: .proposal(proposal))
    guard let message = try? PublicMessage(signing: content, with: signingKey) else { return [] }
    let bytes = message.encoded
    open.append(
      OpenProposal(
        message: bytes, reference: ProposalReference(message.proposalReference), change: change,
        hiddenFrom: hiddenFrom))
    let recipients = audience(hiddenFrom: hiddenFrom)
    return recipients.isEmpty ? [] : [.proposals(to: recipients, payload(0, [bytes]))]
  }

  /// Takes back the open proposals that `isRevoked` says.
  mutating func revoke(_ isRevoked: (Change) -> Bool) -> [Action] {
    let revoked = open.filter { isRevoked($0.change) }
    guard !revoked.isEmpty else { return [] }
    open.removeAll { isRevoked($0.change) }
    return revoked.map { proposal in
      var reference = WireWriter()
      reference.opaque(proposal.reference.hash)
      return .proposals(
        to: audience(hiddenFrom: proposal.hiddenFrom), payload(1, [reference.bytes]))
    }
  }

  /// A group's proposals are for its members. Whoever is not in it yet could do nothing with them, and
  /// davey throws at proposals of another epoch, with which discord.py's connection dies.
  private func audience(hiddenFrom: UInt64?) -> [UInt64] {
    users.filter { $0 != hiddenFrom && (leaves.isEmpty || leaves.contains($0)) }
  }

  private func payload(_ operation: UInt8, _ entries: [[UInt8]]) -> [UInt8] {
    var writer = WireWriter()
    writer.write(operation)
    writer.opaque(Array(entries.joined()))
    return writer.bytes
  }

  /// Op 28: the first commit that covers all open proposals is the group's.
  package mutating func commitWelcome(
    _ bytes: [UInt8], from user: UInt64, at now: Int64
  ) -> [Action] {
    let message: PublicMessage
    let welcome: Welcome?
    do {
      var reader = WireReader(bytes)
      message = try PublicMessage(from: &reader)
      welcome = reader.isAtEnd ? nil : try Welcome(from: &reader)
      try reader.finish()
    } catch {
      return [.ignored(from: user, error.message)]
    }
    if let fault = fault(in: message, welcome, from: user) {
      return [.ignored(from: user, fault)]
    }
    return accept(message, welcome: welcome, from: user, at: now)
  }

  private func fault(
    in message: PublicMessage, _ welcome: Welcome?, from user: UInt64
  ) -> String? {
    guard case .commit(let commit) = message.content.body else { return "no commit" }
    guard message.content.groupID == DAVEIdentity.bigEndian(channel) else { return "another group" }
    guard message.content.epoch == epoch else {
      return "a commit for epoch \(message.content.epoch)"
    }
    // In a group of its own everybody sits at the first leaf.
    let place = leaves.isEmpty ? 0 : leaves.firstIndex(of: user)
    guard let place, message.content.sender == .member(LeafIndex(UInt32(place))) else {
      return "a commit of another sender"
    }
    let expected = open.filter { $0.hiddenFrom != user }.map(\.reference)
    guard !expected.isEmpty, Set(commit.proposals) == Set(expected),
      commit.proposals.count == expected.count
    else { return "a commit that does not cover all open proposals" }
    // Whoever is added without one would be a member for all others and never know it.
    let welcomed = Set(welcome?.secrets.map(\.newMember) ?? [])
    for proposal in open where proposal.hiddenFrom != user {
      if case .add(_, let keyPackage) = proposal.change, !welcomed.contains(keyPackage.reference) {
        return "an addition without its Welcome"
      }
    }
    return nil
  }

  private mutating func accept(
    _ message: PublicMessage, welcome: Welcome?, from user: UInt64, at now: Int64
  ) -> [Action] {
    guard case .commit(let commit) = message.content.body else { return [] }
    let members = leaves.isEmpty ? [user] : members
    if leaves.isEmpty { leaves = [user] }
    let changes = commit.proposals.compactMap { reference in
      open.first { $0.reference == reference }?.change
    }
    for case .remove(_, let leaf) in changes { leaves[Int(leaf.rawValue)] = nil }
    while case .some(nil) = leaves.last { leaves.removeLast() }
    var added: [(UInt64, KeyPackage)] = []
    for case .add(let user, let keyPackage) in changes {
      if let blank = leaves.firstIndex(of: nil) {
        leaves[blank] = user
      } else {
        leaves.append(user)
      }
      added.append((user, keyPackage))
      keyPackages[user] = nil
    }
    keyPackages[user] = nil
    epoch += 1
    open = []
    let id = nextTransition
    nextTransition = nextTransition == .max ? 1 : nextTransition + 1
    transition = (id, Set(self.members), now + DAVEExternalSender.transitionTimeout)
    var actions: [Action] = [
      .announceCommit(
        to: members.filter { users.contains($0) }, transition: id, message.encoded)
    ]
    for (newMember, keyPackage) in added {
      guard let cut = welcome?.cut(to: keyPackage.reference) else { continue }
      actions.append(.welcome(to: newMember, transition: id, cut.encoded))
    }
    // Whoever offered a key package meanwhile, or was removed and offered another, comes next.
    for (other, package) in keyPackages.sorted(by: { $0.key < $1.key })
    where users.contains(other) && !leaves.contains(other) {
      actions += send(.add(other, package))
    }
    for case let gone? in leaves where !users.contains(gone) {
      actions += propose(removalOf: gone)
    }
    return actions
  }
}
