internal import MLS

@testable internal import DAVE

/// A call of a few with the voice gateway's part between them, of which the messages are kept, each
/// with the session that waits for it.
struct Scene {
  #if TAPEDECK_FUZZ_STUB
    static let areSignaturesChecked = false
  #else
    static let areSignaturesChecked = true
  #endif

  /// A message and the session that waits for it.
  struct Heard {
    var bytes: [UInt8]
    var session: DAVESession
    /// What the session's queue is after op 27.
    var queue: [QueuedProposal] = []
  }

  let pending: DAVESession
  /// Op 25.
  let sender: [UInt8]
  /// Op 27 of an addition and of a removal.
  let append: Heard
  let removal: Heard
  /// Op 29 without and with a path.
  let addition: Heard
  let path: Heard
  /// Op 30.
  let greeting: Heard

  init() {
    var call = FuzzCall()
    call.join(1)
    pending = call.session(1)
    call.join(2)
    call.join(4)
    // From here on 1 only listens.
    call.mute = 1
    call.heard = []
    call.join(3)
    var sender: [UInt8] = []
    for case (_, .externalSender(let bytes), _) in call.heard { sender = bytes }
    self.sender = sender
    append = Scene.proposals(in: call)
    addition = Scene.commit(in: call)
    greeting = Scene.welcome(in: call)
    call.heard = []
    call.leave(3)
    removal = Scene.proposals(in: call)
    path = Scene.commit(in: call)
  }

  private static func proposals(in call: FuzzCall) -> Heard {
    for case (1, .proposals(let bytes), let before) in call.heard {
      var after = before
      var random = SplitMix64(state: 3)
      _ = after.handle(.proposals(bytes), at: 0, using: &random)
      return Heard(bytes: bytes, session: before, queue: after.queue)
    }
    preconditionFailure("no op 27")
  }

  private static func commit(in call: FuzzCall) -> Heard {
    for case (1, .commit(_, let bytes), let before) in call.heard {
      return Heard(bytes: bytes, session: before)
    }
    preconditionFailure("no op 29")
  }

  private static func welcome(in call: FuzzCall) -> Heard {
    for case (3, .welcome(_, let bytes), let before) in call.heard {
      return Heard(bytes: bytes, session: before)
    }
    preconditionFailure("no op 30")
  }

  /// Changes by the fuzzer's bytes: sets, cuts out, puts in, cuts off.
  static func altered(_ message: [UInt8], _ change: [UInt8]) -> [UInt8] {
    var message = message
    for start in stride(from: 0, to: change.count - 3, by: 4) {
      guard !message.isEmpty else { break }
      let place = (Int(change[start]) << 8 | Int(change[start + 1])) % message.count
      switch change[start + 2] % 5 {
      case 0: message[place] = change[start + 3]
      case 1: message[place] ^= change[start + 3]
      case 2:
        let end = min(message.count, place + 1 + Int(change[start + 3]))
        message.removeSubrange(place..<end)
      case 3:
        let end = min(message.count, place + 1 + Int(change[start + 3]))
        message.insert(contentsOf: message[place..<end], at: place)
      default: message.removeSubrange(place...)
      }
    }
    return message
  }

  private func handle(_ event: DAVEEvent, _ session: inout DAVESession) -> [DAVEAction] {
    var random = SplitMix64(state: 3)
    return session.handle(event, at: 0, using: &random)
  }

  private func installs(_ actions: [DAVEAction]) -> Bool {
    actions.contains { if case .install = $0 { true } else { false } }
  }

  private func commits(_ actions: [DAVEAction]) -> Bool {
    actions.contains { if case .sendCommitWelcome = $0 { true } else { false } }
  }

  func proposals(_ change: [UInt8], of good: Heard) {
    let bytes = Scene.altered(good.bytes, change)
    guard bytes != good.bytes else { return }
    var session = good.session
    let actions = handle(.proposals(bytes), &session)
    guard Scene.areSignaturesChecked else { return }
    precondition(!installs(actions) && session.state == good.session.state)
    // The good one twice over is good.
    precondition(session.queue.isEmpty || session.queue == good.queue)
    precondition(session.unexpected.isEmpty)
    precondition(commits(handle(.proposals(good.bytes), &session)))
    precondition(session.queue == good.queue)
  }

  func commit(_ change: [UInt8], of good: Heard) {
    let bytes = Scene.altered(good.bytes, change)
    guard bytes != good.bytes else { return }
    var session = good.session
    let actions = handle(.commit(transition: 9, bytes), &session)
    guard Scene.areSignaturesChecked else { return }
    precondition(!installs(actions))
    // A refused commit asks to be added again, so the good one is for the session as it was; which is
    // a value of its own, so now and then is enough.
    guard change.count % 8 == 0 else { return }
    var again = good.session
    precondition(installs(handle(.commit(transition: 9, good.bytes), &again)))
  }

  func welcome(_ bytes: [UInt8]) {
    guard bytes != greeting.bytes else { return }
    var session = greeting.session
    let actions = handle(.welcome(transition: 9, bytes), &session)
    precondition(!installs(actions) && session.state == greeting.session.state)
    precondition(installs(handle(.welcome(transition: 9, greeting.bytes), &session)))
  }

  /// It is signed by nobody: another well-formed one is another's.
  func externalSender(_ bytes: [UInt8]) {
    var waiting = pending
    _ = handle(.externalSender(bytes), &waiting)
    precondition(waiting.state == .pending)
    var member = addition.session
    _ = handle(.externalSender(bytes), &member)
    precondition(member.state == addition.session.state)
    precondition(installs(handle(.commit(transition: 9, addition.bytes), &member)))
  }

  func rubbish(_ bytes: [UInt8], _ opcode: UInt8) {
    var session = [pending, addition.session, greeting.session][Int(opcode / 4) % 3]
    let event: DAVEEvent =
      switch opcode % 4 {
      case 0: .externalSender(bytes)
      case 1: .commit(transition: 9, bytes)
      case 2: .welcome(transition: 9, bytes)
      default: .proposals(bytes)
      }
    let actions = handle(event, &session)
    let isGood = [addition.bytes, path.bytes, greeting.bytes].contains(bytes)
    precondition(!Scene.areSignaturesChecked || isGood || !installs(actions))
  }
}
