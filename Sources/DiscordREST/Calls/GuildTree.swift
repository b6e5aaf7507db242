/// A guild at a glance: its channels by category, and its members.
public struct GuildTree: Sendable {
  /// A category and its channels.
  public struct Category: Sendable {
    /// The category; nil for the channels that have none.
    public let channel: Channel?
    /// Its channels, as Discord's client orders them.
    public let channels: [Channel]
  }

  /// The guild.
  public let guild: Guild
  /// The channels without a category first, then the categories from above.
  public let categories: [Category]
  /// The members; nil if they were not asked for.
  public let members: [Member]?

  /// Orders a guild's channels.
  public init(guild: Guild, channels: [Channel], members: [Member]? = nil) {
    self.guild = guild
    self.members = members
    let categories = channels.filter { $0.type == .category }.sorted(by: Self.isAbove)
    let known = Set(categories.map(\.id))
    // A channel whose category the bot cannot see is shown without one.
    let byCategory = Dictionary(grouping: channels.filter { $0.type != .category }) {
      $0.parentID.flatMap { known.contains($0) ? $0 : nil }
    }
    self.categories = ([nil] + categories.map(Optional.some)).map { category in
      Category(
        channel: category, channels: (byCategory[category?.id] ?? []).sorted(by: Self.isAbove))
    }
  }

  /// Text before voice, then by position, then by age.
  private static func isAbove(_ left: Channel, _ right: Channel) -> Bool {
    if left.isVoice != right.isVoice { return right.isVoice }
    return (left.position, left.id.snowflake) < (right.position, right.id.snowflake)
  }

  /// The tree as text, one line each: `|-- Category`, `|   |-- #channel: topic [id]`.
  ///
  /// Names are sanitised: each stays on its line.
  public var text: String {
    var lines = ["\(DisplayText.sanitized(guild.name)) [\(guild.id)]"]
    for category in categories {
      let name = category.channel.map { DisplayText.sanitized($0.name) } ?? "Uncategorized"
      lines.append("|-- " + name)
      lines += category.channels.map { "|   |-- \(Self.label($0)) [\($0.id)]" }
    }
    if let members {
      lines.append("|-- Members")
      lines += members.map {
        "|   |-- \(DisplayText.sanitized($0.displayName)) [\($0.id)]"
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func label(_ channel: Channel) -> String {
    let mark =
      switch channel.type {
      case .voice: "🔊"
      case .stage: "🎙️"
      case .forum, .media: "💬"
      default: "#"
      }
    let topic = channel.topic.map { ": " + DisplayText.sanitized($0) } ?? ""
    return mark + DisplayText.sanitized(channel.name) + topic
  }
}

extension DiscordClient {
  /// A guild's channels by category, and its members.
  ///
  /// The members need the privileged intent `GUILD_MEMBERS`.
  /// - Parameters:
  ///   - guild: the guild or its id.
  ///   - includesMembers: whether to list the members.
  ///   - memberLimit: the most members; nil for all.
  /// - Throws: `DiscordError`; `CancellationError`.
  public func tree(
    of guild: some DiscordReference<Guild>, includesMembers: Bool = true,
    memberLimit: Int? = 1000
  ) async throws -> GuildTree {
    let whole: Guild
    if let guild = guild as? Guild {
      whole = guild
    } else {
      whole = try await self.guild(guild)
    }
    return GuildTree(
      guild: whole, channels: try await channels(of: guild),
      members: includesMembers ? try await members(of: guild, limit: memberLimit) : nil)
  }
}

extension Guild {
  /// The guild's channels by category, and its members: see
  /// ``DiscordClient/tree(of:includesMembers:memberLimit:)``.
  public func tree(
    includesMembers: Bool = true, memberLimit: Int? = 1000
  ) async throws -> GuildTree {
    try await client.tree(
      of: self, includesMembers: includesMembers, memberLimit: memberLimit)
  }
}
