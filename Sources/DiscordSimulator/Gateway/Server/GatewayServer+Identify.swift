import JSONValues

/// Op 2 and op 6: how a connection gets its session.
extension GatewayServer {
  mutating func identify(
    _ data: JSONValue, _ connection: UInt64, now: Duration, _ world: some GatewayWorld,
    _ outputs: inout [GatewayOutput]
  ) {
    guard let token = data["token"]?.string, case .object? = data["properties"],
      let intents = data["intents"]?.integer
    else {
      close(connection, 4002, "Error while decoding payload.", now: now, &outputs)
      return
    }
    guard let account = world.gatewayAccount(token: token) else {
      close(connection, 4004, "Authentication failed.", now: now, &outputs)
      return
    }
    guard let intents = UInt64(exactly: intents), intents & ~GatewayIntent.known == 0 else {
      close(connection, 4013, "Invalid intent(s).", now: now, &outputs)
      return
    }
    let granted = GatewayIntent.privileged(applicationFlags: account.applicationFlags)
    guard intents & GatewayIntent.allPrivileged & ~granted == 0 else {
      close(connection, 4014, "Disallowed intent(s).", now: now, &outputs)
      return
    }
    guard let shard = shard(data["shard"]) else {
      close(connection, 4010, "Invalid shard.", now: now, &outputs)
      return
    }
    let guilds = account.guilds.filter { ($0 >> 22) % shard.count == shard.id }
    guard guilds.count <= rules.maximumGuildsPerShard else {
      close(connection, 4011, "Sharding required.", now: now, &outputs)
      return
    }
    switch startSession(of: account.userID, shard: shard.id, now: now) {
    case .tooSoon:
      statistics.identifiesTooSoon += 1
      outputs.append(.send(connection, payload(9, .bool(false))))
      return
    case .exhausted:
      close(connection, 4004, "Session start limit reached.", now: now, &outputs)
      return
    case .started: break
    }
    statistics.identifies += 1
    let threshold = min(max(data["large_threshold"]?.integer ?? 50, 50), 250)
    let session = GatewayServerSession(
      id: nextSessionID(), account: account, intents: intents, shard: shard,
      largeThreshold: Int(threshold), replayLimit: rules.replayLimit, connection: connection,
      startedAs: sessionCount)
    sessions[session.id] = session
    connections[connection]?.phase = .ready(session.id)
    connections[connection]?.lastSession = session.id
    var ready: [String: JSONValue] = [
      "v": .integer(10), "user": account.user, "session_id": .string(session.id),
      "session_type": .string("normal"), "resume_gateway_url": .string(rules.resumeURL),
      "guilds": .array(
        guilds.map { .object(["id": .id($0), "unavailable": .bool(true)]) }),
      "application": .object([
        "id": .id(account.applicationID),
        "flags": .integer(Int64(clamping: account.applicationFlags)),
      ]),
      "private_channels": .array([]), "relationships": .array([]), "presences": .array([]),
    ]
    if data["shard"] != nil, data["shard"] != .null { ready["shard"] = data["shard"] }
    deliver("READY", .object(ready), to: session.id, now: now, world, &outputs)
    guard intents & GatewayIntent.guilds != 0 else { return }
    for guild in guilds {
      guard let whole = world.gatewayGuild(guild) else { continue }
      deliver(
        "GUILD_CREATE", session.guildCreate(whole), to: session.id, now: now, world, &outputs)
    }
  }

  /// The shard that an Identify names, one of one without, nil for an impossible one.
  private func shard(_ value: JSONValue?) -> (id: UInt64, count: UInt64)? {
    guard let value, value != .null else { return (0, 1) }
    guard let pair = value.array, pair.count == 2, let id = pair[0].integer,
      let count = pair[1].integer, id >= 0, id < count
    else { return nil }
    return (UInt64(id), UInt64(count))
  }

  private mutating func nextSessionID() -> String {
    sessionCount += 1
    var numbers = SeededNumbers(seed: sessionCount)
    let halves = [numbers.next(), numbers.next()].map { number in
      let digits = String(number, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    return halves.joined()
  }

  mutating func resume(
    _ data: JSONValue, _ connection: UInt64, now: Duration, _ world: some GatewayWorld,
    _ outputs: inout [GatewayOutput]
  ) {
    guard let token = data["token"]?.string, let id = data["session_id"]?.string,
      let last = data["seq"]?.integer.flatMap({ Int(exactly: $0) })
    else {
      close(connection, 4002, "Error while decoding payload.", now: now, &outputs)
      return
    }
    guard let account = world.gatewayAccount(token: token) else {
      close(connection, 4004, "Authentication failed.", now: now, &outputs)
      return
    }
    statistics.resumes += 1
    if let path = connections[connection]?.path, !rules.isResumePath(path) {
      statistics.resumesElsewhere += 1
    }
    let refused = refusedResumes > 0
    refusedResumes = max(refusedResumes - 1, 0)
    guard !refused, let session = sessions[id], session.account.userID == account.userID else {
      if let session = sessions[id], session.account.userID == account.userID {
        forget(id, now: now, &outputs)
      }
      outputs.append(.send(connection, payload(9, .bool(false))))
      return
    }
    let repeated = repeatedReplay
    repeatedReplay = 0
    switch session.replay(after: last, repeated: repeated) {
    case .invalidSequence:
      forget(id, now: now, &outputs)
      close(connection, 4007, "Invalid seq.", now: now, &outputs)
    case .tooOld:
      forget(id, now: now, &outputs)
      outputs.append(.send(connection, payload(9, .bool(false))))
    case .events(let events):
      attach(id, to: connection, now: now, &outputs)
      for event in events {
        statistics.replayed += 1
        emit(event.payload, on: connection, &outputs)
        let number = statistics.replayed
        for fault in takeFaults({ $0 == .replay(number) }) {
          apply(fault.effect, to: connection, session: id, now: now, world, &outputs)
        }
        guard sessions[id]?.connection == connection else { return }
      }
      statistics.resumed += 1
      // Numbered, but no event of the world: faults count those.
      if let resumed = sessions[id]?.number("RESUMED", .object(["_trace": .array([])])) {
        outputs.append(.send(connection, resumed))
      }
    }
  }

  /// Moves a session to a connection; the one it was on is closed.
  private mutating func attach(
    _ id: String, to connection: UInt64, now: Duration, _ outputs: inout [GatewayOutput]
  ) {
    if let old = sessions[id]?.connection {
      close(old, 4000, "The session was resumed elsewhere.", now: now, &outputs)
    }
    sessions[id]?.connection = connection
    sessions[id]?.detachedAt = nil
    connections[connection]?.phase = .ready(id)
    connections[connection]?.lastSession = id
  }

  /// A session is gone; a connection that it is still on is closed.
  mutating func forget(_ id: String, now: Duration, _ outputs: inout [GatewayOutput]) {
    if let old = sessions[id]?.connection {
      close(old, 4000, "The session is gone.", now: now, &outputs)
    }
    endSession(id)
  }
}

extension GatewayRules {
  /// Whether a connection's path is that of `resumeURL`; a slash at its end is no difference.
  func isResumePath(_ path: Substring) -> Bool {
    // scheme: // host / path
    let slashes = resumeURL.indices.lazy.filter { resumeURL[$0] == "/" }
    let own = slashes.dropFirst(2).first.map { resumeURL[$0...] } ?? "/"
    return path == own || path == own + "/"
  }
}
