public import JSONValues

/// A user of Discord: a person, or a bot.
///
/// Source: https://docs.discord.com/developers/resources/user
public struct User: DiscordObject, DiscordReference {
  /// What Discord sent.
  public let json: JSONValue
  /// The client that received it.
  public let client: DiscordClient
  /// The user's id.
  public let id: ID<User>
  /// The name that is unique over all of Discord.
  public let username: String

  /// Wraps a user object.
  ///
  /// - Throws: `DiscordError` with kind `invalidResponse` without `id` or `username`.
  public init(json: JSONValue, client: DiscordClient) throws(DiscordError) {
    let fields = try Fields(json, of: "User")
    self.json = json
    self.client = client
    id = try fields.id("id")
    username = try fields.string("username")
  }

  /// The name that the user chose for all guilds; nil without one.
  public var globalName: String? { json.text("global_name").flatMap { $0.isEmpty ? nil : $0 } }

  /// What people see: the global name, else the username.
  public var displayName: String { globalName ?? username }

  /// Whether it is a bot.
  public var isBot: Bool { json.flag("bot") }

  /// The text that mentions the user; pings only where `AllowedMentions` says so.
  public var mention: String { "<@\(id)>" }

  /// `User(id: 1, username: "ada")`.
  public var description: String {
    "User(id: \(id), username: \"\(DisplayText.sanitized(username))\")"
  }
}

extension User: TableRow {
  /// `ID`, `Name`, `Display name`.
  public static var tableColumns: [String] { ["ID", "Name", "Display name"] }
  /// The cells.
  public var tableCells: [String] { [id.description, username, displayName] }
}
