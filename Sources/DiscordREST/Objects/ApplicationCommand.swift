public import JSONValues

/// A registered command of an application.
///
/// Source: https://docs.discord.com/developers/interactions/application-commands
public struct ApplicationCommand: DiscordObject, DiscordReference {
  /// What Discord sent.
  public let json: JSONValue
  /// The client that received it.
  public let client: DiscordClient
  /// The command's id.
  public let id: ID<ApplicationCommand>
  /// Its name.
  public let name: String

  /// Wraps an application command object.
  ///
  /// - Throws: `DiscordError` with kind `invalidResponse` without `id` or `name`.
  public init(json: JSONValue, client: DiscordClient) throws(DiscordError) {
    let fields = try Fields(json, of: "ApplicationCommand")
    self.json = json
    self.client = client
    id = try fields.id("id")
    name = try fields.string("name")
  }

  /// What it does, in words; empty for a command of a user's or message's menu.
  public var details: String { json.text("description") ?? "" }

  /// The guild it is limited to; nil for all.
  public var guildID: ID<Guild>? { json.id("guild_id") }

  /// The permissions that one needs to use it; nil for everyone.
  public var defaultMemberPermissions: Permissions? {
    Permissions(json: json["default_member_permissions"])
  }

  /// The text that links to the command.
  public var mention: String { "</\(name):\(id)>" }

  /// `ApplicationCommand(id: 1, name: "ping")`.
  public var description: String {
    "ApplicationCommand(id: \(id), name: \"\(DisplayText.sanitized(name))\")"
  }
}

extension ApplicationCommand: TableRow {
  /// `ID`, `Name`, `Description`.
  public static var tableColumns: [String] { ["ID", "Name", "Description"] }
  /// The cells.
  public var tableCells: [String] { [id.description, name, details] }
}

/// A command to register.
public struct ApplicationCommandDefinition: Hashable, Sendable {
  /// 1 to 32 characters: letters, digits, `-`, `_`, all lowercase.
  public var name: String
  /// 1 to 100 characters.
  public var description: String
  /// What the user fills in: required ones first, at most 25.
  public var options: [ApplicationCommandOption]
  /// The permissions that one needs to use it; nil for everyone. A guild can change it.
  public var defaultMemberPermissions: Permissions?
  /// Whether it can be used in direct messages too.
  public var isForDirectMessages: Bool
  /// Further fields as Discord names them; they win.
  public var more: [String: JSONValue]

  /// A slash command.
  public init(
    name: String, description: String, options: [ApplicationCommandOption] = [],
    defaultMemberPermissions: Permissions? = nil, isForDirectMessages: Bool = true,
    more: [String: JSONValue] = [:]
  ) {
    self.name = name
    self.description = description
    self.options = options
    self.defaultMemberPermissions = defaultMemberPermissions
    self.isForDirectMessages = isForDirectMessages
    self.more = more
  }

  /// As Discord takes it.
  public var json: JSONValue {
    // Contexts: 0 guilds, 1 direct messages with the bot.
    var fields: [String: JSONValue] = [
      "name": .string(name), "type": 1, "description": .string(description),
      "options": .array(options.map(\.json)),
      "contexts": isForDirectMessages ? [0, 1] : [0],
    ]
    if let defaultMemberPermissions {
      fields["default_member_permissions"] = .string(defaultMemberPermissions.text)
    }
    return .object(fields.merging(more) { $1 })
  }
}

/// Something that the user of a command fills in.
public struct ApplicationCommandOption: Hashable, Sendable {
  /// What can be filled in; a number that this library does not name can be used too.
  public struct Kind: RawRepresentable, Hashable, Sendable {
    /// Discord's number of it.
    public let rawValue: Int

    /// The kind with Discord's number, known or not.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// A text.
    public static let string = Kind(rawValue: 3)
    /// A whole number of up to 53 bits.
    public static let integer = Kind(rawValue: 4)
    /// Yes or no.
    public static let boolean = Kind(rawValue: 5)
    /// A user.
    public static let user = Kind(rawValue: 6)
    /// A channel.
    public static let channel = Kind(rawValue: 7)
    /// A role.
    public static let role = Kind(rawValue: 8)
    /// A user or a role.
    public static let mentionable = Kind(rawValue: 9)
    /// A number.
    public static let number = Kind(rawValue: 10)
    /// A file.
    public static let attachment = Kind(rawValue: 11)
  }

  /// 1 to 32 characters: letters, digits, `-`, `_`, all lowercase.
  public var name: String
  /// 1 to 100 characters.
  public var description: String
  /// What can be filled in.
  public var kind: Kind
  /// Whether it must be filled in.
  public var isRequired: Bool
  /// The values to choose from, at most 25; empty for any.
  public var choices: [String]
  /// Further fields as Discord names them (`min_value`, `channel_types`, …); they win.
  public var more: [String: JSONValue]

  /// An option.
  public init(
    name: String, description: String, kind: Kind = .string, isRequired: Bool = false,
    choices: [String] = [], more: [String: JSONValue] = [:]
  ) {
    self.name = name
    self.description = description
    self.kind = kind
    self.isRequired = isRequired
    self.choices = choices
    self.more = more
  }

  /// As Discord takes it.
  public var json: JSONValue {
    var fields: [String: JSONValue] = [
      "name": .string(name), "description": .string(description),
      "type": .integer(Int64(kind.rawValue)), "required": .bool(isRequired),
    ]
    if !choices.isEmpty {
      fields["choices"] = .array(
        choices.map { ["name": .string($0), "value": .string($0)] })
    }
    return .object(fields.merging(more) { $1 })
  }
}
