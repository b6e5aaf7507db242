public import DiscordREST
internal import Synchronization

extension Bot {
  /// Joins a voice or stage channel; the bot is in one channel a server, so from another one of
  /// that server it moves.
  ///
  /// VoiceAudio adds `joinVoice(_:)`, which is this with its own way to join.
  ///
  /// - Parameters:
  ///   - channel: The channel.
  ///   - voice: How to join.
  /// - Returns: The connection.
  /// - Throws: `DiscordError` if the channel cannot be had, `BotError` with code `invalidState` if it
  ///   is in no server; what `voice` throws.
  @discardableResult
  public func joinVoice<Stay>(
    _ channel: some DiscordReference<Channel>, by voice: some VoiceJoining<Stay>
  ) async throws -> Stay {
    guard let guild = try await client.channel(channel).guildID else {
      throw BotError(.invalidState, "The channel \(channel.id) is not in a server.")
    }
    try await leaveVoice(guild)
    let stay = try await voice.joinVoice(guild: guild, channel: channel.id, gateway: gateway)
    state.withLock { $0.stays[guild] = stay }
    return stay
  }

  /// Leaves the voice channel of a server; nothing happens if the bot is in none.
  ///
  /// - Throws: What voice support throws.
  public func leaveVoice(_ guild: some DiscordReference<Guild>) async throws {
    let stay = state.withLock { $0.stays.removeValue(forKey: guild.id) }
    try await stay?.leave()
  }

  /// Where the bot is by ``joinVoice(_:by:)``, by server.
  public var voiceStays: [ID<Guild>: any VoiceHandle] { state.withLock(\.stays) }

  func leaveAllVoice() async {
    let stays = state.withLock { state in
      defer { state.stays = [:] }
      return state.stays
    }
    for stay in stays.values { try? await stay.leave() }
  }
}
