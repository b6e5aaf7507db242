public import FoundationEssentials
public import JSONValues

/// A message.
///
/// Source: https://docs.discord.com/developers/resources/message
public struct Message: DiscordObject, DiscordReference {
  /// What Discord sent.
  public let json: JSONValue
  /// The client that received it.
  public let client: DiscordClient
  /// The message's id.
  public let id: ID<Message>
  /// The channel or thread it is in.
  public let channelID: ID<Channel>
  /// Who wrote it; for a webhook, the name and picture it wrote with.
  public let author: User
  let place: Place

  /// Wraps a message object of a gateway event, which names the guild if there is one.
  ///
  /// - Throws: `DiscordError` with kind `invalidResponse` without `id`, `channel_id` or `author`.
  public init(json: JSONValue, client: DiscordClient) throws(DiscordError) {
    try self.init(json: json, client: client, place: .direct)
  }

  /// Wraps a message object of the HTTP API, which does not name the guild.
  init(json: JSONValue, client: DiscordClient, place: Place) throws(DiscordError) {
    let fields = try Fields(json, of: "Message")
    self.json = json
    self.client = client
    id = try fields.id("id")
    channelID = try fields.id("channel_id")
    guard let author = json["author"], author.object != nil else {
      throw DiscordError(.invalidResponse, "Message: the field `author` is missing")
    }
    self.author = try User(json: author, client: client)
    if let guild: ID<Guild> = json.id("guild_id") {
      self.place = .guild(guild)
      client.places.note(self.place, of: channelID)
    } else {
      self.place = place
    }
  }

  /// The guild; nil for a direct message.
  public var guildID: ID<Guild>? { place.guildID }

  /// Whether it is in a direct message, with one user or several.
  public var isDirectMessage: Bool { place == .direct }

  /// The text as Discord sent it, with mentions by id.
  ///
  /// Empty without the privileged intent `MESSAGE_CONTENT`, except in direct messages, in the
  /// bot's own messages and in those that mention it.
  public var rawContent: String { json.text("content") ?? "" }

  /// The text as people see it: ``rawContent`` with the names of mentioned users, roles and
  /// channels as far as Discord sent them with the message.
  public var content: String { names.resolve(rawContent) }

  /// The text as people see it, with more names than came with the message.
  public func content(resolving more: MentionNames) -> String {
    more.merging(names).resolve(rawContent)
  }

  /// When it was sent.
  public var timestamp: Date { json.date("timestamp") ?? id.snowflake.date }

  /// When it was last edited; nil if never.
  public var editedAt: Date? { json.date("edited_timestamp") }

  /// Discord's number of the kind of message: 0 for a plain one, 19 for a reply.
  public var type: Int { json.int("type") ?? 0 }

  /// Whether it is pinned to its channel.
  public var isPinned: Bool { json.flag("pinned") }

  /// Whether it mentioned everyone.
  public var mentionsEveryone: Bool { json.flag("mention_everyone") }

  /// The users whom it mentions.
  public var mentions: [User] { (try? client.objects(json, in: "mentions")) ?? [] }

  /// The roles that it mentions.
  public var mentionedRoleIDs: [ID<Role>] { json.ids("mention_roles") }

  /// Its files.
  public var attachments: [Attachment] { (try? client.objects(json, in: "attachments")) ?? [] }

  /// The webhook that wrote it; nil for a message of a user.
  public var webhookID: ID<Webhook>? { json.id("webhook_id") }

  /// The message that this one replies to, when Discord sent it along and it is not deleted.
  public var referenced: Message? {
    guard let json = json["referenced_message"], !json.isNull else { return nil }
    return try? Message(json: json, client: client, place: place)
  }

  /// The id of the message that this one replies to.
  public var referencedID: ID<Message>? { json["message_reference"]?.id("message_id") }

  /// The thread that was started from this message, when Discord sent it along.
  public var thread: Channel? {
    guard let json = json["thread"], !json.isNull else { return nil }
    return try? Channel(json: json, client: client, guildID: guildID)
  }

  /// The author as a member of the guild, in gateway events only.
  public var member: Member? {
    guard let member = json["member"], !member.isNull else { return nil }
    return try? Member(json: member, client: client, guildID: guildID, user: author.json)
  }

  /// What people see as the author: nickname where Discord sent it, else global name, username.
  public var authorName: String { member?.displayName ?? author.displayName }

  /// Its address in Discord's web application.
  public var url: String {
    let guild = guildID?.description ?? "@me"
    return "\(client.configuration.webBase)/channels/\(guild)/\(channelID)/\(id)"
  }

  /// `Message(id: 1, author: "ada", content: "The first thirty characters of …")`.
  public var description: String {
    let text = DisplayText.sanitized(content, limit: 30)
    let name = DisplayText.sanitized(author.username)
    return "Message(id: \(id), author: \"\(name)\", content: \"\(text)\")"
  }

  /// The names that Discord sent with the message.
  private var names: MentionNames {
    var names = MentionNames()
    for json in json["mentions"]?.array ?? [] {
      guard let user = try? User(json: json, client: client) else { continue }
      // Gateway events have the nickname too.
      let nick = json["member"]?.text("nick").flatMap { $0.isEmpty ? nil : $0 }
      names.users[user.id] = nick ?? user.displayName
    }
    for channel in json["mention_channels"]?.array ?? [] {
      guard let id: ID<Channel> = channel.id("id"), let name = channel.text("name") else {
        continue
      }
      names.channels[id] = name
    }
    let resolved = json["resolved"]
    for (id, role) in resolved?["roles"]?.object ?? [:] {
      if let id = ID<Role>(id), let name = role.text("name") { names.roles[id] = name }
    }
    return names
  }
}

extension Message: TableRow {
  /// `ID`, `Author`, `Content`, `Date`.
  public static var tableColumns: [String] { ["ID", "Author", "Content", "Date"] }
  /// The cells: the first 50 characters, the day.
  public var tableCells: [String] {
    let day = String(Timestamp.text(timestamp).prefix(10))
    return [
      id.description, author.username, DisplayText.sanitized(content, limit: 50), day,
    ]
  }
}
