public import DiscordREST
public import JSONValues

/// A session has begun: who the bot is, and where.
public struct GatewayReady: Hashable, Sendable {
  /// What Discord sent with READY.
  public let json: JSONValue
  /// The session's id.
  public let sessionID: String
  /// The bot's own user id.
  public let userID: ID<User>
  /// The bot's user name.
  public let username: String
  /// The application's id, which slash commands are registered for.
  public let applicationID: ID<Application>?
  /// The guilds the bot is in; each follows as GUILD_CREATE.
  public let guilds: [ID<Guild>]
  /// An earlier session of this client was lost: what happened between its last event and this one
  /// was not told and is not told again. False for a client's first session.
  public let followsLostSession: Bool

  init?(json: JSONValue, followsLostSession: Bool) {
    guard let user = ID<User>(json: json["user"]?["id"]) else { return nil }
    self.json = json
    sessionID = json["session_id"]?.string ?? ""
    userID = user
    username = json["user"]?["username"]?.string ?? user.description
    applicationID = ID<Application>(json: json["application"]?["id"])
    guilds = json["guilds"]?.array?.compactMap { ID<Guild>(json: $0["id"]) } ?? []
    self.followsLostSession = followsLostSession
  }
}

/// A guild is gone for the bot, or cannot be reached for a while.
public struct GuildDeletion: Hashable, Sendable {
  /// The guild.
  public let guildID: ID<Guild>
  /// True in an outage, after which a GUILD_CREATE follows; false: the bot is no longer in it.
  public let isUnavailable: Bool
}

/// A message, or several, were deleted.
public struct MessageDeletion: Hashable, Sendable {
  /// The messages.
  public let messageIDs: [ID<Message>]
  /// Where they were.
  public let channelID: ID<Channel>
  /// In which guild; nil in a direct message.
  public let guildID: ID<Guild>?
}
