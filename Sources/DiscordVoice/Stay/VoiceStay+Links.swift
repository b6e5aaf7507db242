extension VoiceStay {
  /// Begins a session with the server that is known; what is there already ends for `cause`.
  mutating func identify(_ now: Duration, _ cause: String, _ actions: inout [StayAction]) {
    dropLink(code: 1000, &actions)
    gap(nil, cause, now, &actions)
    resumable = nil
    guard let server, let sessionID else {
      if server == nil, self.sessionID != nil {
        expectServer(.gone, for: Self.serverWait, now)
      } else {
        ask(now, &actions)
      }
      return
    }
    attempts += 1
    identifiedWith = server
    link = Link(attempt: attempts, resumes: false, server: server, since: now)
    phase = .linked
    actions.append(
      .identify(
        StayAction.Identification(
          attempt: attempts, connection: nextConnection, server: server, sessionID: sessionID,
          channel: channel)))
    nextConnection &+= 1
  }

  mutating func resume(_ now: Duration, _ actions: inout [StayAction]) {
    guard let server, resumable != nil else {
      identify(now, "network", &actions)
      return
    }
    attempts += 1
    link = Link(attempt: attempts, resumes: true, server: server, since: now)
    phase = .linked
    actions.append(.resume(attempt: attempts, server: server))
  }

  mutating func becameLive(_ now: Duration, _ actions: inout [StayAction]) {
    guard var link, !link.isLive else { return }
    link.isLive = true
    link.isOpen = true
    link.since = now
    self.link = link
    gapSince = nil
    failedIdentifies = 0
    joinTries = 0
    hasBeenLive = true
    if link.resumes {
      liveConnection = resumable
      if let resumable { actions.append(.resumed(connection: resumable)) }
    } else {
      // The identified connection is the last that was numbered.
      liveConnection = nextConnection &- 1
      resumable = liveConnection
    }
  }

  /// A gap begins, unless it has.
  mutating func gap(
    _ code: UInt16?, _ cause: String, _ now: Duration, _ actions: inout [StayAction]
  ) {
    guard let connection = liveConnection else { return }
    liveConnection = nil
    gapSince = now
    actions.append(.gap(connection: connection, code: code, cause: cause))
  }

  mutating func dropLink(code: UInt16, _ actions: inout [StayAction]) {
    guard let link else { return }
    self.link = nil
    actions.append(.close(attempt: link.attempt, code: code))
  }

  mutating func faulted(
    _ link: Link, _ fault: ConnectionFault, _ now: Duration,
    _ random: inout some RandomNumberGenerator, _ actions: inout [StayAction]
  ) {
    let policy: ClosePolicy
    switch fault {
    case .zombie, .noMedia: policy = .resume
    case .noMode, .badAddress, .badDescription: policy = .identifyOnce
    }
    // 1000 and 1001 would end the session.
    dropLink(code: policy == .resume ? 4000 : 1000, &actions)
    lost(link, policy, nil, fault.rawValue, now, &random, &actions)
  }

  /// The link is gone, and was closed if it had to be.
  mutating func lost(
    _ link: Link, _ policy: ClosePolicy, _ code: UInt16?, _ cause: String, _ now: Duration,
    _ random: inout some RandomNumberGenerator, _ actions: inout [StayAction]
  ) {
    gap(code, cause, now, &actions)
    if link.isLive {
      if now - link.since >= Self.calmAfter { backoff.reset() }
      if now - link.since >= Self.stableAfter { tokenFailures = 0 }
      if now - link.since >= Self.forgivesAfter { coolDowns = 0 }
    }
    if hasSignalingEnded, policy != .stop {
      needsGateway(&actions)
      return
    }
    if policy == .stop {
      end(
        VoiceEnd(
          .daveRequired, "The channel demands end-to-end encryption and refuses ours (4017).",
          closeCode: code), code: code, &actions)
      return
    }
    // Else what follows is under way already.
    guard phase == .linked else { return }
    switch policy {
    case .resume: goOn(after: link, cause, now, &random, &actions)
    case .identifyOnce:
      // Whatever else was lost in between: who was let in for so long is refused for another reason.
      if link.isLive, let at = identifiedOnceAt, now - at >= Self.stableAfter {
        identifiedOnceAt = nil
      }
      guard identifiedOnceAt == nil else {
        end(
          VoiceEnd(
            .refused, "The voice server refuses what the bot says (\(cause)), also again.",
            closeCode: code), code: code, &actions)
        return
      }
      identifiedOnceAt = now
      identify(now, cause, &actions)
    case .freshToken:
      tokenFailures += 1
      guard tokenFailures <= 2 else {
        end(
          VoiceEnd(
            .notPermitted, "The voice server does not accept the bot's token, also fresh ones.",
            closeCode: code), code: code, &actions)
        return
      }
      rejoin(now, &random, &actions)
    case .rejoin: rejoin(now, &random, &actions)
    case .askMainGateway: expectServer(.disconnected, for: Self.kickWait, now)
    case .awaitServer: expectServer(.callEnded, for: Self.callEndedWait, now)
    case .coolDown:
      coolDowns += 1
      guard coolDowns <= 1 else {
        end(
          VoiceEnd(
            .rateLimited, "The voice server asks the bot to stay away (4021), also again.",
            closeCode: code, mayRetry: true), code: code, &actions)
        return
      }
      forgetSession(&actions)
      phase = .pausing(until: now + Self.coolDown, .join)
    case .stop: break
    }
  }

  /// After a loss that says nothing against the session: resume, then identify, then join.
  private mutating func goOn(
    after link: Link, _ cause: String, _ now: Duration,
    _ random: inout some RandomNumberGenerator, _ actions: inout [StayAction]
  ) {
    guard server != nil else {
      expectServer(.gone, for: Self.serverWait, now)
      return
    }
    if link.isLive {
      pause(.resume, now, &random, &actions)
    } else if link.resumes {
      let isWorthIt = now - (gapSince ?? now) < Self.resumeSpan
      // Who was let in and then closed does not want the session.
      pause(!link.isOpen && isWorthIt ? .resume : .identify, now, &random, &actions)
    } else {
      failedIdentifies += 1
      if failedIdentifies.isMultiple(of: 3), isSignalingLive {
        rejoin(now, &random, &actions)
      } else {
        pause(.identify, now, &random, &actions)
      }
    }
  }

  private mutating func pause(
    _ next: Next, _ now: Duration, _ random: inout some RandomNumberGenerator,
    _ actions: inout [StayAction]
  ) {
    let delay = backoff.next(using: &random)
    phase = .pausing(until: now + delay, next)
    if delay == .zero { proceed(next, now, &actions) }
  }

  mutating func proceed(_ next: Next, _ now: Duration, _ actions: inout [StayAction]) {
    switch next {
    case .resume: resume(now, &actions)
    case .identify: identify(now, "network", &actions)
    case .join: clearAndAsk(now, &actions)
    }
  }

  /// Leaves and joins again, for a new session and token.
  mutating func rejoin(
    _ now: Duration, _ random: inout some RandomNumberGenerator, _ actions: inout [StayAction]
  ) {
    guard !needsGateway(&actions) else { return }
    dropLink(code: 1000, &actions)
    forgetSession(&actions)
    pause(.join, now, &random, &actions)
  }

  mutating func forgetSession(_ actions: inout [StayAction]) {
    resumable = nil
    actions.append(.dropSession)
  }

  mutating func expectServer(_ what: Awaiting, for time: Duration, _ now: Duration) {
    phase = .awaitingServer(until: now + time, what)
  }
}
