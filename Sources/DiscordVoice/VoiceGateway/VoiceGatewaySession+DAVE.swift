internal import DAVE

extension VoiceMessage {
  /// The message as end-to-end encryption has it; nil for all others.
  var daveEvent: DAVEEvent? {
    switch self {
    case .prepareTransition(let id, let version): .prepareTransition(id: id, version: version)
    case .executeTransition(let id): .executeTransition(id: id)
    case .prepareEpoch(let epoch, let version): .prepareEpoch(epoch: epoch, version: version)
    case .externalSender(let bytes): .externalSender(bytes)
    case .proposals(let bytes): .proposals(bytes)
    case .commit(let transition, let bytes): .commit(transition: transition, bytes)
    case .welcome(let transition, let bytes): .welcome(transition: transition, bytes)
    default: nil
    }
  }
}

extension DAVEEvent {
  /// The transition that the event belongs to.
  fileprivate var transition: UInt16? {
    switch self {
    case .prepareTransition(let id, _), .executeTransition(let id): id
    case .commit(let id, _), .welcome(let id, _): id
    default: nil
    }
  }
}

extension VoiceGatewaySession {
  mutating func handleDAVE(
    _ event: DAVEEvent, _ now: Duration, _ random: inout some RandomNumberGenerator,
    _ actions: inout [VoiceGatewayAction]
  ) {
    let connection = settings.connection
    if case .prepareTransition(let id, let version) = event { remember(id, .version(version)) }
    let todo = dave.handle(event, at: now.nanoseconds, using: &random)
    var retired: (incarnation: UInt32, epoch: UInt64)?
    for action in todo {
      switch action {
      case .sendKeyPackage(let bytes):
        unansweredKeyPackage = bytes
        unansweredCommit = nil
        actions.append(.send(.binary(op: 26, bytes)))
      case .sendCommitWelcome(let bytes):
        unansweredCommit = bytes
        actions.append(.send(.binary(op: 28, bytes)))
      case .sendInvalidCommitWelcome(let id):
        actions.append(.send(.invalidCommitWelcome(transition: id)))
      case .sendTransitionReady(let id): readyWhenStored(id, now, &actions)
      case .install(let keys): install(keys, &actions)
      case .retireBefore(let connection, let incarnation, let epoch):
        retired = (incarnation, epoch)
        actions.append(
          .event(
            .daveExecuted(
              connection: connection, incarnation: incarnation, epoch: epoch,
              transition: event.transition ?? 0)))
      case .allowPlaintext(let allowed):
        actions.append(.event(.davePlaintext(connection: connection, allowed: allowed)))
      case .warn(let warning):
        actions.append(.event(.daveWarning(connection: connection, warning)))
      }
    }
    if case .executeTransition(let id) = event { execute(id, retired: retired != nil, &actions) }
    // Transition 0 is executed by whoever hears of it.
    if event.transition == 0, transitions[0] != nil {
      execute(0, retired: retired != nil, &actions)
    }
    tellState(&actions)
  }

  private mutating func install(_ keys: DAVEEpochKeys, _ actions: inout [VoiceGatewayAction]) {
    remember(
      keys.transition,
      .epoch(
        incarnation: keys.incarnation, epoch: keys.epoch,
        ownSecret: keys.senders[settings.user] ?? []))
    unansweredKeyPackage = nil
    unansweredCommit = nil
    storeNumber += 1
    actions.append(.store(.epoch(keys), number: storeNumber))
    let code = DAVECodes.privacyCode(epochAuthenticator: keys.epochAuthenticator)
    actions.append(.event(.daveEpoch(keys, privacyCode: code)))
  }

  private mutating func remember(_ id: UInt16, _ transition: Transition) {
    if transitions.count >= Self.mostTransitions {
      transitions = [:]
      toldReady = []
    }
    transitions[id] = transition
  }

  /// Op 23 waits for the keys that were given out to be stored so far; any other goes in its turn.
  private mutating func readyWhenStored(
    _ id: UInt16, _ now: Duration, _ actions: inout [VoiceGatewayAction]
  ) {
    // The same transition may be announced again, with other keys.
    pendingReady.removeAll { $0.transition == id }
    if pendingReady.count >= Self.mostTransitions { pendingReady.removeFirst() }
    var ready = PendingReady(
      transition: id, incarnation: dave.incarnation, storeNumber: 0, due: now + Self.storeTimeout)
    if case .epoch(let incarnation, let epoch, _) = transitions[id] {
      ready.incarnation = incarnation
      ready.epoch = epoch
      ready.storeNumber = storeNumber
    }
    pendingReady.append(ready)
    sendReady(now, &actions)
  }

  /// What we send changes when everybody switches, not when we could.
  private mutating func execute(
    _ id: UInt16, retired: Bool, _ actions: inout [VoiceGatewayAction]
  ) {
    toldReady.remove(id)
    guard let transition = transitions.removeValue(forKey: id) else { return }
    switch transition {
    case .version(let version):
      if !retired {
        actions.append(
          .event(
            .daveExecuted(
              connection: settings.connection, incarnation: dave.incarnation, epoch: nil,
              transition: id)))
      }
      if version <= 0 { actions.append(.seal(.none)) }
    case .epoch(let incarnation, let epoch, let secret):
      guard secret.count == 16 else { return }
      // Those that a later epoch overtook are never executed.
      transitions = transitions.filter {
        guard case .epoch(let other, let number, _) = $0.value, other == incarnation else {
          return true
        }
        return number > epoch
      }
      toldReady.formIntersection(transitions.keys)
      actions.append(.seal(.epoch(incarnation: incarnation, epoch: epoch, secret: secret)))
    }
  }

  mutating func tellState(_ actions: inout [VoiceGatewayAction]) {
    let now: VoiceEncryption =
      switch dave.state {
      case .off: settings.isStage ? .stage : .off
      case .pending: .pending
      case .member(let epoch): .member(epoch: epoch)
      }
    guard now != encryption else { return }
    encryption = now
    actions.append(.event(.daveState(connection: settings.connection, now)))
  }
}

extension Duration {
  /// Whole nanoseconds, within 292 years.
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return Int64(clamping: Int128(seconds) * 1_000_000_000 + Int128(attoseconds / 1_000_000_000))
  }
}
