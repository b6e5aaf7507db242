import TestSupport
import Testing

@testable import DAVE

/// A call of several sessions with the voice gateway's part between them, in one thread and with its
/// own time.
struct Call {
  static let channel: UInt64 = 0x0102_0304_0506_0708

  var gateway: DAVEExternalSender
  var sessions: [UInt64: DAVESession] = [:]
  var random: SplitMix64
  var now: Int64 = 0
  /// What every session installed, last epoch last.
  var installed: [UInt64: [DAVEEpochKeys]] = [:]
  var warnings: [UInt64: [DAVEWarning]] = [:]
  /// Messages of the gateway that are held back from a user, by a test.
  var deaf: Set<UInt64> = []
  /// Users whose commits the gateway never gets.
  var mute: Set<UInt64> = []
  /// Nobody's commits arrive, so that the next one covers several changes.
  var isHoldingCommits = false
  /// Transitions that the gateway executed.
  private(set) var executed = 0
  /// Users whose first Welcome is kept here in place of being delivered.
  var deafToWelcome: Set<UInt64> = []
  private(set) var heldWelcomes: [DAVEEvent] = []
  /// Lets a test change what a user hears.
  var tamper: (@Sendable (UInt64, DAVEEvent) -> DAVEEvent?)?
  /// Sees what every session wants done, with the time.
  var observe: ((UInt64, DAVEAction, Int64) -> Void)?
  private var pending: [DAVEExternalSender.Action] = []

  init(seed: UInt64) {
    random = SplitMix64(seed: seed)
    gateway = DAVEExternalSender(channel: Call.channel, using: &random)
  }

  mutating func join(_ users: UInt64...) {
    for user in users {
      var session = DAVESession(user: user, using: &random)
      _ = session.handle(.identified(connection: 0), at: now, using: &random)
      let others = Array(sessions.keys)
      sessions[user] = session
      deliver(.usersConnected(others + [user]), to: user)
      for other in others { deliver(.usersConnected([user]), to: other) }
      carryOut(gateway.join(user))
      deliver(.sessionDescription(version: 1, channel: Call.channel), to: user)
    }
    settle()
  }

  /// Somebody whom nobody has seen before.
  func newcomer() -> UInt64 { (sessions.keys.max() ?? 0) + 1 }

  /// A user identifies anew: for the gateway it has gone and comes.
  mutating func reconnect(_ user: UInt64, connection: UInt32) {
    let others = sessions.keys.filter { $0 != user }.sorted()
    for other in others { deliver(.userDisconnected(user), to: other) }
    carryOut(gateway.leave(user, at: now))
    deaf.insert(user)
    settle()
    deaf.remove(user)
    deliver(.identified(connection: connection), to: user)
    deliver(.usersConnected(others + [user]), to: user)
    for other in others { deliver(.usersConnected([user]), to: other) }
    carryOut(gateway.join(user))
    deliver(.sessionDescription(version: 1, channel: Call.channel), to: user)
    settle()
  }

  /// The gateway forgets the group, and says nothing of it.
  mutating func loseGroup() {
    gateway.leaves = []
    gateway.epoch = 0
    gateway.open = []
    gateway.keyPackages = [:]
    gateway.transition = nil
  }

  /// The gateway has a user removed that stays connected, and adds it again.
  mutating func expel(_ user: UInt64) {
    carryOut(gateway.invalidCommitWelcome(from: user))
    settle()
  }

  mutating func leave(_ user: UInt64) {
    sessions[user] = nil
    for other in sessions.keys.sorted() { deliver(.userDisconnected(user), to: other) }
    carryOut(gateway.leave(user, at: now))
    settle()
  }

  mutating func deliver(_ event: DAVEEvent, to user: UInt64) {
    guard !deaf.contains(user), var session = sessions[user] else { return }
    var heard: DAVEEvent? = event
    if let tamper { heard = tamper(user, event) }
    guard let heard else { return }
    let actions = session.handle(heard, at: now, using: &random)
    sessions[user] = session
    for action in actions { carryOut(action, of: user) }
  }

  private mutating func carryOut(_ action: DAVEAction, of user: UInt64) {
    observe?(user, action, now)
    switch action {
    case .sendKeyPackage(let bytes): carryOut(gateway.keyPackage(bytes, from: user))
    case .sendCommitWelcome(let bytes):
      if !mute.contains(user), !isHoldingCommits {
        carryOut(gateway.commitWelcome(bytes, from: user, at: now))
      }
    case .sendTransitionReady(let id): carryOut(gateway.ready(user, transition: id, at: now))
    case .sendInvalidCommitWelcome: carryOut(gateway.invalidCommitWelcome(from: user))
    case .install(let keys): installed[user, default: []].append(keys)
    case .warn(let warning): warnings[user, default: []].append(warning)
    case .retireBefore, .allowPlaintext: break
    }
  }

  /// The gateway's messages wait their turn, as they would in a socket.
  private mutating func carryOut(_ actions: [DAVEExternalSender.Action]) { pending += actions }

  mutating func settle() {
    while !pending.isEmpty {
      switch pending.removeFirst() {
      case .externalSender(let user, let bytes): deliver(.externalSender(bytes), to: user)
      case .proposals(let users, let bytes):
        for user in users { deliver(.proposals(bytes), to: user) }
      case .announceCommit(let users, let id, let bytes):
        for user in users { deliver(.commit(transition: id, bytes), to: user) }
      case .welcome(let user, let id, let bytes):
        if deafToWelcome.remove(user) != nil {
          heldWelcomes.append(.welcome(transition: id, bytes))
        } else {
          deliver(.welcome(transition: id, bytes), to: user)
        }
      case .executeTransition(let users, let id):
        executed += 1
        for user in users { deliver(.executeTransition(id: id), to: user) }
      case .prepareEpoch(let users):
        for user in users { deliver(.prepareEpoch(epoch: 1, version: 1), to: user) }
      case .ignored: break
      }
    }
  }

  /// All who are in the call are in one group and know each other's keys.
  func expectAgreement(
    _ users: UInt64..., sourceLocation: SourceLocation = #_sourceLocation
  ) {
    expectAgreement(users, sourceLocation: sourceLocation)
  }

  func expectAgreement(
    _ users: [UInt64], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let latest = users.compactMap { installed[$0]?.last }
    #expect(latest.count == users.count, sourceLocation: sourceLocation)
    guard let first = latest.first else { return }
    #expect(Set(first.senders.keys) == Set(users), sourceLocation: sourceLocation)
    for keys in latest {
      #expect(keys.epoch == gateway.epoch, sourceLocation: sourceLocation)
      #expect(keys.epochAuthenticator == first.epochAuthenticator, sourceLocation: sourceLocation)
      #expect(keys.senders == first.senders, sourceLocation: sourceLocation)
    }
    for user in users {
      #expect(
        sessions[user]?.state == .member(epoch: gateway.epoch), sourceLocation: sourceLocation)
    }
    #expect(Set(gateway.members) == Set(users), sourceLocation: sourceLocation)
  }
}
