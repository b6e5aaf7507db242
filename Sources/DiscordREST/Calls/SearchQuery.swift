public import FoundationEssentials

/// A moment that a search is bounded by: an id stands for the time it was made.
public enum SearchBound: Hashable, Sendable {
  /// An id, such as a message's.
  case snowflake(Snowflake)
  /// A time, to the millisecond.
  case date(Date)

  /// The bound that a text means: an id in digits, a day (`2026-11-24`, from midnight UTC), or a
  /// time (`2026-11-24T10:00:00Z`).
  ///
  /// - Throws: `DiscordError` with kind `invalidArgument` for another text.
  public init(_ text: String) throws(DiscordError) {
    if let snowflake = Snowflake(text) {
      self = .snowflake(snowflake)
    } else if let date = Timestamp.parse(text) {
      self = .date(date)
    } else {
      throw DiscordError(
        .invalidArgument,
        "\"\(DisplayText.sanitized(text, limit: 40))\" is neither a date nor an id",
        hint: "Write 2026-11-24, 2026-11-24T10:00:00Z or a message's id.")
    }
  }

  /// The id that the bound means: of a time the lowest one of its millisecond.
  public var snowflake: Snowflake {
    switch self {
    case .snowflake(let snowflake): snowflake
    case .date(let date): Snowflake(date: date)
    }
  }
}

/// What to search messages for; every filter that is given must fit.
///
/// ```swift
/// let hits = try await guild.search("tape hiss")
/// let files = try await guild.search(SearchQuery(has: [.file], after: .date(lastWeek)))
/// ```
/// Source: https://docs.discord.com/developers/resources/message#search-guild-messages
public struct SearchQuery: Hashable, Sendable {
  /// What a message has; `-` before it, as in ``without``, means what it lacks.
  public struct Has: RawRepresentable, Hashable, Sendable {
    /// Discord's name of it.
    public let rawValue: String

    /// The filter with Discord's name, known or not.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A picture.
    public static let image = Has(rawValue: "image")
    /// A sound file.
    public static let sound = Has(rawValue: "sound")
    /// A video.
    public static let video = Has(rawValue: "video")
    /// Any file.
    public static let file = Has(rawValue: "file")
    /// A sticker.
    public static let sticker = Has(rawValue: "sticker")
    /// An embed.
    public static let embed = Has(rawValue: "embed")
    /// A link.
    public static let link = Has(rawValue: "link")
    /// A poll.
    public static let poll = Has(rawValue: "poll")
    /// A forwarded message.
    public static let snapshot = Has(rawValue: "snapshot")

    /// The opposite: messages that lack it.
    public var without: Has {
      Has(rawValue: rawValue.hasPrefix("-") ? String(rawValue.dropFirst()) : "-" + rawValue)
    }
  }

  /// The order of what is found.
  public enum Order: Hashable, Sendable {
    /// By time, the newest first.
    case newestFirst
    /// By time, the oldest first.
    case oldestFirst
    /// The best fit first, as Discord judges.
    case relevance
  }

  /// Whether messages in threads belong to what is found.
  public enum Threads: Hashable, Sendable {
    /// In a search of a guild yes, in one of a channel no.
    case automatic
    /// Yes.
    case included
    /// No: what Discord finds in threads is left out.
    case excluded
  }

  /// Words of the text, at most 1,024 characters.
  public var content: String?
  /// Who wrote it: one of these users.
  public var authors: [ID<User>] = []
  /// What wrote it: `user`, `bot`, `webhook`, or with `-` before it not that.
  public var authorTypes: [String] = []
  /// Where: one of these channels.
  public var channels: [ID<Channel>] = []
  /// Whom it mentions: one of these users.
  public var mentions: [ID<User>] = []
  /// Whether it mentions everyone.
  public var mentionsEveryone: Bool?
  /// What it has.
  public var has: [Has] = []
  /// Sent before.
  public var before: SearchBound?
  /// Sent after.
  public var after: SearchBound?
  /// Whether it is pinned.
  public var isPinned: Bool?
  /// The order of what is found.
  public var order: Order = .newestFirst
  /// How many found messages to leave out at the beginning, at most 9,975.
  public var offset = 0
  /// How many messages of one page, 1 to 25.
  public var limit = 25
  /// Whether messages in threads belong to it.
  public var threads: Threads = .automatic
  /// Whether age-restricted channels are searched.
  public var includesAgeRestricted: Bool?
  /// Further filters as Discord names them, such as `link_hostname`.
  public var more: [String: [String]] = [:]

  /// A query with the given filters.
  ///
  /// Users, channels and bounds can be given as objects or ids.
  public init(
    _ content: String? = nil, authors: [any DiscordReference<User>] = [],
    channels: [any DiscordReference<Channel>] = [], mentions: [any DiscordReference<User>] = [],
    has: [Has] = [], before: SearchBound? = nil, after: SearchBound? = nil,
    isPinned: Bool? = nil, order: Order = .newestFirst, offset: Int = 0, limit: Int = 25,
    threads: Threads = .automatic
  ) {
    self.content = content
    self.authors = authors.map { $0.id }
    self.channels = channels.map { $0.id }
    self.mentions = mentions.map { $0.id }
    self.has = has
    self.before = before
    self.after = after
    self.isPinned = isPinned
    self.order = order
    self.offset = offset
    self.limit = limit
    self.threads = threads
  }
}

extension SearchQuery: ExpressibleByStringLiteral {
  /// A search for words.
  public init(stringLiteral content: String) { self.init(content) }
}

extension SearchQuery {
  /// The query as Discord takes it.
  ///
  /// - Throws: `DiscordError` with kind `invalidArgument` beyond the documented limits.
  func items() throws(DiscordError) -> [(String, String?)] {
    guard (1...25).contains(limit) else {
      throw DiscordError(
        .invalidArgument, "a page of a search has 1 to 25 messages, not \(limit)",
        hint: "searchAll goes through all pages.")
    }
    guard (0...9975).contains(offset) else {
      throw DiscordError(
        .invalidArgument, "a search leaves out at most 9975 messages, not \(offset)",
        hint: "searchAll goes beyond: page by page, by the messages' ids.")
    }
    var items: [(String, String?)] = [
      ("content", content.flatMap { $0.isEmpty ? nil : $0 }),
      ("max_id", before?.snowflake.description), ("min_id", after?.snowflake.description),
      ("pinned", isPinned.map(String.init)),
      ("mention_everyone", mentionsEveryone.map(String.init)),
      ("include_nsfw", includesAgeRestricted.map(String.init)),
      ("sort_by", order == .relevance ? "relevance" : "timestamp"),
      ("sort_order", order == .relevance ? nil : order == .oldestFirst ? "asc" : "desc"),
      ("offset", offset == 0 ? nil : String(offset)), ("limit", String(limit)),
    ]
    items += authors.map { ("author_id", $0.description) }
    items += authorTypes.map { ("author_type", $0) }
    items += channels.map { ("channel_id", $0.description) }
    items += mentions.map { ("mentions", $0.description) }
    items += has.map { ("has", $0.rawValue) }
    for (name, values) in more.sorted(by: { $0.key < $1.key }) {
      items += values.map { (name, $0) }
    }
    return items.filter { $0.1 != nil }
  }
}
