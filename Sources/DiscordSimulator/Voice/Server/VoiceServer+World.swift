internal import JSONValues

/// What happens in the world to those in voice, and what time does.
extension VoiceServer {
  /// The world's voice states are others now: who was thrown out or moved loses the session, who
  /// was muted or deafened is no longer heard or told.
  ///
  /// - Parameter ownMove: who asked for it (op 4) and is told of the voice server anyway.
  package mutating func worldChanged(
    _ world: some VoiceWorld, ownMove: UInt64? = nil, now: Duration
  ) -> [VoiceOutput] {
    var outputs: [VoiceOutput] = []
    for session in sessions.values.sorted(by: { $0.id < $1.id }) {
      let place = world.voicePlace(of: session.user, in: session.guild)
      guard place != session.place, sessions[session.id] != nil else { continue }
      if let place, place.channel == session.channel, place.sessionID == session.gatewaySession {
        sessions[session.id]?.place = place
        allow(session.id, &outputs)
        continue
      }
      if session.isScripted {
        outputs += end(session.id, now: now)
        outputs.append(
          .speakerOut(user: session.user, guild: session.guild, isKicked: place == nil))
        continue
      }
      let isElsewhere = place.map { $0.channel != session.channel } ?? true
      let code: UInt16 = isElsewhere ? 4014 : 4006
      if let connection = session.connection {
        close(connection, code, "Disconnected.", now: now, &outputs)
      }
      outputs += end(session.id, now: now)
      if place != nil, isElsewhere, ownMove != session.user {
        outputs.append(
          .serverUpdate(guild: session.guild, user: session.user, hasEndpoint: true))
      }
    }
    for key in grants.keys where world.voicePlace(of: key.user, in: key.guild) == nil {
      grants[key] = nil
    }
    return outputs
  }

  /// Time went by: late heartbeats, sessions that nobody resumes, transitions, faults.
  package mutating func tick(now: Duration) -> [VoiceOutput] {
    var outputs: [VoiceOutput] = []
    for (id, connection) in connections.sorted(by: { $0.key < $1.key })
    where connection.phase != .ended
      && connection.lastHeartbeat + connection.heartbeatInterval + rules.heartbeatTolerance <= now
    {
      close(id, 4009, "Session timed out.", now: now, &outputs)
    }
    for session in sessions.values.sorted(by: { $0.id < $1.id }) {
      guard let detached = session.detachedAt, detached + rules.resumeWindow <= now else {
        continue
      }
      outputs += end(session.id, now: now)
    }
    for channel in rooms.keys.sorted() {
      guard let due = rooms[channel]?.nextDeadline, due <= now else { continue }
      inRoom(channel, now: now, &outputs) { $0.tick(now: now) }
    }
    let due = scheduled.filter { $0.due <= now }.sorted { $0.due < $1.due }
    scheduled.removeAll { $0.due <= now }
    for (_, task) in due { perform(task, now: now, &outputs) }
    listen(now: now, &outputs)
    return outputs
  }

  private mutating func perform(
    _ task: ScheduledTask, now: Duration, _ outputs: inout [VoiceOutput]
  ) {
    switch task {
    case .fault(let fault): outputs += apply(fault.effect, user: fault.user, now: now)
    case .message(let message, let session): deliver(message, to: session, now: now, &outputs)
    case .closeSessions(let ids, let code):
      for id in ids {
        guard let session = sessions[id] else { continue }
        if let connection = session.connection {
          close(connection, code, "Disconnected.", now: now, &outputs)
        }
        outputs += end(id, now: now)
      }
    case .serverUpdate(let guild, let users, let hasEndpoint):
      for user in users {
        outputs.append(.serverUpdate(guild: guild, user: user, hasEndpoint: hasEndpoint))
      }
    case .speakerBack(let user, let guild):
      outputs.append(.speakerOut(user: user, guild: guild, isKicked: false))
    }
  }
}
