public import FoundationEssentials
public import JSONValues

/// A scheduled event of a guild.
///
/// Source: https://docs.discord.com/developers/resources/guild-scheduled-event
public struct ScheduledEvent: DiscordObject, DiscordReference {
  /// How far the event is; a number that this library does not name is kept.
  public struct Status: RawRepresentable, Hashable, Sendable {
    /// Discord's number of it.
    public let rawValue: Int

    /// The status with Discord's number, known or not.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Not yet begun.
    public static let scheduled = Status(rawValue: 1)
    /// Running.
    public static let active = Status(rawValue: 2)
    /// Over; can change no more.
    public static let completed = Status(rawValue: 3)
    /// Called off; can change no more.
    public static let canceled = Status(rawValue: 4)
  }

  /// Where the event takes place.
  public enum Venue: Hashable, Sendable {
    /// On a stage.
    case stage(ID<Channel>)
    /// In a voice channel.
    case voice(ID<Channel>)
    /// Somewhere else, in words of 1 to 100 characters.
    case external(location: String)
    /// Something that this library does not know: Discord's number of the entity type.
    case unknown(type: Int)
  }

  /// What Discord sent.
  public let json: JSONValue
  /// The client that received it.
  public let client: DiscordClient
  /// The event's id.
  public let id: ID<ScheduledEvent>
  /// The guild.
  public let guildID: ID<Guild>
  /// Its name.
  public let name: String
  /// When it begins.
  public let start: Date

  /// Wraps a guild scheduled event object.
  ///
  /// - Throws: `DiscordError` with kind `invalidResponse` without `id`, `guild_id`, `name` or
  ///   `scheduled_start_time`.
  public init(json: JSONValue, client: DiscordClient) throws(DiscordError) {
    let fields = try Fields(json, of: "ScheduledEvent")
    self.json = json
    self.client = client
    id = try fields.id("id")
    guildID = try fields.id("guild_id")
    name = try fields.string("name")
    start = try fields.date("scheduled_start_time")
  }

  /// When it ends; nil where nobody said so.
  public var end: Date? { json.date("scheduled_end_time") }

  /// What it is about.
  public var details: String? { json.text("description") }

  /// How far it is.
  public var status: Status { Status(rawValue: json.int("status") ?? 0) }

  /// Where it takes place.
  public var venue: Venue {
    let type = json.int("entity_type") ?? 0
    let channel: ID<Channel>? = json.id("channel_id")
    switch (type, channel) {
    case (1, let channel?): return .stage(channel)
    case (2, let channel?): return .voice(channel)
    case (3, _): return .external(location: json["entity_metadata"]?.text("location") ?? "")
    default: return .unknown(type: type)
    }
  }

  /// The channel; nil for an event somewhere else.
  public var channelID: ID<Channel>? { json.id("channel_id") }

  /// How many users are interested; nil unless asked for.
  public var userCount: Int? { json.int("user_count") }

  /// Its address in Discord's web application.
  public var url: String { "\(client.configuration.webBase)/events/\(guildID)/\(id)" }

  /// `ScheduledEvent(id: 1, name: "Concert")`.
  public var description: String {
    "ScheduledEvent(id: \(id), name: \"\(DisplayText.sanitized(name))\")"
  }
}

extension ScheduledEvent: TableRow {
  /// `ID`, `Name`, `Start`, `Where`.
  public static var tableColumns: [String] { ["ID", "Name", "Start", "Where"] }
  /// The cells.
  public var tableCells: [String] {
    let place =
      switch venue {
      case .stage(let channel), .voice(let channel): channel.description
      case .external(let location): location
      case .unknown: ""
      }
    return [id.description, name, Timestamp.minuteText(start), place]
  }
}
