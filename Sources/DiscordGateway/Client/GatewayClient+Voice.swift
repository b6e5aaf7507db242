public import DiscordREST
internal import JSONValues

extension GatewayClient {
  /// Joins, moves between or leaves voice channels: Discord answers with a voice state, and after
  /// joining with the voice server to use. Source: Discord documentation, "Update Voice State".
  ///
  /// - Parameters:
  ///   - guild: In which guild.
  ///   - channel: The voice channel; nil: leave.
  ///   - selfMute: Whether the bot shows as muted.
  ///   - selfDeaf: Whether the bot shows as deaf; a deaf bot is sent no sound.
  /// - Throws: ``GatewayError``, as ``send(op:d:)``.
  public func updateVoiceState(
    guild: some DiscordReference<Guild>, channel: ID<Channel>?, selfMute: Bool = false,
    selfDeaf: Bool = false
  ) async throws(GatewayError) {
    try await send(
      op: 4,
      d: .object([
        "guild_id": guild.id.json, "channel_id": channel?.json ?? .null,
        "self_mute": .bool(selfMute), "self_deaf": .bool(selfDeaf),
      ]))
  }

  /// Waits until someone's place in a guild's voice channels is as wanted.
  ///
  /// - Parameters:
  ///   - user: Whose.
  ///   - guild: In which guild.
  ///   - timeout: How long to wait.
  ///   - isWanted: Gets where they are; nil: in no channel.
  /// - Returns: Where they are.
  /// - Throws: ``GatewayError`` with code `timedOut` or `notRunning`, or `CancellationError`.
  @discardableResult
  public func waitForVoiceState(
    of user: some DiscordReference<User>, in guild: some DiscordReference<Guild>,
    timeout: Duration,
    where isWanted: @escaping @Sendable (VoiceParticipant?) -> Bool
  ) async throws -> VoiceParticipant? {
    let (userID, guildID) = (user.id, guild.id)
    let events = self.events
    let now: @Sendable () -> VoiceParticipant? = {
      self.voiceStates.participant(userID, in: guildID)
    }
    let current = now()
    if isWanted(current) { return current }
    return try await withThrowingTaskGroup(of: VoiceParticipant?.self) { group in
      group.addTask { [clock] in
        try await clock.sleep(for: timeout)
        throw GatewayError(.timedOut, "The voice state did not come in time.")
      }
      group.addTask {
        for await _ in events {
          let current = now()
          if isWanted(current) { return current }
        }
        try Task.checkCancellation()
        throw GatewayError(.notRunning, "The gateway client was stopped.")
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
  }
}
