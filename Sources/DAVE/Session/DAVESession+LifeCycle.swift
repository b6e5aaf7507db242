internal import MLS

extension DAVESession {
  mutating func identified(_ connection: UInt32) -> [DAVEAction] {
    self.connection = connection
    version = 0
    incarnation = 0
    highestEpoch = 0
    externalSender = nil
    expectedUsers = [user]
    keyPackages = []
    transitions = [:]
    lastTransition = 0
    lastRecovery = nil
    leaveGroup()
    return []
  }

  mutating func described(
    version: Int, channel: UInt64, using random: inout some RandomNumberGenerator
  ) -> [DAVEAction] {
    // A second op 4 on a connection begins another group.
    if self.version > 0 { beginIncarnation() }
    self.version = max(0, min(version, DAVESession.maximumVersion))
    self.channel = channel
    transitions = [:]
    leaveGroup()
    keyPackages = []
    guard self.version > 0 else { return [.allowPlaintext(true)] }
    return [.allowPlaintext(false)] + offer(using: &random)
  }

  mutating func prepareEpoch(
    _ epoch: UInt64, version: Int, using random: inout some RandomNumberGenerator
  ) -> [DAVEAction] {
    self.version = max(0, min(version, DAVESession.maximumVersion))
    guard epoch == 1 else { return [] }
    beginIncarnation()
    leaveGroup()
    keyPackages = []
    return self.version > 0 ? offer(using: &random) : []
  }

  mutating func prepare(_ id: UInt16, version: Int) -> [DAVEAction] {
    let version = max(0, min(version, DAVESession.maximumVersion))
    // Senders switch when they execute, each at its own moment: both forms are right until then.
    var actions: [DAVEAction] = version == 0 ? [.allowPlaintext(true)] : []
    transitions[id] = Transition(version: version, epoch: transitions[id]?.epoch)
    if id == 0 {
      actions += execute(id)
    } else {
      actions.append(.sendTransitionReady(transition: id))
    }
    return actions
  }

  mutating func execute(_ id: UInt16) -> [DAVEAction] {
    guard let transition = transitions.removeValue(forKey: id) else { return [] }
    version = transition.version
    guard version > 0 else { return [.allowPlaintext(true)] }
    // Without an epoch of its own: the way back from a downgrade, into the group as it is.
    guard let epoch = transition.epoch else { return [.allowPlaintext(false)] }
    // Those that a later epoch overtook are never executed, and wait for nothing.
    transitions = transitions.filter { $0.value.epoch.map { $0 > epoch } ?? true }
    return [
      .retireBefore(connection: connection, incarnation: incarnation, epoch: epoch),
      .allowPlaintext(false),
    ]
  }

  mutating func externalSender(
    _ bytes: [UInt8], using random: inout some RandomNumberGenerator
  ) -> [DAVEAction] {
    if case .member = state {
      return [warning(.unexpected, "an external sender while in a group")]
    }
    do {
      let sender = try ExternalSender(parsing: bounded(bytes))
      guard sender != externalSender || group == nil else { return [] }
      externalSender = sender
      leaveGroup()
      try createPending(using: &random)
      return []
    } catch {
      return [warning(.unexpected, "an external sender that cannot be: \(error.message)")]
    }
  }

  /// A fresh key package, and the group of our own that goes with it.
  mutating func offer(using random: inout some RandomNumberGenerator) -> [DAVEAction] {
    do {
      let own = try OwnKeyPackage(
        identity: DAVEIdentity.bigEndian(user), signingKey: signingKey, using: &random)
      // Several resets may be under way at once, and a Welcome may come for any of their packages.
      keyPackages = keyPackages.suffix(7) + [own]
      try createPending(using: &random)
      return [.sendKeyPackage(own.keyPackage.encoded)]
    } catch {
      return [warning(.cannotCommit, "no key package can be made: \(error.message)")]
    }
  }

  mutating func createPending(
    using random: inout some RandomNumberGenerator
  ) throws(MLSError) {
    guard let externalSender, let own = keyPackages.last, version > 0 else { return }
    group = try Group(
      creating: DAVEIdentity.bigEndian(channel), externalSender: externalSender, with: own,
      using: &random)
  }

  /// From now on epochs are of another group, whose numbers begin anew.
  mutating func beginIncarnation() {
    incarnation += 1
    highestEpoch = 0
    // The old group's epochs are executed no more; a change of version still is.
    transitions = transitions.filter { $0.value.epoch == nil }
  }

  mutating func leaveGroup() {
    group = nil
    endEpoch()
    lastCommit = []
  }

  mutating func endEpoch() {
    queue = []
    unexpected = []
    ownCommits = []
  }

  /// Says that a commit or Welcome was no good and asks to be added again (op 31).
  mutating func recover(
    _ transition: UInt16, at now: Int64, using random: inout some RandomNumberGenerator
  ) -> [DAVEAction] {
    if let last = lastRecovery, last.transition == transition,
      now - last.time < DAVESession.recoveryInterval
    {
      return []
    }
    lastRecovery = (transition, now)
    leaveGroup()
    return [.sendInvalidCommitWelcome(transition: transition)] + offer(using: &random)
      + [warning(.outOfGroup, "asked to be added to the group again")]
  }

  func warning(_ code: DAVEWarning.Code, _ message: String) -> DAVEAction {
    .warn(DAVEWarning(code: code, message: message))
  }

  func bounded(_ bytes: [UInt8]) throws(MLSError) -> [UInt8] {
    guard bytes.count <= DAVESession.maximumPayload else {
      throw MLSError(.tooLarge, "a payload of \(bytes.count) bytes")
    }
    return bytes
  }
}
