import JSONValues

extension DiscordClient {
  /// A guild with all its fields.
  ///
  /// - Parameter guild: the guild or its id.
  /// - Throws: `DiscordError` with kind `notFound` when the bot is not in it; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/guild#get-guild
  public func guild(_ guild: some DiscordReference<Guild>) async throws -> Guild {
    try object(try await request(.get, "/guilds/\(guild.id)"))
  }

  /// The guilds that the bot is in, with only some of their fields, by id.
  ///
  /// - Parameter limit: the most guilds; nil for all.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/user#get-current-user-guilds
  public func guilds(limit: Int? = nil) async throws -> [Guild] {
    try await paged(limit: limit, page: 200) { size, last in
      let json = try await request(
        .get, "/users/@me/guilds", queryItems: [("limit", "\(size)"), ("after", last)])
      let guilds: [Guild] = try objects(json)
      return guilds.sorted { $0.id < $1.id }
    }
  }

  /// The channels of a guild that the bot can see, without threads.
  ///
  /// - Parameters:
  ///   - guild: the guild or its id.
  ///   - limit: the most channels; nil for all.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/guild#get-guild-channels
  public func channels(
    of guild: some DiscordReference<Guild>, limit: Int? = nil
  ) async throws -> [Channel] {
    let channels = try channels(
      try await request(.get, "/guilds/\(guild.id)/channels"), guildID: guild.id)
    return limit.map { Array(channels.prefix(max(0, $0))) } ?? channels
  }

  /// A channel, a thread or a direct message.
  ///
  /// - Parameters:
  ///   - channel: the channel or its id.
  ///   - identity: on whose behalf; see the warning at ``Identity/user``.
  /// - Throws: `DiscordError` with kind `forbidden` or `notFound` when the bot cannot see it;
  ///   `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/channel#get-channel
  public func channel(
    _ channel: some DiscordReference<Channel>, as identity: Identity = .bot
  ) async throws -> Channel {
    let json = try await request(.get, "/channels/\(channel.id)", as: identity)
    return try Channel(json: json, client: self, guildID: places[channel.id].guildID)
  }

  /// The roles of a guild, everyone's among them.
  ///
  /// - Parameter guild: the guild or its id.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/guild#get-guild-roles
  public func roles(of guild: some DiscordReference<Guild>) async throws -> [Role] {
    try objects(try await request(.get, "/guilds/\(guild.id)/roles"))
  }

  func channels(
    _ json: JSONValue, in field: String? = nil, guildID: ID<Guild>?
  ) throws(DiscordError) -> [Channel] {
    let channels: [Channel] = try objects(json, in: field)
    var placed: [Channel] = []
    for channel in channels {
      placed.append(try Channel(json: channel.json, client: self, guildID: guildID))
    }
    return placed
  }

  /// Walks pages that begin after the greatest id of the page before.
  ///
  /// - Parameters:
  ///   - limit: the most objects; nil for all.
  ///   - page: the most objects of one page.
  ///   - next: a page, in ascending order: the size asked for, and the last id so far.
  func paged<Element: DiscordReference>(
    limit: Int?, page: Int, next: (Int, String?) async throws -> [Element]
  ) async throws -> [Element] {
    var all: [Element] = []
    let limit = limit ?? .max
    while all.count < limit {
      let size = min(page, limit - all.count)
      let last = all.last.map { $0.id.snowflake }
      let elements = try await next(size, last?.description)
      // A server that ignores `after` would be asked for ever.
      let fresh = elements.filter { element in last.map { element.id.snowflake > $0 } ?? true }
      all += fresh
      if elements.count < size || fresh.isEmpty { break }
    }
    return Array(all.prefix(limit))
  }
}

extension Guild {
  /// The guild's channels that the bot can see, without threads.
  ///
  /// - Parameter limit: the most channels; nil for all.
  public func channels(limit: Int? = nil) async throws -> [Channel] {
    try await client.channels(of: self, limit: limit)
  }

  /// The guild with all its fields, as it is now.
  public func refreshed() async throws -> Guild { try await client.guild(self) }

  /// The guild's roles, as they are now.
  public func currentRoles() async throws -> [Role] { try await client.roles(of: self) }
}

extension Channel {
  /// The guild of the channel, with all its fields.
  ///
  /// - Throws: `DiscordError` with kind `invalidArgument` for a direct message.
  public var guild: Guild {
    get async throws { try await client.guild(try requiredGuildID) }
  }

  /// The category, or of a thread the channel it belongs to; nil without one.
  public var parent: Channel? {
    get async throws {
      guard let parentID else { return nil }
      return try await client.channel(parentID)
    }
  }

  /// The channel as it is now.
  public func refreshed() async throws -> Channel { try await client.channel(self) }

  var requiredGuildID: ID<Guild> {
    get throws(DiscordError) {
      guard let guildID else {
        throw DiscordError(.invalidArgument, "Channel \(id) is not known to be of a guild")
      }
      return guildID
    }
  }
}
