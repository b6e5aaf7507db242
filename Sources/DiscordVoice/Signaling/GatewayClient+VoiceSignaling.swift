public import DiscordGateway
public import DiscordREST
internal import JSONValues

extension GatewayClient: VoiceSignaling {
  /// The bot's own id, from READY; waits for the first.
  ///
  /// - Throws: `GatewayError` if the client fails or is stopped before.
  public var userID: ID<User> {
    get async throws {
      if let ready = await firstReady() { return ready.userID }
      try Task.checkCancellation()
      throw failure ?? CancellationError()
    }
  }

  /// Sends op 4. See `updateVoiceState(guild:channel:selfMute:selfDeaf:)`.
  public func sendVoiceState(
    guild: ID<Guild>, channel: ID<Channel>?, selfMute: Bool, selfDeaf: Bool
  ) async throws {
    try await updateVoiceState(
      guild: guild, channel: channel, selfMute: selfMute, selfDeaf: selfDeaf)
  }

  /// The guild's voice, beginning with the voice states that are known. The intent
  /// `GUILD_VOICE_STATES` is needed.
  public func voiceSignals(in guild: ID<Guild>) -> AsyncStream<VoiceSignal> {
    // Subscribed before the snapshot, so that nothing falls between.
    let (events, changes) = (events, connectionChanges)
    var translator = VoiceSignalTranslator(guild: guild)
    let first = translator.snapshot(voiceStates)
    let isConnected = isConnected
    let started = translator
    return AsyncStream { continuation in
      for signal in first { continuation.yield(signal) }
      if isConnected { continuation.yield(.connected(sessionLost: false)) }
      let task = Task {
        await withDiscardingTaskGroup { group in
          group.addTask {
            for await isConnected in changes {
              continuation.yield(isConnected ? .connected(sessionLost: false) : .disconnected)
            }
          }
          var translator = started
          for await event in events {
            for signal in translator.signals(event, states: { self.voiceStates }) {
              continuation.yield(signal)
            }
          }
          group.cancelAll()
        }
        continuation.finish()
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }
}

/// Says what a gateway's events mean for one guild's voice.
struct VoiceSignalTranslator: Sendable {
  var guild: ID<Guild>
  private var members: Set<ID<User>> = []
  private var user: ID<User>?

  init(guild: ID<Guild>) { self.guild = guild }

  /// Who is where now, and who no longer is anywhere.
  mutating func snapshot(_ states: VoiceStates, without own: ID<User>? = nil) -> [VoiceSignal] {
    let participants = states.participants(in: guild).filter { $0.userID != own }
    let now = Set(participants.map(\.userID))
    let gone = members.subtracting(now).sorted()
    members = now
    return gone.map { user in
      .voiceState(["guild_id": guild.json, "user_id": user.json, "channel_id": nil])
    }
      + participants.map { participant in
        var json = participant.json
        json["guild_id"] = guild.json
        return .voiceState(json)
      }
  }

  mutating func signals(_ event: GatewayEvent, states: () -> VoiceStates) -> [VoiceSignal] {
    switch event {
    case .ready(let ready):
      user = ready.userID
      // A first session loses nothing.
      return ready.followsLostSession ? [.connected(sessionLost: true)] : []
    case .voiceStateUpdate(let state) where state.guildID == guild:
      if state.userID != user {
        if state.channelID == nil {
          members.remove(state.userID)
        } else {
          members.insert(state.userID)
        }
      }
      return [.voiceState(state.json)]
    case .voiceServerUpdate(let update) where update.guildID == guild:
      return [.voiceServer(endpoint: update.endpoint, token: update.token)]
    // A guild that comes back. Our own state in it is of the session that was lost.
    case .guildCreate(let created) where created.id == guild:
      return snapshot(states(), without: user)
    case .missed: return snapshot(states())
    default: return []
    }
  }
}
