internal import JSONValues
internal import WebSocket

/// The gateway of a simulator: its state machine, and where the connections take what is theirs.
struct GatewayConnections: Sendable {
  var server = GatewayServer()
  /// Which voice server a session is sent to; nil: to the simulator's own.
  var voiceServer: (@Sendable (GatewayVoiceRequest) -> VoiceServerAssignment?)?
  /// When the timer was last told to look.
  var announcedDeadline: Duration?
  var outboxes = Outboxes()
}

/// What VOICE_SERVER_UPDATE says.
/// <https://discord.com/developers/docs/events/gateway-events#voice-server-update>
package struct VoiceServerAssignment: Hashable, Sendable {
  /// The token of the voice connection.
  package var token: String
  /// Host and port, without a scheme; nil while no server is there.
  package var endpoint: String?

  /// A token with the server that takes it.
  package init(token: String, endpoint: String?) {
    self.token = token
    self.endpoint = endpoint
  }
}

extension DiscordSimulator.State {
  /// Hands the world's events to the sessions, and ends the voice states of ended sessions, until
  /// nothing is left to tell.
  mutating func flushGateway(now: Duration) {
    var hasMore = true
    while hasMore {
      for event in world.takeEvents() {
        perform(gateway.server.dispatch(event, now: now, world: world), now: now)
      }
      for session in gateway.server.takeEndedSessions() { leaveVoice(session: session) }
      hasMore = !world.pendingEvents.isEmpty
    }
  }

  /// Does what the gateway asks for.
  mutating func perform(_ outputs: [GatewayOutput], now: Duration) {
    for output in outputs {
      switch output {
      case .send(let connection, let payload):
        gateway.outboxes.put(.send(.text(payload.text())), for: connection)
      case .sendText(let connection, let text):
        gateway.outboxes.put(.send(.text(text)), for: connection)
      case .pause(let connection, let length): gateway.outboxes.put(.pause(length), for: connection)
      case .close(let connection, let code, let reason):
        gateway.outboxes.put(.close(code, reason), for: connection)
      case .reset(let connection): gateway.outboxes.put(.reset, for: connection)
      case .silence(let connection): gateway.outboxes.put(.silence, for: connection)
      case .voiceState(let request): change(request, now: now)
      }
    }
  }

  /// Op 4: the world decides where the session's bot is in voice; everybody hears of it, and the
  /// session itself of its voice server.
  private mutating func change(_ request: GatewayVoiceRequest, now: Duration) {
    guard let channelID = request.channelID else {
      world.leaveVoice(request.userID, guild: request.guildID)
      return flushGateway(now: now)
    }
    // Discord answers neither a channel of another kind nor one without the permission.
    guard let channel = world.channels[channelID], channel.kind.isVoice,
      channel.guildID == request.guildID,
      world.permissions(of: request.userID, in: channel).contains(.connect),
      world.hasRoom(for: request.userID, in: channel), !voice.ignoresRequest()
    else { return }
    let before = world.voiceStates[request.guildID]?[request.userID]
    world.joinVoice(
      request.userID, channel: channelID, sessionID: request.sessionID,
      selfMute: request.selfMute, selfDeaf: request.selfDeaf)
    let isFirst = voice.server.rules.updatesServerFirst
    if !isFirst { flushGateway(now: now) }
    let isRepeated = before?.channelID == channelID && before?.sessionID == request.sessionID
    if isRepeated, !gateway.server.rules.repeatsVoiceServerUpdate { return }
    if let choose = gateway.voiceServer {
      guard let assignment = choose(request) else { return }
      tell(assignment, guild: request.guildID, session: request.sessionID, now: now)
    } else if let assignment = voiceAssignment(of: request.userID, guild: request.guildID) {
      voice.ownMoves.insert(request.userID)
      tell(assignment, guild: request.guildID, session: request.sessionID, now: now)
    }
  }

  /// VOICE_SERVER_UPDATE for one session.
  mutating func tell(
    _ assignment: VoiceServerAssignment, guild: UInt64, session: String, now: Duration
  ) {
    let data: JSONValue = [
      "token": .string(assignment.token), "guild_id": .id(guild),
      "endpoint": assignment.endpoint.map { .string($0) } ?? .null,
    ]
    perform(
      gateway.server.dispatch(
        "VOICE_SERVER_UPDATE", data, toSession: session, now: now, world: world), now: now)
  }

  private mutating func leaveVoice(session: String) {
    for (guild, states) in world.voiceStates {
      for state in states.values where state.sessionID == session {
        world.leaveVoice(state.userID, guild: guild)
      }
    }
  }
}
