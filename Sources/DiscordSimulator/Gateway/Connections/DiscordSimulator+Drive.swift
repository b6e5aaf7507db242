package import JSONValues
internal import NIOConcurrencyHelpers

/// What tests do to the gateway and its sessions.
extension DiscordSimulator {
  /// What the gateway did so far.
  package var gatewayStatistics: GatewayStatistics {
    state.withLockedValue { $0.gateway.server.statistics }
  }

  /// The sessions, also those that wait for a resume, the oldest first.
  package var gatewaySessions: [GatewayServerSession] {
    state.withLockedValue { state in state.gateway.server.sessions.values.map { $0 } }
      .sorted { $0.startedAs < $1.startedAs }
  }

  /// Changes the gateway's numbers, such as the heartbeat's interval; connections that are open
  /// have heard the old ones.
  package func setGatewayRules(_ change: (inout GatewayRules) -> Void) {
    withGateway { state, _ in change(&state.gateway.server.rules) }
  }

  /// Adds a fault of the gateway; one with the trigger `now` happens at once.
  package func inject(_ fault: GatewayFault) {
    withGateway { state, now in
      let outputs = state.gateway.server.inject(fault, now: now, world: state.world)
      state.perform(outputs, now: now)
    }
  }

  /// Adds faults of the gateway.
  package func inject(_ faults: [GatewayFault]) {
    for fault in faults { inject(fault) }
  }

  /// Says which voice server a session that joins a channel is sent to; nil: none yet, and no
  /// VOICE_SERVER_UPDATE.
  package func setVoiceServer(
    _ choose: @escaping @Sendable (GatewayVoiceRequest) -> VoiceServerAssignment?
  ) {
    withGateway { state, _ in state.gateway.voiceServer = choose }
  }

  /// Moves a guild's voice to another server: VOICE_SERVER_UPDATE for the bots in voice there.
  package func moveVoice(guild: UInt64, to assignment: VoiceServerAssignment) {
    withGateway { state, now in
      let states = state.world.voiceStates[guild, default: [:]].values
      for session in states.map(\.sessionID).sorted() {
        state.tell(assignment, guild: guild, session: session, now: now)
      }
    }
  }

  /// Somebody posts a message.
  @discardableResult
  package func post(
    as user: World.ID, in channel: World.ID, _ content: String
  ) -> World.Message {
    mutate { world, now in world.send(MessageDraft(content), by: user, in: channel, now: now) }
  }

  /// Somebody joins a voice channel, or moves there.
  package func joinVoice(_ user: World.ID, _ channel: World.ID) {
    mutate { world, _ in world.joinVoice(user, channel: channel) }
  }

  /// Somebody leaves voice.
  package func leaveVoice(_ user: World.ID, guild: World.ID) {
    mutate { world, _ in world.leaveVoice(user, guild: guild) }
  }

  /// Somebody uses a slash command; nil when there is none of this name, or not for them.
  @discardableResult
  package func invoke(
    _ command: String, options: [JSONValue] = [], by user: World.ID, in channel: World.ID
  ) -> World.Interaction? {
    mutate { world, now in
      world.invoke(command, options: options, by: user, in: channel, now: now)
    }
  }
}
