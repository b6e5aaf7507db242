public import JSONValues

/// A role of a guild.
///
/// Source: https://docs.discord.com/developers/topics/permissions#role-object
public struct Role: DiscordObject, DiscordReference {
  /// What Discord sent.
  public let json: JSONValue
  /// The client that received it.
  public let client: DiscordClient
  /// The role's id; everyone's role has the guild's.
  public let id: ID<Role>
  /// Its name; everyone's is `@everyone`.
  public let name: String

  /// Wraps a role object.
  ///
  /// - Throws: `DiscordError` with kind `invalidResponse` without `id` or `name`.
  public init(json: JSONValue, client: DiscordClient) throws(DiscordError) {
    let fields = try Fields(json, of: "Role")
    self.json = json
    self.client = client
    id = try fields.id("id")
    name = try fields.string("name")
  }

  /// What the role allows in the guild.
  public var permissions: Permissions { Permissions(json: json["permissions"]) ?? [] }

  /// The rank: a higher one stands above.
  public var position: Int { json.int("position") ?? 0 }

  /// Whether everybody may mention it.
  public var isMentionable: Bool { json.flag("mentionable") }

  /// Whether an integration, such as a bot, manages it.
  public var isManaged: Bool { json.flag("managed") }

  /// The text that mentions the role; pings only where `AllowedMentions` says so.
  public var mention: String { "<@&\(id)>" }

  /// `Role(id: 1, name: "Hosts")`.
  public var description: String {
    "Role(id: \(id), name: \"\(DisplayText.sanitized(name))\")"
  }
}

extension Role: TableRow {
  /// `ID`, `Name`, `Position`, `Permissions`.
  public static var tableColumns: [String] { ["ID", "Name", "Position", "Permissions"] }
  /// The cells.
  public var tableCells: [String] {
    [id.description, name, String(position), permissions.text]
  }
}
