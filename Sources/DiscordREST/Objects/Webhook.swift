public import JSONValues

/// A webhook: posts to a channel under a name and picture of its own.
///
/// Source: https://docs.discord.com/developers/resources/webhook
public struct Webhook: DiscordObject, DiscordReference {
  /// What Discord sent; its `token` is a secret: who has it can post.
  public let json: JSONValue
  /// The client that received it.
  public let client: DiscordClient
  /// The webhook's id.
  public let id: ID<Webhook>

  /// Wraps a webhook object.
  ///
  /// - Throws: `DiscordError` with kind `invalidResponse` without `id`.
  public init(json: JSONValue, client: DiscordClient) throws(DiscordError) {
    self.json = json
    self.client = client
    id = try Fields(json, of: "Webhook").id("id")
  }

  /// The name it posts under; nil for one that follows a channel of another guild.
  public var name: String? { json.text("name") }

  /// The channel it posts to.
  public var channelID: ID<Channel>? { json.id("channel_id") }

  /// The guild it belongs to.
  public var guildID: ID<Guild>? { json.id("guild_id") }

  /// The application that made it: only that one sees its token.
  public var applicationID: ID<Application>? { json.id("application_id") }

  /// The secret that lets it post; nil for webhooks of other applications and followers.
  public var token: String? { json.text("token") }

  /// 1 for one that posts, 2 for one that follows a channel, 3 for one of an application.
  public var type: Int { json.int("type") ?? 1 }

  /// `Webhook(id: 1, name: "News")`; never the token.
  public var description: String {
    "Webhook(id: \(id), name: \"\(DisplayText.sanitized(name ?? ""))\")"
  }
}

extension Webhook: TableRow {
  /// `ID`, `Name`, `Channel`.
  public static var tableColumns: [String] { ["ID", "Name", "Channel"] }
  /// The cells.
  public var tableCells: [String] {
    [id.description, name ?? "", channelID?.description ?? ""]
  }
}
