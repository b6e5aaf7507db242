internal import MLS

extension DAVESession {
  mutating func commit(
    _ bytes: [UInt8], transition: UInt16, at now: Int64,
    using random: inout some RandomNumberGenerator
  ) -> [DAVEAction] {
    guard let group else { return [] }
    if let own = ownCommits.first(where: { $0.bytes == bytes }) {
      return enter(own.next, by: .ownCommit, commit: bytes, transition: transition)
    }
    // While we wait, other commits are of a group that is not ours yet: a Welcome comes next.
    guard group.epoch > 0, bytes != lastCommit else { return [] }
    do {
      let message = try PublicMessage(parsing: bounded(bytes))
      // After a resume the gateway says again what we have heard.
      if message.content.groupID == group.groupID, message.content.epoch < group.epoch {
        return []
      }
      let next = try group.applying(message, proposals: queue)
      try checkRoster(of: next)
      return enter(next, by: .commit, commit: bytes, transition: transition)
    } catch {
      if error.code == .removed {
        // Nothing of ours changes when it is executed, so nothing waits for that.
        leaveGroup()
        let ready: [DAVEAction] =
          transition == 0 ? [] : [.sendTransitionReady(transition: transition)]
        return ready + offer(using: &random)
          + [warning(.outOfGroup, "a commit took us out of the group")]
      }
      return [warning(.badCommit, error.message)]
        + recover(transition, at: now, using: &random)
    }
  }

  mutating func welcome(
    _ bytes: [UInt8], transition: UInt16, at now: Int64,
    using random: inout some RandomNumberGenerator
  ) -> [DAVEAction] {
    if case .member = state { return [] }
    guard version > 0, let externalSender else {
      return [warning(.unexpected, "a Welcome before an external sender")]
    }
    do {
      let next = try Group(
        joining: try Welcome(parsing: bounded(bytes)), with: keyPackages,
        groupID: DAVEIdentity.bigEndian(channel), externalSender: externalSender)
      try checkRoster(of: next)
      return enter(next, by: .welcome, commit: [], transition: transition)
    } catch {
      return [warning(.badWelcome, error.message)]
        + recover(transition, at: now, using: &random)
    }
  }

  /// Everybody is a user, nobody is there twice.
  private func checkRoster(of next: Group) throws(MLSError) {
    var identities = Set<[UInt8]>()
    for (_, leaf) in next.members {
      guard DAVEIdentity.user(leaf.credential.identity) != nil else {
        throw MLSError(.badTree, "a member who is no user")
      }
      guard leaf.extensions.isEmpty else {
        throw MLSError(.unsupported, "a member whose leaf has extensions")
      }
      guard identities.insert(leaf.credential.identity).inserted else {
        throw MLSError(.badTree, "a user who is in the group twice")
      }
    }
  }

  private mutating func enter(
    _ next: Group, by origin: DAVEEpochKeys.Origin, commit: [UInt8], transition: UInt16
  ) -> [DAVEAction] {
    group = next
    // A voice gateway that lost its group, and does not say so, begins it anew.
    if next.epoch <= highestEpoch { beginIncarnation() }
    highestEpoch = next.epoch
    endEpoch()
    keyPackages = []
    lastCommit = commit
    lastTransition = transition
    transitions[transition] = Transition(version: version, epoch: next.epoch)
    var senders: [UInt64: [UInt8]] = [:]
    for user in DAVESession.roster(of: next).keys {
      senders[user] = next.export(
        label: "Discord Secure Frames v0", context: DAVEIdentity.littleEndian(user), length: 16)
    }
    let keys = DAVEEpochKeys(
      connection: connection, incarnation: incarnation, epoch: next.epoch, channel: channel,
      origin: origin, transition: transition, senders: senders,
      epochAuthenticator: next.epochAuthenticator)
    let strangers = senders.keys.filter { !expectedUsers.contains($0) }.sorted()
    let warnings = strangers.map { stranger in
      warning(.unexpected, "user \(stranger) is in the group, and not in the channel")
    }
    // Transition 0 is executed by whoever hears of it.
    let then: [DAVEAction] =
      transition == 0 ? execute(0) : [.sendTransitionReady(transition: transition)]
    return [.install(keys)] + then + warnings
  }
}
