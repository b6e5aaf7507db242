internal import DAVE

extension CallSimulation {
  /// Nanoseconds on the way to or from somebody. At a connection's begin servers are quick, so that
  /// the recorder misses little; later it hears of commits behind some of the speakers.
  private mutating func delay(_ user: UInt64, at time: Int64) -> Int64 {
    if isSettingUp { return 0 }
    let share = delays.uniform()
    if time < start + .milliseconds(500) { return .milliseconds(2 + 2 * share) }
    return .milliseconds(8 + share * (user == EndToEndPlan.recorder ? 80 : 40))
  }

  mutating func send(_ event: DAVEEvent, to user: UInt64, at time: Int64) {
    let due = max(time + delay(user, at: time), clients[user]?.lastDown ?? 0)
    clients[user]?.lastDown = due
    push(
      due,
      .down(to: user, event, in: GroupEpoch(generation: generation, epoch: gateway.epoch)))
  }

  mutating func send(_ actions: [DAVEExternalSender.Action], at time: Int64) {
    for action in actions {
      switch action {
      case .externalSender(let user, let bytes): send(.externalSender(bytes), to: user, at: time)
      case .proposals(let users, let bytes):
        // Whoever waits for a Welcome has no use for them, and a large call has many who do.
        let members = gateway.members
        let isForMembers = isSettingUp && !members.isEmpty
        for user in isForMembers ? members : users { send(.proposals(bytes), to: user, at: time) }
      case .announceCommit(let users, let id, let bytes):
        for user in users { send(.commit(transition: id, bytes), to: user, at: time) }
        push(time + .seconds(2.1), .tick)
      case .welcome(let user, let id, let bytes):
        send(.welcome(transition: id, bytes), to: user, at: time)
      case .executeTransition(let users, let id):
        for user in users { send(.executeTransition(id: id), to: user, at: time) }
      case .prepareEpoch(let users):
        for user in users { send(.prepareEpoch(epoch: 1, version: 1), to: user, at: time) }
      // All commit, and one is first.
      case .ignored: break
      }
    }
  }

  mutating func receive(
    _ event: DAVEEvent, in group: GroupEpoch, by user: UInt64, at time: Int64
  ) {
    guard let client = clients[user] else { return }
    if client.isFollowing, follow(event, in: group, by: user, at: time) { return }
    guard let actions = clients[user]?.handle(event, at: time) else { return }
    let isRecorder = user == EndToEndPlan.recorder
    if isRecorder { note(event, at: time) }
    if case .executeTransition(let id) = event {
      keys[user]?.execute(id)
      if id == Self.downgradeTransition { keys[user]?.allowPlaintext() }
    }
    for action in actions {
      switch action {
      case .sendKeyPackage, .sendCommitWelcome, .sendInvalidCommitWelcome, .sendTransitionReady:
        answer(action, of: user, at: time)
      case .install(let new):
        let own = GroupEpoch(generation: group.generation, epoch: new.epoch)
        if !secrets.isAgreed(own, new.epochAuthenticator) {
          warnings.append("\(user) at \(time): another group than the others'")
        }
        install(own, for: user, transition: new.transition)
      case .warn(let warning): warnings.append("\(user) at \(time): \(warning)")
      case .retireBefore, .allowPlaintext: break
      }
      if isRecorder { note(action, of: event, in: group, at: time) }
    }
  }

  private mutating func answer(_ action: DAVEAction, of user: UInt64, at time: Int64) {
    let due = max(time + delay(user, at: time), clients[user]?.lastUp ?? 0)
    clients[user]?.lastUp = due
    push(due, .up(from: user, action))
  }

  private mutating func install(_ group: GroupEpoch, for user: UInt64, transition: UInt16) {
    let secret = secrets.secret(of: user, in: group)
    if let key = try? SpeakerKeys.Key(epoch: group.epoch, secret: secret) {
      keys[user]?.install(key, transition: transition)
    }
  }

  /// What a client without a group of its own does, which is what one with a group would.
  ///
  /// - Returns: False for what it leaves to its session: key packages.
  private mutating func follow(
    _ event: DAVEEvent, in group: GroupEpoch, by user: UInt64, at time: Int64
  ) -> Bool {
    switch event {
    case .proposals: return true
    case .commit(let transition, _), .welcome(let transition, _):
      install(group, for: user, transition: transition)
      answer(.sendTransitionReady(transition: transition), of: user, at: time)
      return true
    case .executeTransition(let id):
      keys[user]?.execute(id)
      if id == Self.downgradeTransition { keys[user]?.allowPlaintext() }
      return true
    default: return false
    }
  }
}
