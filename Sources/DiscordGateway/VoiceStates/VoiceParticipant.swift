public import DiscordREST
public import JSONValues

/// Someone in a voice channel.
public struct VoiceParticipant: Hashable, Sendable {
  /// Who.
  public let userID: ID<User>
  /// In which guild.
  public let guildID: ID<Guild>
  /// In which channel.
  public let channelID: ID<Channel>
  /// What to call them: the guild's nickname, else the global name, else the user name; the id when
  /// Discord told none. Foreign text: escape it before it goes to a terminal or into Markdown.
  public let name: String
  /// Whether it is a bot; nil when Discord did not tell.
  public let isBot: Bool?
  /// The voice state as Discord sent it (`self_mute`, `deaf`, `suppress`, …), with `member` also
  /// where Discord told that beside it.
  public let json: JSONValue
}
