internal import MLS

/// The voice gateway's part in DAVE: it proposes who comes and goes, chooses among the commits, and
/// says when everybody switches.
///
/// For simulators and tests. It is no member and knows no secret; it follows who sits where in the
/// tree from the commits that it chooses.
package struct DAVEExternalSender: Sendable {
  /// What it sends; ``to`` says whom.
  package enum Action: Equatable, Sendable {
    /// Op 25.
    case externalSender(to: UInt64, [UInt8])
    /// Op 27: the payload after the opcode.
    case proposals(to: [UInt64], [UInt8])
    /// Op 29: a commit, without its transition id.
    case announceCommit(to: [UInt64], transition: UInt16, [UInt8])
    /// Op 30: a Welcome for this user alone, without its transition id.
    case welcome(to: UInt64, transition: UInt16, [UInt8])
    /// Op 22.
    case executeTransition(to: [UInt64], transition: UInt16)
    /// Op 24 with epoch 1.
    case prepareEpoch(to: [UInt64])
    /// A message that was ignored, with why: a client's fault, or one of many commits that came late.
    case ignored(from: UInt64, String)
  }

  /// Nanoseconds that a transition waits for those who are not ready.
  static let transitionTimeout: Int64 = 2_000_000_000

  package let channel: UInt64
  let signingKey: SigningKey
  let sender: ExternalSender
  /// Who is connected, in the order they came.
  var users: [UInt64] = []
  var keyPackages: [UInt64: KeyPackage] = [:]
  /// The group's leaves; nil where blank. Empty before the first commit.
  package internal(set) var leaves: [UInt64?] = []
  package internal(set) var epoch: UInt64 = 0
  var open: [OpenProposal] = []
  var nextTransition: UInt16 = 1
  var transition: (id: UInt16, waiting: Set<UInt64>, due: Int64)?

  struct OpenProposal: Sendable {
    var message: [UInt8]
    var reference: ProposalReference
    var change: Change
    /// Before there is a group nobody is told of its own addition.
    var hiddenFrom: UInt64?
  }

  enum Change: Equatable, Sendable {
    case add(UInt64, KeyPackage)
    case remove(UInt64, LeafIndex)
  }

  package init(channel: UInt64, using random: inout some RandomNumberGenerator) {
    self.channel = channel
    signingKey = SigningKey(using: &random)
    sender = ExternalSender(
      signatureKey: signingKey.publicKey, credential: Credential(identity: [0]))
  }

  package var members: [UInt64] { leaves.compactMap(\.self) }

  /// Somebody identified with DAVE.
  package mutating func join(_ user: UInt64) -> [Action] {
    if !users.contains(user) { users.append(user) }
    return [.externalSender(to: user, sender.encoded)]
  }

  /// Op 26: from now on the user can be added.
  package mutating func keyPackage(_ bytes: [UInt8], from user: UInt64) -> [Action] {
    let keyPackage: KeyPackage
    do {
      keyPackage = try KeyPackage(parsing: bytes)
      try keyPackage.verify()
    } catch {
      return [.ignored(from: user, error.message)]
    }
    guard DAVEIdentity.user(keyPackage.leaf.credential.identity) == user else {
      return [.ignored(from: user, "a key package of somebody else")]
    }
    keyPackages[user] = keyPackage
    return propose(additionOf: user, keyPackage)
  }

  /// Somebody went.
  package mutating func leave(_ user: UInt64, at now: Int64) -> [Action] {
    users.removeAll { $0 == user }
    keyPackages[user] = nil
    var actions = revoke { change in
      if case .add(user, _) = change { true } else { false }
    }
    if members.filter({ users.contains($0) }).count <= 1 {
      // Whoever is left alone begins anew.
      leaves = []
      epoch = 0
      open = []
      transition = nil
      keyPackages = [:]
      return actions + (users.isEmpty ? [] : [.prepareEpoch(to: users)])
    }
    actions += propose(removalOf: user)
    return actions + ready(user, transition: transition?.id ?? 0, at: now)
  }

  /// Op 31: the user is taken out and, with its next key package, added again.
  package mutating func invalidCommitWelcome(from user: UInt64) -> [Action] {
    keyPackages[user] = nil
    return propose(removalOf: user)
  }

  /// Op 23.
  package mutating func ready(
    _ user: UInt64, transition id: UInt16, at now: Int64
  ) -> [Action] {
    guard var current = transition, current.id == id else { return [] }
    current.waiting.remove(user)
    transition = current
    return tick(now)
  }

  /// Executes a transition that all are ready for, or that has waited long enough.
  package mutating func tick(_ now: Int64) -> [Action] {
    guard let current = transition, current.waiting.isEmpty || now >= current.due else {
      return []
    }
    transition = nil
    return [.executeTransition(to: users, transition: current.id)]
  }
}
