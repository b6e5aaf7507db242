internal import DAVE

/// Repeatable random numbers (SplitMix64).
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// Sessions and the voice gateway's part in one thread.
struct FuzzCall {
  private var random = SplitMix64(state: 1)
  private var gateway: DAVEExternalSender
  private var sessions: [UInt64: DAVESession] = [:]
  private var pending: [DAVEExternalSender.Action] = []
  /// Whose commits the gateway never gets.
  var mute: UInt64?
  /// Who was told what, and the session before.
  var heard: [(user: UInt64, event: DAVEEvent, before: DAVESession)] = []

  init() { gateway = DAVEExternalSender(channel: 5, using: &random) }

  func session(_ user: UInt64) -> DAVESession {
    guard let session = sessions[user] else { preconditionFailure("user \(user) is not there") }
    return session
  }

  mutating func join(_ user: UInt64) {
    sessions[user] = DAVESession(user: user, using: &random)
    tell(user, .identified(connection: 0))
    for other in sessions.keys.sorted() { tell(other, .usersConnected(sessions.keys.sorted())) }
    pending += gateway.join(user)
    tell(user, .sessionDescription(version: 1, channel: 5))
    settle()
  }

  mutating func leave(_ user: UInt64) {
    sessions[user] = nil
    pending += gateway.leave(user, at: 0)
    settle()
  }

  private mutating func tell(_ user: UInt64, _ event: DAVEEvent) {
    guard var session = sessions[user] else { return }
    heard.append((user, event, session))
    let actions = session.handle(event, at: 0, using: &random)
    sessions[user] = session
    for action in actions {
      switch action {
      case .sendKeyPackage(let bytes): pending += gateway.keyPackage(bytes, from: user)
      case .sendCommitWelcome(let bytes) where user != mute:
        pending += gateway.commitWelcome(bytes, from: user, at: 0)
      case .sendTransitionReady(let id):
        pending += gateway.ready(user, transition: id, at: 0)
      default: break
      }
    }
  }

  private mutating func settle() {
    while !pending.isEmpty {
      switch pending.removeFirst() {
      case .externalSender(let user, let bytes): tell(user, .externalSender(bytes))
      case .proposals(let users, let bytes):
        for user in users { tell(user, .proposals(bytes)) }
      case .announceCommit(let users, let id, let bytes):
        for user in users { tell(user, .commit(transition: id, bytes)) }
      case .welcome(let user, let id, let bytes):
        tell(user, .welcome(transition: id, bytes))
      case .executeTransition(let users, let id):
        for user in users { tell(user, .executeTransition(id: id)) }
      case .prepareEpoch(let users):
        for user in users { tell(user, .prepareEpoch(epoch: 1, version: 1)) }
      case .ignored: break
      }
    }
  }
}
