internal import JSONValues

extension GatewaySession {
  /// Discord numbers events one by one; a step like this is none of Discord's.
  private static let largestStep: Int64 = 100_000

  mutating func received(
    _ text: String, _ now: Duration, _ random: inout some RandomNumberGenerator,
    _ actions: inout [SessionAction]
  ) {
    let payload: GatewayPayload
    do {
      payload = try GatewayPayload(parsing: text)
    } catch {
      unreadable(reason: error.reason, now, &random, &actions)
      return
    }
    guard case .linked(var link) = state else { return }
    switch payload.op {
    case 0:
      event(payload, size: text.utf8.count, now, &random, &actions)
    case 1:
      // At once, but not so often that Discord would close the connection for it.
      if link.heartbeat != nil, link.limit.free(at: now, reserve: 0) <= now {
        sendHeartbeat(&link, now, &actions)
        state = .linked(link)
      }
    case 7:
      reconnect(.askedByDiscord, now, &random, &actions)
    case 9:
      reconnect(.invalidSession(resumable: payload.data == .bool(true)), now, &random, &actions)
    case 10:
      hello(payload, now, &random, &actions)
    case 11:
      if let time = link.heartbeat?.acknowledged(at: now) {
        state = .linked(link)
        actions.append(.note(.acknowledged(after: time)))
      }
    default:
      actions.append(
        .dispatch(
          SessionDispatch(name: "OP \(payload.op)", data: payload.data, size: text.utf8.count)))
    }
  }

  private mutating func hello(
    _ payload: GatewayPayload, _ now: Duration, _ random: inout some RandomNumberGenerator,
    _ actions: inout [SessionAction]
  ) {
    guard case .linked(var link) = state, link.phase == .greeting else { return }
    let milliseconds = payload.data["heartbeat_interval"]?.number
    guard let interval = Heartbeat.interval(milliseconds: milliseconds) else {
      unreadable(reason: "Hello without an interval", now, &random, &actions)
      return
    }
    link.heartbeat = Heartbeat(
      interval: interval, jitter: Double.random(in: 0..<1, using: &random), now: now)
    link.since = now
    link.limit.sent(at: now)
    if let resumable {
      link.phase = .resuming
      let sequence = lastSequence ?? 0
      actions.append(.note(.resuming(sequence: sequence)))
      actions.append(
        .send(
          .resume(sessionID: resumable.sessionID, sequence: sequence), connection: link.connection))
    } else {
      link.phase = .identifying
      // A new session numbers its events anew.
      lastSequence = nil
      unreadable = (nil, 0)
      gapResumedAfter = nil
      starts.spend(at: now)
      actions.append(.note(.identifying))
      actions.append(.send(.identify(identify), connection: link.connection))
    }
    state = .linked(link)
  }

  private var identify: [String: JSONValue] {
    var fields: [String: JSONValue] = [
      "intents": .integer(Int64(settings.intents.rawValue)),
      "compress": false,
      "properties": .object([
        "os": .string(settings.operatingSystem), "browser": .string(settings.library),
        "device": .string(settings.library),
      ]),
    ]
    if let shard = settings.shard {
      fields["shard"] = .array([.integer(Int64(shard.index)), .integer(Int64(shard.count))])
    }
    if let presence = settings.presence { fields["presence"] = presence }
    if let threshold = settings.largeThreshold {
      fields["large_threshold"] = .integer(Int64(threshold))
    }
    return fields
  }

  private mutating func event(
    _ payload: GatewayPayload, size: Int, _ now: Duration,
    _ random: inout some RandomNumberGenerator, _ actions: inout [SessionAction]
  ) {
    guard case .linked(var link) = state, let name = payload.name else { return }
    let begins = link.phase == .identifying && name == "READY"
    guard link.phase == .live || link.phase == .resuming || begins else {
      actions.append(.note(.unexpectedEvent(name: name)))
      return
    }
    if let sequence = payload.sequence {
      if let last = lastSequence {
        guard sequence > last else {
          actions.append(.note(.duplicate(sequence: sequence)))
          // RESUMED may repeat the last number; it ends the replay all the same.
          if name == "RESUMED" { resumed(&link, now, &actions) }
          return
        }
        guard sequence - last <= Self.largestStep else {
          // Believed, it would make duplicates of all events to come.
          unreadable(reason: "sequence number far ahead", now, &random, &actions)
          return
        }
        if sequence > last + 1 {
          // What was unreadable was an event: once, ask for it again.
          if link.skippedUnreadable, gapResumedAfter != last, resumable != nil {
            gapResumedAfter = last
            reconnect(.gap, now, &random, &actions)
            return
          }
          actions.append(.note(.gap(after: last, count: sequence - last - 1)))
        }
      }
      lastSequence = sequence
      link.skippedUnreadable = false
      resumable?.refusals = 0
    }
    var dispatch = SessionDispatch(
      name: name, data: payload.data, sequence: payload.sequence, size: size)
    if name == "READY" {
      dispatch.followsLostSession = lostSession
      lostSession = false
      resumable = payload.data["session_id"]?.string.map {
        Resumable(sessionID: $0, url: payload.data["resume_gateway_url"]?.string)
      }
    }
    state = .linked(link)
    actions.append(.dispatch(dispatch))
    if begins || (name == "RESUMED" && link.phase == .resuming) {
      resumed(&link, now, &actions)
    }
  }

  private mutating func resumed(
    _ link: inout Link, _ now: Duration, _ actions: inout [SessionAction]
  ) {
    guard link.phase != .live else { return }
    link.phase = .live
    link.since = now
    resumable?.failedConnections = 0
    resumable?.refusals = 0
    state = .linked(link)
    sendQueued(now, &actions)
  }

  /// A message that is no gateway payload, so that it may have been an event: it is asked for again
  /// by resuming; if it is unreadable once more it is passed over, or it would never end.
  mutating func unreadable(
    reason: String, _ now: Duration, _ random: inout some RandomNumberGenerator,
    _ actions: inout [SessionAction]
  ) {
    guard case .linked(var link) = state else { return }
    countUnreadable()
    let hasSession = resumable != nil && (link.phase == .live || link.phase == .resuming)
    if hasSession, unreadable.count > 1 {
      link.skippedUnreadable = true
      state = .linked(link)
      actions.append(.note(.unreadableSkipped(reason: reason)))
    } else {
      reconnect(.unreadable(reason: reason), now, &random, &actions)
    }
  }

  /// What broke the connection cannot be passed over: the third time, the session is given up.
  mutating func broken(
    _ now: Duration, _ random: inout some RandomNumberGenerator, _ actions: inout [SessionAction]
  ) {
    countUnreadable()
    if unreadable.count >= 3 { loseSession(&actions) }
    reconnect(.broken, now, &random, &actions)
  }

  private mutating func countUnreadable() {
    unreadable =
      unreadable.after == lastSequence
      ? (lastSequence, min(unreadable.count, 1_000) + 1) : (lastSequence, 1)
  }

  mutating func sendHeartbeat(
    _ link: inout Link, _ now: Duration, _ actions: inout [SessionAction]
  ) {
    link.heartbeat?.sent(at: now)
    link.limit.sent(at: now)
    actions.append(.send(.heartbeat(sequence: lastSequence), connection: link.connection))
  }

  /// Sends what waits, as far as the limit lets.
  mutating func sendQueued(_ now: Duration, _ actions: inout [SessionAction]) {
    guard case .linked(var link) = state, link.phase == .live, let beat = link.heartbeat else {
      return
    }
    let beats = SendLimit.window / beat.interval
    let reserve = min(Int(min(beats, 100)) + 3, 60)
    while !queue.isEmpty {
      let free = link.limit.free(at: now, reserve: reserve)
      guard free <= now else {
        queue.release = free
        break
      }
      guard let payload = queue.removeFirst() else { break }
      link.limit.sent(at: now)
      actions.append(.send(payload, connection: link.connection))
    }
    state = .linked(link)
  }
}
