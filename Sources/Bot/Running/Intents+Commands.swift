public import DiscordGateway

extension Intents {
  /// For commands with a prefix: GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES, GUILD_VOICE_STATES and
  /// MESSAGE_CONTENT, which is privileged and has to be turned on in the developer portal.
  public static let prefixCommands: Intents = [.mentionCommands, .messageContent]

  /// For commands that begin with a mention of the bot, or in direct messages: the same without
  /// MESSAGE_CONTENT, so none is privileged.
  public static let mentionCommands: Intents = [
    .guilds, .guildMessages, .directMessages, .guildVoiceStates,
  ]
}
