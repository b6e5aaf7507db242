internal import DiscordREST

extension VoiceStay {
  /// Joins from nothing: a voice state that Discord still holds goes first.
  mutating func clearAndAsk(_ now: Duration, _ actions: inout [StayAction]) {
    guard !needsGateway(&actions) else { return }
    guard ownState.channel != nil else {
      ask(now, &actions)
      return
    }
    actions.append(.sendVoiceState(channel: nil))
    phase = .clearing(until: now + Self.clearTime)
  }

  /// Asks to join; what was known of session and server holds no more.
  mutating func ask(_ now: Duration, _ actions: inout [StayAction]) {
    guard !needsGateway(&actions) else { return }
    sessionID = nil
    server = nil
    elsewhere = nil
    hasAsked = true
    actions.append(.sendVoiceState(channel: channel))
    phase = .asking(until: now + settings.joinTimeout, looksUp: false)
  }

  /// Begins when both answers are there.
  mutating func completeJoining(_ now: Duration, _ actions: inout [StayAction]) {
    guard sessionID != nil, server != nil else { return }
    identify(now, "migrated", &actions)
  }

  mutating func timePassed(
    _ now: Duration, _ random: inout some RandomNumberGenerator, _ actions: inout [StayAction]
  ) {
    if let link, !link.isLive, now >= link.since + Self.linkPatience {
      dropLink(code: 4000, &actions)
      lost(link, .resume, nil, "silent", now, &random, &actions)
    }
    guard let until = phaseEnd, now >= until else { return }
    switch phase {
    case .idle, .linked, .ended: break
    case .clearing: ask(now, &actions)
    case .asking(_, let looksUp): unanswered(looksUp, now, &random, &actions)
    case .settling: identify(now, "migrated", &actions)
    case .pausing(_, let next): proceed(next, now, &actions)
    case .awaitingServer(_, let what):
      guard isSignalingLive else {
        // Nobody could tell us: the answer may be under way.
        expectServer(what, for: Self.kickWait, now)
        return
      }
      if what == .callEnded {
        end(
          VoiceEnd(.callEnded, "Discord ended the call (4022).", closeCode: 4022), &actions)
      } else {
        rejoin(now, &random, &actions)
      }
    }
  }

  private mutating func unanswered(
    _ looksUp: Bool, _ now: Duration, _ random: inout some RandomNumberGenerator,
    _ actions: inout [StayAction]
  ) {
    guard isSignalingLive else {
      phase = .asking(until: now + settings.joinTimeout, looksUp: looksUp)
      return
    }
    if sessionID == nil, hasBeenLive, let elsewhere {
      sessionID = elsewhere.session
      moved(to: elsewhere.channel, now, &actions)
    } else if sessionID == nil, !looksUp {
      // Discord does not answer who may not or cannot come in.
      phase = .asking(until: now + settings.joinTimeout, looksUp: true)
      actions.append(.lookUp(channel))
    } else {
      askAgain(nil, now, &random, &actions)
    }
  }

  mutating func learned(
    _ facts: VoiceChannelFacts?, of channel: ID<Channel>, _ now: Duration,
    _ random: inout some RandomNumberGenerator, _ actions: inout [StayAction]
  ) {
    guard case .asking(_, looksUp: true) = phase, channel == self.channel, sessionID == nil else {
      return
    }
    if let limit = facts?.userLimit, limit > 0, othersInChannel >= limit {
      let full = VoiceEnd(
        .channelFull, "The voice channel is full: \(othersInChannel) of \(limit) are in it.",
        mayRetry: true)
      askAgain(full, now, &random, &actions)
    } else {
      askAgain(nil, now, &random, &actions)
    }
  }

  /// - Parameter full: what to say if the channel is full: at first that is the end; later
  ///   somebody may go.
  private mutating func askAgain(
    _ full: VoiceEnd?, _ now: Duration, _ random: inout some RandomNumberGenerator,
    _ actions: inout [StayAction]
  ) {
    joinTries += 1
    if let full, !hasBeenLive || joinTries >= Self.rejoinTries {
      end(full, &actions)
      return
    }
    guard joinTries < (hasBeenLive ? Self.rejoinTries : Self.firstJoinTries) else {
      end(
        VoiceEnd(
          .notJoined,
          "Discord does not let the bot into the voice channel. "
            + "It needs the permissions to view it and to connect.",
          mayRetry: true), &actions)
      return
    }
    if hasBeenLive {
      rejoin(now, &random, &actions)
    } else {
      // The question itself is taken back.
      actions.append(.sendVoiceState(channel: nil))
      phase = .clearing(until: now + .milliseconds(500))
    }
  }
}
