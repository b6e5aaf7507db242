public import Bot
internal import DiscordGateway
public import DiscordREST
internal import Logging

extension Bot {
  /// Joins a voice or stage channel; the bot is in one channel a server, so from another one of that
  /// server it moves. The bot's `leaveVoice(_:)` or ``VoiceClient/leave()`` leaves again, and so does
  /// its `stop()`.
  ///
  /// - Parameters:
  ///   - channel: The channel.
  ///   - configuration: How the client behaves.
  /// - Returns: The stay.
  /// - Throws: `VoiceError` if Discord does not let the bot in, `DiscordError` if the channel cannot
  ///   be had, `BotError` with code `invalidState` if it is in no server.
  @discardableResult
  public func joinVoice(
    _ channel: some DiscordReference<Channel>, configuration: VoiceClientConfiguration = .init()
  ) async throws -> VoiceClient {
    try await joinVoice(channel, by: VoiceSupport(configuration: configuration))
  }
}

/// Joins voice channels for a bot.
struct VoiceSupport: VoiceJoining {
  let configuration: VoiceClientConfiguration

  func joinVoice(
    guild: ID<Guild>, channel: ID<Channel>, gateway: GatewayClient
  ) async throws -> VoiceClient {
    try await VoiceClient.join(
      guild: guild, channel: channel, client: gateway.client, gateway: gateway,
      configuration: configuration, logger: Logger(label: "tapedeck.discord.voice"))
  }
}
