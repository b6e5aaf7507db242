public import FoundationEssentials
public import JSONValues

/// A guild: what people call a server.
///
/// `guilds()` gives only some of the fields; `guild(_:)` all.
/// Source: https://docs.discord.com/developers/resources/guild
public struct Guild: DiscordObject, DiscordReference {
  /// What Discord sent.
  public let json: JSONValue
  /// The client that received it.
  public let client: DiscordClient
  /// The guild's id.
  public let id: ID<Guild>
  /// Its name.
  public let name: String

  /// Wraps a guild object.
  ///
  /// - Throws: `DiscordError` with kind `invalidResponse` without `id` or `name`.
  public init(json: JSONValue, client: DiscordClient) throws(DiscordError) {
    let fields = try Fields(json, of: "Guild")
    self.json = json
    self.client = client
    id = try fields.id("id")
    name = try fields.string("name")
  }

  /// Who owns it; nil in a partial guild.
  public var ownerID: ID<User>? { json.id("owner_id") }

  /// Its roles; empty in a partial guild.
  public var roles: [Role] { (try? client.objects(json, in: "roles")) ?? [] }

  /// Its address in Discord's web application.
  public var url: String { "\(client.configuration.webBase)/channels/\(id)" }

  /// The most bytes of an uploaded file, by the guild's boosts: 10 MiB, 50 at level 2, 100 at 3.
  ///
  /// Source: https://docs.discord.com/developers/reference#uploading-files
  public var uploadLimit: Int {
    switch json.int("premium_tier") {
    case 2: 50 << 20
    case 3: 100 << 20
    default: 10 << 20
    }
  }

  /// What a member may in a channel of this guild, without a request: needs a full guild.
  ///
  /// - Parameters:
  ///   - member: the member.
  ///   - channel: the channel; of a thread, the channel it belongs to (with the thread's `type`).
  ///   - type: what the channel is, if not what `channel` says.
  ///   - now: the time at which a time-out is judged.
  /// - Returns: the permissions; nil in a partial guild, which has no roles and no owner.
  public func permissions(
    of member: Member, in channel: Channel? = nil, as type: ChannelType? = nil,
    at now: Date = Date()
  ) -> Permissions? {
    guard let ownerID, json["roles"]?.array != nil else { return nil }
    let question = PermissionQuestion(
      guildID: id, ownerID: ownerID,
      roles: Dictionary(roles.map { ($0.id, $0.permissions) }) { first, _ in first },
      userID: member.id, memberRoles: member.roleIDs, timedOutUntil: member.timedOutUntil)
    guard let channel else { return .base(question, at: now) }
    return .inChannel(
      question, overwrites: channel.permissionOverwrites, type: type ?? channel.type, at: now)
  }

  /// `Guild(id: 1, name: "Tape Club")`.
  public var description: String {
    "Guild(id: \(id), name: \"\(DisplayText.sanitized(name))\")"
  }
}

extension Guild: TableRow {
  /// `ID`, `Name`.
  public static var tableColumns: [String] { ["ID", "Name"] }
  /// The cells.
  public var tableCells: [String] { [id.description, name] }
}
