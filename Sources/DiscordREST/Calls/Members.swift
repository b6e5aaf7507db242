import JSONValues

extension DiscordClient {
  /// The members of a guild, by id.
  ///
  /// Needs the privileged intent `GUILD_MEMBERS` ("Server Members Intent" in the developer
  /// portal).
  /// - Parameters:
  ///   - guild: the guild or its id.
  ///   - limit: the most members, asked for in pages of 1,000; nil for all.
  /// - Throws: `DiscordError` with kind `forbidden`, and a hint, without the intent;
  ///   `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/guild#list-guild-members
  public func members(
    of guild: some DiscordReference<Guild>, limit: Int? = 100
  ) async throws -> [Member] {
    do {
      return try await paged(limit: limit, page: 1000) { size, last in
        let json = try await request(
          .get, "/guilds/\(guild.id)/members",
          queryItems: [("limit", "\(size)"), ("after", last)])
        return try members(json, guildID: guild.id).sorted { $0.id < $1.id }
      }
    } catch var error as DiscordError where error.kind == .forbidden {
      error.hint =
        "Listing members needs the privileged intent GUILD_MEMBERS: turn on \"Server Members "
        + "Intent\" on the Bot page of the developer portal."
      throw error
    }
  }

  /// One member of a guild.
  ///
  /// - Throws: `DiscordError` with kind `notFound` for somebody who is not in it;
  ///   `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/guild#get-guild-member
  public func member(
    _ user: some DiscordReference<User>, of guild: some DiscordReference<Guild>
  ) async throws -> Member {
    try Member(
      json: try await request(.get, "/guilds/\(guild.id)/members/\(user.id)"), client: self,
      guildID: guild.id)
  }

  /// The members whose username or nickname begins with a text; needs no privileged intent.
  ///
  /// - Parameters:
  ///   - name: the beginning.
  ///   - guild: the guild or its id.
  ///   - limit: the most members, 1 to 1,000.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/guild#search-guild-members
  public func searchMembers(
    _ name: String, in guild: some DiscordReference<Guild>, limit: Int = 100
  ) async throws -> [Member] {
    try members(
      try await request(
        .get, "/guilds/\(guild.id)/members/search",
        query: ["query": name, "limit": "\(min(max(1, limit), 1000))"]),
      guildID: guild.id)
  }

  /// The member with a name: one whose nickname, global name or username is exactly that (but for
  /// case), else the first whose username or nickname begins with it; nil without.
  ///
  /// - Parameters:
  ///   - name: a name; an `@` before it is left out.
  ///   - guild: the guild or its id.
  /// - Throws: `DiscordError`; `CancellationError`.
  public func findMember(
    _ name: String, in guild: some DiscordReference<Guild>
  ) async throws -> Member? {
    let name = name.hasPrefix("@") ? String(name.dropFirst()) : name
    // Discord answers an empty query with an error of its form.
    if name.allSatisfy(\.isWhitespace) { return nil }
    let found = try await searchMembers(name, in: guild)
    let wanted = name.lowercased()
    let ways: [(Member) -> String?] = [
      { $0.user.username }, { $0.nick }, { $0.user.globalName },
    ]
    for way in ways {
      if let exact = found.first(where: { way($0)?.lowercased() == wanted }) { return exact }
    }
    return found.first
  }

  /// Changes the bot's own nickname in a guild. Needs `CHANGE_NICKNAME`.
  ///
  /// - Parameters:
  ///   - nick: at most 32 characters; nil takes the nickname away.
  ///   - guild: the guild or its id.
  ///   - reason: why, for the audit log.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/guild#modify-current-member
  @discardableResult
  public func modifyCurrentMember(
    nick: String?, in guild: some DiscordReference<Guild>, reason: String? = nil
  ) async throws -> Member {
    let json = try await request(
      .patch, "/guilds/\(guild.id)/members/@me",
      json: ["nick": nick.map { .string($0) } ?? .null], reason: reason)
    return try Member(json: json, client: self, guildID: guild.id)
  }

  /// Where a member is in voice.
  ///
  /// - Parameters:
  ///   - user: the user; nil for the bot itself.
  ///   - guild: the guild or its id.
  /// - Returns: the voice state; nil for somebody who is in no voice channel.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/voice#get-user-voice-state
  public func voiceState(
    of user: (any DiscordReference<User>)? = nil, in guild: some DiscordReference<Guild>
  ) async throws -> VoiceState? {
    let who = user?.id.description ?? "@me"
    do {
      let json = try await request(.get, "/guilds/\(guild.id)/voice-states/\(who)")
      return try VoiceState(json: json, client: self, guildID: guild.id)
    } catch let error as DiscordError where error.discordCode == 10065 {
      return nil
    }
  }

  private func members(
    _ json: JSONValue, guildID: ID<Guild>
  ) throws(DiscordError) -> [Member] {
    let members: [Member] = try objects(json)
    var placed: [Member] = []
    for member in members {
      placed.append(try Member(json: member.json, client: self, guildID: guildID))
    }
    return placed
  }
}

extension Guild {
  /// The guild's members, by id: see ``DiscordClient/members(of:limit:)``.
  public func members(limit: Int? = 100) async throws -> [Member] {
    try await client.members(of: self, limit: limit)
  }

  /// One member: see ``DiscordClient/member(_:of:)``.
  public func member(_ user: some DiscordReference<User>) async throws -> Member {
    try await client.member(user, of: self)
  }

  /// The members whose name begins with a text: see ``DiscordClient/searchMembers(_:in:limit:)``.
  public func searchMembers(_ name: String, limit: Int = 100) async throws -> [Member] {
    try await client.searchMembers(name, in: self, limit: limit)
  }

  /// The member with a name: see ``DiscordClient/findMember(_:in:)``.
  public func findMember(_ name: String) async throws -> Member? {
    try await client.findMember(name, in: self)
  }

  /// Changes the bot's own nickname: see ``DiscordClient/modifyCurrentMember(nick:in:reason:)``.
  @discardableResult
  public func modifyCurrentMember(nick: String?, reason: String? = nil) async throws -> Member {
    try await client.modifyCurrentMember(nick: nick, in: self, reason: reason)
  }
}
