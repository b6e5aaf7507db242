public import JSONValues

/// A channel of a guild, a thread, or a direct message.
///
/// Source: https://docs.discord.com/developers/resources/channel
public struct Channel: DiscordObject, DiscordReference {
  /// What Discord sent.
  public let json: JSONValue
  /// The client that received it.
  public let client: DiscordClient
  /// The channel's id.
  public let id: ID<Channel>
  /// What it is.
  public let type: ChannelType
  /// The guild; nil for a direct message.
  public let guildID: ID<Guild>?

  /// Wraps a channel object.
  ///
  /// - Throws: `DiscordError` with kind `invalidResponse` without `id` or `type`.
  public init(json: JSONValue, client: DiscordClient) throws(DiscordError) {
    try self.init(json: json, client: client, guildID: nil)
  }

  /// The same, with the guild that Discord leaves out of channels within a guild.
  package init(
    json: JSONValue, client: DiscordClient, guildID: ID<Guild>?
  ) throws(DiscordError) {
    let fields = try Fields(json, of: "Channel")
    self.json = json
    self.client = client
    id = try fields.id("id")
    type = ChannelType(rawValue: try fields.integer("type"))
    self.guildID = json.id("guild_id") ?? guildID
    client.places.note(place, of: id)
  }

  var place: Place { type.isDirectMessage ? .direct : Place(guildID) }

  /// Its name; for a direct message the names of the others in it.
  public var name: String {
    if let name = json.text("name"), !name.isEmpty { return name }
    return recipients.map(\.displayName).joined(separator: ", ")
  }

  /// What the channel is about; nil without a topic.
  public var topic: String? { json.text("topic").flatMap { $0.isEmpty ? nil : $0 } }

  /// The category, or of a thread the channel it belongs to; nil without one.
  public var parentID: ID<Channel>? { json.id("parent_id") }

  /// Where it stands among its like, from above.
  public var position: Int { json.int("position") ?? 0 }

  /// How many may be in a voice channel at once; nil for any number.
  public var userLimit: Int? { json.int("user_limit").flatMap { $0 > 0 ? $0 : nil } }

  /// The bit rate of a voice channel, in bits a second.
  public var bitrate: Int? { json.int("bitrate") }

  /// The others of a direct message.
  public var recipients: [User] { (try? client.objects(json, in: "recipients")) ?? [] }

  /// The channel's exceptions from the roles' permissions; a thread has those of its channel.
  public var permissionOverwrites: [PermissionOverwrite] {
    json["permission_overwrites"]?.array?.compactMap(PermissionOverwrite.init) ?? []
  }

  /// The last message, which may be deleted since; nil without one.
  public var lastMessageID: ID<Message>? { json.id("last_message_id") }

  /// Whether a thread is archived.
  public var isArchived: Bool { json["thread_metadata"]?.flag("archived") ?? false }

  /// Whether it is a thread.
  public var isThread: Bool { type.isThread }

  /// Whether it is a text or announcement channel.
  public var isText: Bool { type.isText }

  /// Whether it can be joined by voice: a voice or stage channel.
  public var isVoice: Bool { type.isVoice }

  /// The text that links to the channel.
  public var mention: String { "<#\(id)>" }

  /// Its address in Discord's web application.
  public var url: String {
    "\(client.configuration.webBase)/channels/\(guildID?.description ?? "@me")/\(id)"
  }

  /// `Channel(id: 1, name: "general", type: 0)`.
  public var description: String {
    "Channel(id: \(id), name: \"\(DisplayText.sanitized(name))\", type: \(type.rawValue))"
  }
}

extension Channel: TableRow {
  /// `ID`, `Name`, `Type`.
  public static var tableColumns: [String] { ["ID", "Name", "Type"] }
  /// The cells.
  public var tableCells: [String] { [id.description, name, type.description] }
}

extension PermissionOverwrite {
  /// An overwrite of a channel object; nil when it is none.
  init?(json: JSONValue) {
    guard let id = Snowflake(json: json["id"]) else { return nil }
    // A string in very old answers.
    let isMember = json.int("type") == 1 || json.text("type") == "member"
    self.init(
      id: id, kind: isMember ? .member : .role, allow: Permissions(json: json["allow"]) ?? [],
      deny: Permissions(json: json["deny"]) ?? [])
  }
}
