internal import DiscordREST
internal import JSONValues

extension VoiceStay {
  mutating func heard(_ signal: VoiceSignal, _ now: Duration, _ actions: inout [StayAction]) {
    switch signal {
    case .voiceState(let json):
      guard let user = ID<User>(json: json["user_id"]) else { return }
      occupants[user] = ID<Channel>(json: json["channel_id"])
      if user == settings.user { heardOwn(json, now, &actions) }
    case .voiceServer(let endpoint, let token):
      if let endpoint {
        heardServer(VoiceServerInfo(endpoint: endpoint, token: token), now, &actions)
      } else {
        serverGone(now)
      }
    case .connected(let sessionLost):
      isSignalingLive = true
      if sessionLost { gatewayLost(now, &actions) } else { extendWaits(now) }
    case .disconnected: isSignalingLive = false
    }
  }

  private mutating func heardOwn(
    _ json: JSONValue, _ now: Duration, _ actions: inout [StayAction]
  ) {
    var state = OwnVoiceState(channel: ID<Channel>(json: json["channel_id"]))
    state.mute = json["mute"]?.bool ?? false
    state.deaf = json["deaf"]?.bool ?? false
    state.suppress = json["suppress"]?.bool ?? false
    if state != ownState { actions.append(.ownState(state)) }
    ownState = state
    let session = json["session_id"]?.string
    if let place = state.channel {
      isIn(place, session, now, &actions)
    } else {
      isOut(session, now, &actions)
    }
  }

  private mutating func isIn(
    _ place: ID<Channel>, _ session: String?, _ now: Duration, _ actions: inout [StayAction]
  ) {
    switch phase {
    case .idle, .clearing, .pausing(_, .join), .ended: break
    case .asking:
      guard place == channel else {
        // It may be from before we asked.
        elsewhere = (place, session)
        return
      }
      sessionID = session ?? sessionID
      completeJoining(now, &actions)
    case .awaitingServer, .settling, .linked, .pausing:
      sessionID = session ?? sessionID
      if place != channel { moved(to: place, now, &actions) }
    }
  }

  private mutating func isOut(
    _ session: String?, _ now: Duration, _ actions: inout [StayAction]
  ) {
    switch phase {
    // We asked for it, or ask to come in again.
    case .idle, .asking, .pausing(_, .join), .ended: break
    case .clearing: ask(now, &actions)
    case .awaitingServer(_, .callEnded):
      end(VoiceEnd(.callEnded, "Discord ended the call (4022).", closeCode: 4022), &actions)
    case .awaitingServer, .settling, .linked, .pausing:
      // Of an earlier session of the main gateway that Discord clears away.
      if let session, let sessionID, session != sessionID { return }
      end(VoiceEnd(.kicked, "The bot was disconnected from the voice channel."), &actions)
    }
  }

  /// Somebody moved us; a server for the new channel comes before or after.
  mutating func moved(
    to place: ID<Channel>, _ now: Duration, _ actions: inout [StayAction]
  ) {
    guard settings.followsMoves else {
      end(VoiceEnd(.moved, "The bot was moved to another voice channel."), &actions)
      return
    }
    channel = place
    actions.append(.follow(place))
    actions.append(.lookUp(place))
    // A server that was not used yet, or just came unasked, is the new channel's.
    let cameUnasked = !serverWasAsked && now - serverSince < Self.kickWait
    let isFresh = server != nil && (server != identifiedWith || cameUnasked)
    switch phase {
    case .asking:
      if server != nil {
        identify(now, "moved", &actions)
      } else {
        expectServer(.moved, for: settings.joinTimeout, now)
      }
    case .settling: identify(now, "moved", &actions)
    default:
      dropLink(code: 1000, &actions)
      gap(nil, "moved", now, &actions)
      forgetSession(&actions)
      if isFresh, sessionID != nil {
        identify(now, "moved", &actions)
      } else {
        server = nil
        expectServer(.moved, for: settings.joinTimeout, now)
      }
    }
  }

  private mutating func heardServer(
    _ info: VoiceServerInfo, _ now: Duration, _ actions: inout [StayAction]
  ) {
    guard VoiceURL.connecting(to: info.endpoint, allowsLoopback: settings.allowsLoopback) != nil
    else { return }
    switch phase {
    case .idle, .clearing, .pausing(_, .join), .ended: return
    case .linked where info == link?.server: return
    default: break
    }
    if !toldFirstServer {
      toldFirstServer = true
      actions.append(.firstServer(endpoint: info.endpoint))
    }
    server = info
    serverSince = now
    serverWasAsked = false
    switch phase {
    case .asking:
      serverWasAsked = true
      completeJoining(now, &actions)
    case .awaitingServer(_, .moved):
      identify(now, "moved", &actions)
    case .awaitingServer, .linked, .pausing:
      phase = .settling(until: now + Self.settleTime)
    default: break
    }
  }

  /// Discord looks for another server.
  private mutating func serverGone(_ now: Duration) {
    switch phase {
    case .idle, .clearing, .pausing(_, .join), .ended: return
    case .asking(_, let looksUp):
      phase = .asking(until: now + Self.serverWait, looksUp: looksUp)
    case .awaitingServer(_, let what):
      expectServer(what == .moved ? .moved : .gone, for: Self.serverWait, now)
    case .settling, .pausing:
      if link == nil { expectServer(.gone, for: Self.serverWait, now) } else { phase = .linked }
    // The link may hold until it is closed.
    case .linked: break
    }
    server = nil
  }

  /// A new session of the main gateway: it is in no channel, and ours is of the old one.
  private mutating func gatewayLost(_ now: Duration, _ actions: inout [StayAction]) {
    switch phase {
    case .idle, .ended, .pausing(_, .join): break
    // The link stays until the new server is known.
    default: ask(now, &actions)
    }
  }

  private mutating func extendWaits(_ now: Duration) {
    switch phase {
    case .asking(let until, let looksUp):
      phase = .asking(until: max(until, now + settings.joinTimeout), looksUp: looksUp)
    case .awaitingServer(let until, let what):
      phase = .awaitingServer(until: max(until, now + Self.kickWait), what)
    default: break
    }
  }
}
