internal import CaptureLog
internal import DAVE

/// What the recorder writes down.
extension CallSimulation {
  /// Who comes and goes is written down with the streams, but for the guest, who has none.
  mutating func note(_ event: DAVEEvent, at time: Int64) {
    switch event {
    case .usersConnected([EndToEndPlan.guest]):
      let users = [String(EndToEndPlan.guest)]
      note(ClientConnectEvent(connection: connection, users: users), at: time)
    case .userDisconnected(EndToEndPlan.guest):
      let user = String(EndToEndPlan.guest)
      note(ClientDisconnectEvent(connection: connection, user: user), at: time)
    default: break
    }
  }

  private mutating func note(_ payload: some CaptureEventPayload, at time: Int64) {
    outputs.append(.event(CaptureEvent(payload, time: time)))
  }

  /// Keys come before what says that we are ready.
  mutating func note(
    _ action: DAVEAction, of event: DAVEEvent, in group: GroupEpoch, at time: Int64
  ) {
    let session = clients[EndToEndPlan.recorder]?.session
    switch action {
    case .install(let new):
      let own = GroupEpoch(generation: group.generation, epoch: new.epoch)
      for user in new.senders.keys.sorted() where user != EndToEndPlan.recorder {
        outputs.append(
          .key(
            user: String(user), incarnation: new.incarnation, epoch: new.epoch,
            secret: secrets.secret(of: user, in: own), time: time))
      }
      note(
        DAVEEpochEvent(
          connection: connection, incarnation: new.incarnation, epoch: new.epoch,
          transition: new.transition, origin: origin(new.origin), members: new.senders.count),
        at: time)
    case .sendTransitionReady(let id):
      let epoch: UInt64? = if case .member(let epoch)? = session?.state { epoch } else { nil }
      note(
        DAVETransitionEvent(
          connection: connection, incarnation: session?.incarnation ?? 0, epoch: epoch,
          transition: id, state: DAVETransitionEvent.ready), at: time)
    case .retireBefore(let connection, let incarnation, let epoch):
      let id: UInt16 = if case .executeTransition(let id) = event { id } else { 0 }
      note(
        DAVETransitionEvent(
          connection: connection, incarnation: incarnation, epoch: epoch, transition: id,
          state: DAVETransitionEvent.executed), at: time)
    case .allowPlaintext(let isAllowed) where isAllowed != isPlaintextAllowed:
      isPlaintextAllowed = isAllowed
      note(DAVEPlaintextEvent(connection: connection, allowed: isAllowed), at: time)
    default: break
    }
  }

  private func origin(_ origin: DAVEEpochKeys.Origin) -> String {
    switch origin {
    case .ownCommit: "own_commit"
    case .commit: "commit"
    case .welcome: "welcome"
    }
  }
}
