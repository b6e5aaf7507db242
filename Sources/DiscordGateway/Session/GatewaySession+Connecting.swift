extension GatewaySession {
  /// After how many connections that Discord closed upon Resume the session counts as lost.
  private static let refusalLimit = 5

  mutating func ask(_ now: Duration, _ actions: inout [SessionAction]) {
    state = .asking(since: now)
    actions.append(.askGateway)
  }

  mutating func answered(
    _ information: GatewayInformation, _ now: Duration, _ actions: inout [SessionAction]
  ) {
    guard case .asking = state else { return }
    guard allowed(information.url) != nil else {
      fail(
        GatewayError(
          .urlNotAllowed, "The gateway's address is none of Discord's.",
          hint: "Only wss under discord.gg is connected to, and this host when the API base is."),
        &actions)
      return
    }
    gatewayURL = information.url
    starts.update(information, now: now)
    connectToIdentify(now, &actions)
  }

  mutating func unanswered(
    _ now: Duration, _ random: inout some RandomNumberGenerator, _ actions: inout [SessionAction]
  ) {
    guard case .asking = state else { return }
    guard gatewayURL != nil || settings.fallbackURL.flatMap(allowed) != nil else {
      let delay = backoff.next(atOnce: false, using: &random)
      state = .waiting(until: now + delay, .ask)
      actions.append(.note(.reconnecting(cause: .gatewayUnknown, resumes: false, delay: delay)))
      return
    }
    connectToIdentify(now, &actions)
  }

  private mutating func connectToIdentify(_ now: Duration, _ actions: inout [SessionAction]) {
    if let again = starts.exhausted(at: now) {
      state = .waiting(until: again, .ask)
      actions.append(.note(.outOfSessionStarts(wait: again - now)))
    } else {
      connect(now, &actions)
    }
  }

  mutating func connect(_ now: Duration, _ actions: inout [SessionAction]) {
    guard let url = address(&actions) else {
      ask(now, &actions)
      return
    }
    connections += 1
    state = .linked(Link(connection: connections, resumes: resumable != nil, since: now))
    actions.append(.connect(url: url, connection: connections))
  }

  /// The session's own address; the general one if there is none, and each fourth time when that
  /// one cannot be reached, since its host may be gone for good.
  private mutating func address(_ actions: inout [SessionAction]) -> String? {
    let general = (gatewayURL ?? settings.fallbackURL).flatMap(allowed)
    guard let resumable, let own = resumable.url else { return general }
    guard let own = allowed(own) else {
      actions.append(.note(.urlRefused))
      self.resumable?.url = nil
      return general
    }
    return resumable.failedConnections % 4 == 3 ? general ?? own : own
  }

  private func allowed(_ url: String) -> String? {
    GatewayURL.connecting(to: url, allowsLoopback: settings.allowsLoopback)
  }

  mutating func disconnected(
    _ code: UInt16?, _ connection: Int, _ now: Duration,
    _ random: inout some RandomNumberGenerator, _ actions: inout [SessionAction]
  ) {
    if case .stopping(connection, _) = state {
      state = .ended
      actions.append(.stopped)
      return
    }
    guard case .linked(let link) = state, link.connection == connection else { return }
    if let code,
      let error = GatewayError(closeCode: code, intents: settings.intents, shard: settings.shard)
    {
      state = .ended
      actions.append(.fail(error))
      return
    }
    reconnect(.closed(code: code), now, &random, &actions)
  }

  /// Ends the connection, if there is one, and plans the next.
  mutating func reconnect(
    _ cause: ReconnectCause, _ now: Duration, _ random: inout some RandomNumberGenerator,
    _ actions: inout [SessionAction]
  ) {
    if case .linked(let link) = state {
      backoff.ended(after: link.phase == .live ? now - link.since : nil)
      switch cause {
      case .closed, .broken: break
      default:
        // 1000 and 1001 would end the session; any other code lets it be resumed.
        let code: UInt16 = cause == .askedByUser && resumable == nil ? 1000 : 4000
        actions.append(.close(code: code, connection: link.connection))
      }
      countAgainstSession(cause, link, &actions)
    }
    switch cause {
    case .closed(code: 4007?), .closed(code: 4009?), .invalidSession(resumable: false):
      loseSession(&actions)
    default: break
    }
    let resumes = resumable != nil
    var delay = backoff.next(
      atOnce: resumes && (cause == .askedByDiscord || cause == .askedByUser), using: &random)
    if !resumes {
      // Discord wants 1 to 5 seconds between op 9 and Identify.
      if case .invalidSession = cause {
        delay = max(delay, .seconds(Double.random(in: 1...5, using: &random)))
      }
      delay = max(delay, starts.spaced(at: now) - now)
    }
    state = .waiting(until: now + delay, resumes ? .connect : .ask)
    actions.append(.note(.reconnecting(cause: cause, resumes: resumes, delay: delay)))
  }

  private mutating func countAgainstSession(
    _ cause: ReconnectCause, _ link: Link, _ actions: inout [SessionAction]
  ) {
    guard resumable != nil else { return }
    switch link.phase {
    case .connecting, .greeting:
      resumable?.failedConnections += 1
    case .resuming:
      // Closed by Discord with a code, not by the network.
      guard case .closed(code: .some) = cause else { return }
      resumable?.refusals += 1
      if let refusals = resumable?.refusals, refusals >= Self.refusalLimit { loseSession(&actions) }
    case .identifying, .live:
      break
    }
  }

  mutating func loseSession(_ actions: inout [SessionAction]) {
    if resumable != nil, let lastSequence {
      lostSession = true
      actions.append(.note(.sessionLost(lastSequence: lastSequence)))
    }
    resumable = nil
  }

  mutating func reconnectAsked(
    _ resume: Bool, _ now: Duration, _ random: inout some RandomNumberGenerator,
    _ actions: inout [SessionAction]
  ) {
    switch state {
    case .idle, .asking, .stopping, .ended: return
    case .waiting, .linked: break
    }
    if !resume { loseSession(&actions) }
    if case .waiting(let until, .connect) = state, resumable == nil {
      state = .waiting(until: max(until, starts.spaced(at: now)), .ask)
    } else if case .linked = state {
      reconnect(.askedByUser, now, &random, &actions)
    }
  }

  mutating func fail(_ error: GatewayError, _ actions: inout [SessionAction]) {
    if case .linked(let link) = state {
      actions.append(.close(code: 1000, connection: link.connection))
    }
    state = .ended
    actions.append(.fail(error))
  }

  mutating func stop(_ now: Duration, _ actions: inout [SessionAction]) {
    switch state {
    case .linked(let link):
      actions.append(.close(code: 1000, connection: link.connection))
      if link.phase == .connecting {
        // There is nothing to say goodbye to yet.
        state = .ended
        actions.append(.stopped)
        return
      }
      state = .stopping(connection: link.connection, until: now + .seconds(10))
    case .idle, .asking, .waiting:
      state = .ended
      actions.append(.stopped)
    case .stopping, .ended: break
    }
  }
}
