public import JSONValues

/// That somebody used a command, a button or a form of the application, as the gateway tells it.
///
/// It must be answered within 3 seconds, by a reply or by `deferReply`; the answer can be edited
/// and followed up for 15 minutes.
/// Source: https://docs.discord.com/developers/interactions/receiving-and-responding
public struct Interaction: DiscordObject, DiscordReference {
  /// What was used; a number that this library does not name is kept.
  public struct Kind: RawRepresentable, Hashable, Sendable {
    /// Discord's number of it.
    public let rawValue: Int

    /// The kind with Discord's number, known or not.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Discord tests an address.
    public static let ping = Kind(rawValue: 1)
    /// A command.
    public static let applicationCommand = Kind(rawValue: 2)
    /// A button or a menu of a message.
    public static let messageComponent = Kind(rawValue: 3)
    /// A command is being typed.
    public static let autocomplete = Kind(rawValue: 4)
    /// A form was sent.
    public static let modalSubmit = Kind(rawValue: 5)
  }

  /// What Discord sent; its `token` is a secret for 15 minutes.
  public let json: JSONValue
  /// The client that received it.
  public let client: DiscordClient
  /// The interaction's id.
  public let id: ID<Interaction>
  /// The application.
  public let applicationID: ID<Application>
  /// What was used.
  public let kind: Kind
  /// The secret that answers need.
  public let token: String

  /// Wraps an interaction object.
  ///
  /// - Throws: `DiscordError` with kind `invalidResponse` without `id`, `application_id`, `type` or
  ///   `token`.
  public init(json: JSONValue, client: DiscordClient) throws(DiscordError) {
    let fields = try Fields(json, of: "Interaction")
    self.json = json
    self.client = client
    id = try fields.id("id")
    applicationID = try fields.id("application_id")
    kind = Kind(rawValue: try fields.integer("type"))
    token = try fields.string("token")
  }

  /// The guild; nil in a direct message.
  public var guildID: ID<Guild>? { json.id("guild_id") }

  /// The channel.
  public var channelID: ID<Channel>? { json.id("channel_id") ?? json["channel"]?.id("id") }

  /// The user as a member of the guild, with the permissions in the channel; nil in a direct
  /// message.
  public var member: Member? {
    guard let member = json["member"], !member.isNull else { return nil }
    return try? Member(json: member, client: client, guildID: guildID)
  }

  /// Who used it.
  public var user: User? { member?.user ?? client.nested(json["user"]) }

  /// What the user may in the channel; nil in a direct message.
  public var memberPermissions: Permissions? { member?.permissions }

  /// What the application may in the channel.
  public var applicationPermissions: Permissions? {
    Permissions(json: json["app_permissions"])
  }

  /// The command's name; nil for something else.
  public var commandName: String? { json["data"]?.text("name") }

  /// The button's or form's own name; nil for something else.
  public var customID: String? { json["data"]?.text("custom_id") }

  /// The user's language, such as `en-GB`.
  public var locale: String? { json.text("locale") }

  /// The values that the user filled in, by name; those of the chosen subcommand if there is one.
  public var options: [String: JSONValue] {
    var values: [String: JSONValue] = [:]
    for option in leaves {
      if let name = option.text("name"), let value = option["value"] { values[name] = value }
    }
    return values
  }

  /// The chosen group and subcommand, in this order; empty without.
  public var subcommands: [String] {
    var path: [String] = []
    var options = json["data"]?["options"]?.array ?? []
    // 1 a subcommand, 2 a group of them: one can be chosen. No deeper than Discord nests.
    while path.count < 2, let only = options.first, [1, 2].contains(only.int("type") ?? 0) {
      path.append(only.text("name") ?? "")
      options = only["options"]?.array ?? []
    }
    return path
  }

  /// A text that the user filled in.
  public func text(_ option: String) -> String? { options[option]?.string }

  /// A whole number that the user filled in.
  public func integer(_ option: String) -> Int64? { options[option]?.integer }

  /// The id that the user chose: of a user, a channel, a role or an attachment.
  public func id<Object>(_ option: String) -> ID<Object>? { ID(json: options[option]) }

  /// `Interaction(id: 1, kind: 2, command: "ping")`; never the token.
  public var description: String {
    let name = DisplayText.sanitized(commandName ?? customID ?? "")
    return "Interaction(id: \(id), kind: \(kind.rawValue), command: \"\(name)\")"
  }

  private var leaves: [JSONValue] {
    var options = json["data"]?["options"]?.array ?? []
    for _ in subcommands { options = options.first?["options"]?.array ?? [] }
    return options
  }
}
