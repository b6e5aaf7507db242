internal import JSONValues

/// How the voice servers do their faults.
extension VoiceServer {
  /// Adds a fault to the plan; one without a time happens at once.
  package mutating func inject(_ fault: VoiceFault, now: Duration) -> [VoiceOutput] {
    if let time = fault.time, time > now {
      scheduled.append((time, .fault(fault)))
      return []
    }
    return apply(fault.effect, user: fault.user, now: now)
  }

  mutating func apply(
    _ effect: VoiceFault.Effect, user: UInt64?, now: Duration
  ) -> [VoiceOutput] {
    var outputs: [VoiceOutput] = []
    let clients = sessions.values
      .filter { !$0.isScripted && (user == nil || $0.user == user) }
      .sorted { $0.id < $1.id }
    switch effect {
    case .loss, .burst, .reorder, .duplicate, .corrupt, .replay, .forge, .delay, .jitter, .stall:
      outputs.append(.media(.fault(effect, user: user)))
    case .blackout(let length):
      outputs.append(.media(.fault(effect, user: user)))
      for client in clients {
        guard let connection = client.connection else { continue }
        // What did not come by is no fault of the client.
        connections[connection]?.lastHeartbeat += length
        outputs.append(.hold(connection: connection, length))
      }
    case .refuseResumes(let count): refusedResumes += count
    case .refuseIdentifies(let code, let count): refusedIdentifies = (code, count)
    case .ignoreJoins(let count): ignoredJoins += count
    case .repeatReplay(let count): repeatedReplay = max(repeatedReplay, count)
    case .kick, .move, .deafen, .mute:
      let users = user.map { [$0] } ?? clients.map(\.user)
      for user in users {
        let guild = sessions.values.first { $0.user == user }?.guild ?? 0
        outputs.append(.world(effect, user: user, guild: guild))
      }
    case .migrate(let order, let nullFirst):
      for guild in Set(clients.map(\.guild)).sorted() {
        migrate(guild, order, nullFirst: nullFirst, now: now, &outputs)
      }
    case .downgrade, .upgrade, .recreate, .endCall:
      let chosen = sessions.values.filter { user == nil || $0.user == user }
      for channel in Set(chosen.map(\.channel)).sorted() {
        apply(effect, call: channel, now: now, &outputs)
      }
    default:
      for client in clients { apply(effect, client: client, now: now, &outputs) }
    }
    return outputs
  }

  private mutating func apply(
    _ effect: VoiceFault.Effect, client: VoiceServerSession, now: Duration,
    _ outputs: inout [VoiceOutput]
  ) {
    switch effect {
    case .lateSpeaking(let delay): sessions[client.id]?.speakingDelay = .some(delay)
    case .badCommit: sessions[client.id]?.damagesNextCommit = true
    case .badWelcome: sessions[client.id]?.damagesNextWelcome = true
    default:
      guard let connection = client.connection else { return }
      switch effect {
      case .close(let code): close(connection, code, "A scripted fault.", now: now, &outputs)
      case .muteAcknowledgements: connections[connection]?.isMuted = true
      case .drop:
        outputs.append(.reset(connection: connection))
        detach(client.id, from: connection, now: now)
      case .silence:
        outputs.append(.silence(connection: connection))
        detach(client.id, from: connection, now: now)
      default: break
      }
    }
  }

  private mutating func detach(_ id: UInt64, from connection: UInt64, now: Duration) {
    connections[connection]?.phase = .ended
    sessions[id]?.connection = nil
    sessions[id]?.detachedAt = now
  }

  private mutating func apply(
    _ effect: VoiceFault.Effect, call channel: UInt64, now: Duration,
    _ outputs: inout [VoiceOutput]
  ) {
    let isStage = sessions(in: channel).contains { $0.place.isStage }
    switch effect {
    case .downgrade: inRoom(channel, now: now, &outputs) { $0.downgrade(now: now) }
    case .upgrade, .recreate:
      if !isStage { inRoom(channel, now: now, &outputs) { $0.recreate(now: now) } }
    case .endCall:
      for session in sessions(in: channel) where !session.isScripted {
        guard let connection = session.connection else { continue }
        close(connection, 4022, "Disconnected: call terminated.", now: now, &outputs)
      }
    default: break
    }
  }

  /// The guild's voice goes to another server: all sessions end there, and with them the calls.
  private mutating func migrate(
    _ guild: UInt64, _ order: VoiceFault.MigrationOrder, nullFirst: Bool, now: Duration,
    _ outputs: inout [VoiceOutput]
  ) {
    servers[guild] = 1 - (servers[guild] ?? 0)
    let all = sessions.values.filter { $0.guild == guild }.sorted { $0.id < $1.id }
    let users = all.filter { !$0.isScripted }.map(\.user)
    let ids = all.filter { !$0.isScripted }.map(\.id)
    let later = now + .milliseconds(200)
    if order == .closeFirst { perform(close: ids, now: now, &outputs) }
    if nullFirst {
      for user in users {
        outputs.append(.serverUpdate(guild: guild, user: user, hasEndpoint: false))
      }
      scheduled.append((later, .serverUpdate(guild: guild, users: users, hasEndpoint: true)))
    } else {
      let updateAt = order == .closeFirst ? later : now
      scheduled.append((updateAt, .serverUpdate(guild: guild, users: users, hasEndpoint: true)))
    }
    if order == .updateFirst {
      scheduled.append((later + .milliseconds(50), .closeSessions(ids, code: 4014)))
    }
    // The others come to the new server by themselves.
    for session in all where session.isScripted {
      outputs += end(session.id, now: now)
      scheduled.append(
        (later, .speakerBack(user: session.user, guild: session.guild)))
    }
    // The new server's call has another sender of proposals.
    if order == .closeFirst { for session in all { rooms[session.channel] = nil } }
  }

  private mutating func perform(
    close ids: [UInt64], now: Duration, _ outputs: inout [VoiceOutput]
  ) {
    for id in ids {
      guard let connection = sessions[id]?.connection else { continue }
      close(connection, 4014, "Disconnected.", now: now, &outputs)
    }
  }
}
