public import DiscordREST
public import JSONValues

/// What a voice connection needs of a main gateway. `GatewayClient` is one; so may be somebody
/// else's.
public protocol VoiceSignaling: Sendable {
  /// The bot's own id.
  var userID: ID<User> { get async throws }

  /// Sends op 4: joins, moves, leaves (`channel` nil), or changes how the bot shows.
  ///
  /// - Parameters:
  ///   - guild: In which guild.
  ///   - channel: The voice channel; nil: leave.
  ///   - selfMute: Whether the bot shows as muted.
  ///   - selfDeaf: Whether the bot shows as deaf; a deaf bot is sent no sound.
  /// - Throws: whatever keeps the gateway from sending it.
  func sendVoiceState(
    guild: ID<Guild>, channel: ID<Channel>?, selfMute: Bool, selfDeaf: Bool
  ) async throws

  /// What the gateway tells of a guild's voice, in order, from now on; it begins with the voice
  /// states that are known. It ends when the gateway has stopped for good.
  func voiceSignals(in guild: ID<Guild>) -> AsyncStream<VoiceSignal>
}

/// What a main gateway tells of a guild's voice.
public enum VoiceSignal: Hashable, Sendable {
  /// Somebody's voice state, the bot's own too: the data of VOICE_STATE_UPDATE.
  case voiceState(JSONValue)
  /// VOICE_SERVER_UPDATE: the voice server to use, or that it is gone (`endpoint` nil) and another
  /// one is looked for.
  case voiceServer(endpoint: String?, token: String)
  /// The gateway has a session (again). If one was lost, voice states may have been missed, and
  /// those that are known now were told before this.
  case connected(sessionLost: Bool)
  /// The gateway has no session for now.
  case disconnected
}

/// What is to be known of a voice channel besides its id.
public struct VoiceChannelFacts: Hashable, Sendable {
  /// How many may be in it at once; nil: any number.
  public var userLimit: Int?
  /// Whether it is a stage, where the bot is in the audience and there is no end-to-end encryption.
  public var isStage: Bool

  /// The facts of a channel.
  public init(userLimit: Int? = nil, isStage: Bool = false) {
    self.userLimit = userLimit
    self.isStage = isStage
  }
}
