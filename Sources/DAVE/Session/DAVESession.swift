internal import MLS
package import VoiceCrypto

/// A client's side of DAVE, protocol version 1: events in, actions out.
///
/// It has no clock, socket or store of its own. It is a value: a copy is a roll-back.
///
/// ```swift
/// var session = DAVESession(user: ownID, using: &random)
/// for action in session.handle(.sessionDescription(version: 1, channel: id), at: now, using: &random) {
///   switch action {
///   case .sendKeyPackage(let bytes): try await gateway.send(binary: 26, bytes)
///   …
/// ```
package struct DAVESession: Sendable {
  /// Where we stand.
  package enum State: Equatable, Sendable {
    /// No end-to-end encryption.
    case off
    /// In no group that anybody else is in.
    case pending
    case member(epoch: UInt64)
  }

  /// The highest version that we speak, for op 0.
  package static let maximumVersion = 1
  /// Op payloads beyond this are refused unread.
  static let maximumPayload = 1 << 20
  /// Of an epoch, all calls have fewer: each is encrypted to anew with every op 27.
  static let mostProposals = 1024
  /// Of an epoch: the gateway chooses early or not at all.
  static let mostOwnCommits = 256
  /// Nanoseconds before op 31 is sent again for the same transition.
  static let recoveryInterval: Int64 = 30_000_000_000

  package let user: UInt64
  let signingKey: SigningKey
  /// Whether we commit when asked to. A group needs only one member who does; simulations of large
  /// calls spare the work of the others.
  package var isCommitting = true
  package internal(set) var version = 0
  package internal(set) var connection: UInt32 = 0
  package internal(set) var incarnation: UInt32 = 0
  /// Of this incarnation, what keys were given out for.
  var highestEpoch: UInt64 = 0
  package internal(set) var channel: UInt64 = 0
  var externalSender: ExternalSender?
  var expectedUsers: Set<UInt64>
  /// Those that no Welcome has come for; the last one is our leaf in a group of our own.
  var keyPackages: [OwnKeyPackage] = []
  var group: Group?
  /// Proposals of this epoch that a commit must cover, in order.
  var queue: [QueuedProposal] = []
  /// Additions of users that op 11 has not named.
  var unexpected: [QueuedProposal] = []
  /// Ours of this epoch, as sent.
  var ownCommits: [(bytes: [UInt8], next: Group)] = []
  /// What was applied last, to know it when it is announced again.
  var lastCommit: [UInt8] = []
  var transitions: [UInt16: Transition] = [:]
  var lastTransition: UInt16 = 0
  var lastRecovery: (transition: UInt16, time: Int64)?

  struct Transition: Equatable, Sendable {
    var version: Int
    /// The epoch that begins, if one does.
    var epoch: UInt64?
  }

  package init(user: UInt64, using random: inout some RandomNumberGenerator) {
    self.user = user
    expectedUsers = [user]
    signingKey = SigningKey(using: &random)
  }

  package var state: State {
    guard version > 0 else { return .off }
    guard let group, group.epoch > 0 else { return .pending }
    return .member(epoch: group.epoch)
  }

  /// The members' user ids and signature keys; empty unless we are one.
  package var roster: [UInt64: [UInt8]] {
    guard case .member = state, let group else { return [:] }
    return DAVESession.roster(of: group)
  }

  /// The pairwise fingerprint with another member; nil unless both are members.
  package func fingerprint(with other: UInt64) throws(VoiceCryptoError) -> [UInt8]? {
    let roster = roster
    guard let own = roster[user], let their = roster[other] else { return nil }
    return try PairwiseFingerprint.make(
      PairwiseFingerprint.Member(user: user, signatureKey: own),
      PairwiseFingerprint.Member(user: other, signatureKey: their))
  }

  static func roster(of group: Group) -> [UInt64: [UInt8]] {
    var roster: [UInt64: [UInt8]] = [:]
    for (_, leaf) in group.members {
      if let user = DAVEIdentity.user(leaf.credential.identity) { roster[user] = leaf.signatureKey }
    }
    return roster
  }

  /// - Parameters:
  ///   - now: nanoseconds on any clock that does not go back.
  ///   - random: draws our keys.
  package mutating func handle(
    _ event: DAVEEvent, at now: Int64, using random: inout some RandomNumberGenerator
  ) -> [DAVEAction] {
    switch event {
    case .identified(let connection): return identified(connection)
    case .sessionDescription(let version, let channel):
      return described(version: version, channel: channel, using: &random)
    case .usersConnected(let users):
      expectedUsers.formUnion(users)
      return promoteExpected(using: &random)
    case .userDisconnected(let user):
      if user != self.user { expectedUsers.remove(user) }
      return []
    case .prepareTransition(let id, let version): return prepare(id, version: version)
    case .executeTransition(let id): return execute(id)
    case .prepareEpoch(let epoch, let version):
      return prepareEpoch(epoch, version: version, using: &random)
    case .externalSender(let bytes): return externalSender(bytes, using: &random)
    case .proposals(let bytes): return proposals(bytes, using: &random)
    case .commit(let transition, let bytes):
      return commit(bytes, transition: transition, at: now, using: &random)
    case .welcome(let transition, let bytes):
      return welcome(bytes, transition: transition, at: now, using: &random)
    case .framesUnreadable:
      guard case .member = state, transitions.isEmpty else { return [] }
      return recover(lastTransition, at: now, using: &random)
    }
  }
}
