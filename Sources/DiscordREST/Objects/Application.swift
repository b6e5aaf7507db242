public import JSONValues

/// An application: what a bot belongs to.
///
/// Source: https://docs.discord.com/developers/resources/application
public struct Application: DiscordObject, DiscordReference {
  /// What the application may receive without asking Discord again, by its flags.
  ///
  /// Bits that this library does not name are kept.
  public struct Flags: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt64

    /// The set with the given bits, known or not.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The intent `GUILD_PRESENCES`, for a verified bot.
    public static let presence = Flags(rawValue: 1 << 12)
    /// The intent `GUILD_PRESENCES`, for a bot in fewer than 100 guilds.
    public static let presenceLimited = Flags(rawValue: 1 << 13)
    /// The intent `GUILD_MEMBERS`, for a verified bot.
    public static let guildMembers = Flags(rawValue: 1 << 14)
    /// The intent `GUILD_MEMBERS`, for a bot in fewer than 100 guilds.
    public static let guildMembersLimited = Flags(rawValue: 1 << 15)
    /// The intent `MESSAGE_CONTENT`, for a verified bot.
    public static let messageContent = Flags(rawValue: 1 << 18)
    /// The intent `MESSAGE_CONTENT`, for a bot in fewer than 100 guilds.
    public static let messageContentLimited = Flags(rawValue: 1 << 19)
  }

  /// What Discord sent.
  public let json: JSONValue
  /// The client that received it.
  public let client: DiscordClient
  /// The application's id.
  public let id: ID<Application>
  /// Its name; empty in the partial application of a gateway event.
  public let name: String

  /// Wraps an application object.
  ///
  /// - Throws: `DiscordError` with kind `invalidResponse` without `id`.
  public init(json: JSONValue, client: DiscordClient) throws(DiscordError) {
    self.json = json
    self.client = client
    id = try Fields(json, of: "Application").id("id")
    name = json.text("name") ?? ""
  }

  /// Its bot.
  public var bot: User? { client.nested(json["bot"]) }

  /// Who owns it; for a team, the team's stand-in.
  public var owner: User? { client.nested(json["owner"]) }

  /// What it may receive.
  public var flags: Flags {
    Flags(rawValue: json["flags"]?.integer.map { UInt64(bitPattern: $0) } ?? 0)
  }

  /// Whether anybody may add the bot to a guild.
  public var isPublicBot: Bool { json.flag("bot_public") }

  /// Whether adding it needs the whole OAuth2 flow, which invite links do not go through.
  public var requiresCodeGrant: Bool { json.flag("bot_require_code_grant") }

  /// The address at which somebody who may manage a guild adds the bot to it.
  ///
  /// - Parameters:
  ///   - permissions: what the bot asks for.
  ///   - scopes: OAuth2 scopes.
  ///   - guild: the guild that is chosen beforehand.
  /// Source: https://docs.discord.com/developers/topics/oauth2#bot-authorization-flow
  public func inviteURL(
    permissions: Permissions, scopes: [String] = ["bot", "applications.commands"],
    guild: (any DiscordReference<Guild>)? = nil
  ) -> String {
    let scope = scopes.map { APIPath.encoded($0) }.joined(separator: "+")
    var url = "\(client.configuration.webBase)/oauth2/authorize?client_id=\(id)"
    url += "&permissions=\(permissions.text)&scope=\(scope)"
    if let guild { url += "&guild_id=\(guild.id)&disable_guild_select=true" }
    return url
  }

  /// `Application(id: 1, name: "Tapedeck")`.
  public var description: String {
    "Application(id: \(id), name: \"\(DisplayText.sanitized(name))\")"
  }
}
