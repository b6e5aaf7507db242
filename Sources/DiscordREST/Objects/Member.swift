public import FoundationEssentials
public import JSONValues

/// A user as a member of a guild; wherever a user is asked for, a member will do.
///
/// Source: https://docs.discord.com/developers/resources/guild#guild-member-object
public struct Member: DiscordObject, DiscordReference {
  /// What Discord sent.
  public let json: JSONValue
  /// The client that received it.
  public let client: DiscordClient
  /// The user.
  public let user: User
  /// The guild; nil when neither Discord nor the call said so.
  public let guildID: ID<Guild>?

  /// Wraps a guild member object.
  ///
  /// - Throws: `DiscordError` with kind `invalidResponse` without `user`.
  public init(json: JSONValue, client: DiscordClient) throws(DiscordError) {
    try self.init(json: json, client: client, guildID: nil)
  }

  /// The same, with what Discord leaves out of members within other objects.
  ///
  /// - Parameters:
  ///   - json: the member.
  ///   - client: whom its calls go through.
  ///   - guildID: its guild.
  ///   - user: its user, where the member comes without one (messages, interactions in old forms).
  package init(
    json: JSONValue, client: DiscordClient, guildID: ID<Guild>?, user: JSONValue? = nil
  ) throws(DiscordError) {
    _ = try Fields(json, of: "Member")
    var json = json
    if json["user"]?.object == nil, let user { json["user"] = user }
    guard let inner = json["user"], inner.object != nil else {
      throw DiscordError(.invalidResponse, "Member: the field `user` is missing")
    }
    self.json = json
    self.client = client
    self.user = try User(json: inner, client: client)
    self.guildID = json.id("guild_id") ?? guildID
  }

  /// The user's id.
  public var id: ID<User> { user.id }

  /// The name in this guild; nil without one.
  public var nick: String? { json.text("nick").flatMap { $0.isEmpty ? nil : $0 } }

  /// What people see in this guild: nickname, else global name, else username.
  public var displayName: String { nick ?? user.displayName }

  /// The member's roles; everyone's role is not among them.
  public var roleIDs: [ID<Role>] { json.ids("roles") }

  /// When the user joined.
  public var joinedAt: Date? { json.date("joined_at") }

  /// The end of a time-out, which may be over; nil without one.
  public var timedOutUntil: Date? { json.date("communication_disabled_until") }

  /// The member's permissions in the channel of an interaction; nil elsewhere.
  public var permissions: Permissions? { Permissions(json: json["permissions"]) }

  /// `Member(id: 1, name: "Ada")`.
  public var description: String {
    "Member(id: \(id), name: \"\(DisplayText.sanitized(displayName))\")"
  }
}

extension Member: TableRow {
  /// `ID`, `Name`, `Joined`, `Roles`.
  public static var tableColumns: [String] { ["ID", "Name", "Joined", "Roles"] }
  /// The cells: the display name, the day, the number of roles.
  public var tableCells: [String] {
    let joined = json.text("joined_at").map { String($0.prefix(10)) } ?? ""
    return [id.description, displayName, joined, String(roleIDs.count)]
  }
}
