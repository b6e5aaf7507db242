import JSONValues

extension DiscordClient {
  /// Reacts to a message.
  ///
  /// Needs `READ_MESSAGE_HISTORY`, and `ADD_REACTIONS` for an emoji that nobody reacted with yet.
  /// - Parameters:
  ///   - emoji: the emoji itself, or of a custom one `name:id`, also as it stands in a text
  ///     (`<:name:id>`).
  ///   - message: the message or its id.
  ///   - channel: the channel it is in, or its id.
  /// - Throws: `DiscordError`, with Discord's code 10014 for an unknown emoji;
  ///   `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/message#create-reaction
  public func react(
    _ emoji: String, to message: some DiscordReference<Message>,
    in channel: some DiscordReference<Channel>
  ) async throws {
    _ = try await request(.put, try reaction(emoji, message.id, channel.id) + "/@me")
  }

  /// Takes back a reaction of the bot, or removes somebody else's, which needs `MANAGE_MESSAGES`.
  ///
  /// - Parameters:
  ///   - emoji: as in ``react(_:to:in:)``.
  ///   - message: the message or its id.
  ///   - channel: the channel it is in, or its id.
  ///   - user: whose reaction; nil for the bot's own.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/message#delete-own-reaction
  public func removeReaction(
    _ emoji: String, from message: some DiscordReference<Message>,
    in channel: some DiscordReference<Channel>, of user: (any DiscordReference<User>)? = nil
  ) async throws {
    let who = user?.id.description ?? "@me"
    _ = try await request(.delete, try reaction(emoji, message.id, channel.id) + "/" + who)
  }

  /// Who reacted with an emoji, by id.
  ///
  /// - Parameters:
  ///   - emoji: as in ``react(_:to:in:)``.
  ///   - message: the message or its id.
  ///   - channel: the channel it is in, or its id.
  ///   - limit: the most users, asked for in pages of 100; nil for all.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/message#get-reactions
  public func reactions(
    _ emoji: String, to message: some DiscordReference<Message>,
    in channel: some DiscordReference<Channel>, limit: Int? = 100
  ) async throws -> [User] {
    let path = try reaction(emoji, message.id, channel.id)
    return try await paged(limit: limit, page: 100) { size, last in
      let json = try await request(
        .get, path, queryItems: [("limit", "\(size)"), ("after", last)])
      let users: [User] = try objects(json)
      return users.sorted { $0.id < $1.id }
    }
  }

  /// Removes all reactions of a message. Needs `MANAGE_MESSAGES`.
  ///
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/message#delete-all-reactions
  public func removeAllReactions(
    from message: some DiscordReference<Message>, in channel: some DiscordReference<Channel>
  ) async throws {
    _ = try await request(
      .delete, "/channels/\(channel.id)/messages/\(message.id)/reactions")
  }

  private func reaction(
    _ emoji: String, _ message: ID<Message>, _ channel: ID<Channel>
  ) throws(DiscordError) -> String {
    var name = Substring(emoji)
    if name.hasPrefix("<"), name.hasSuffix(">") {
      name = name.dropFirst().dropLast()
      if name.hasPrefix("a:") { name = name.dropFirst() }
      if name.hasPrefix(":") { name = name.dropFirst() }
    }
    // Two names would be steps within the path.
    guard !["", ".", ".."].contains(name) else {
      throw DiscordError(.invalidArgument, "no emoji was given")
    }
    let encoded = APIPath.encoded(String(name))
    return "/channels/\(channel)/messages/\(message)/reactions/\(encoded)"
  }
}

extension Message {
  /// Reacts to this message: see ``DiscordClient/react(_:to:in:)``.
  public func react(_ emoji: String) async throws {
    try await client.react(emoji, to: self, in: channelID)
  }

  /// Takes back a reaction: see ``DiscordClient/removeReaction(_:from:in:of:)``.
  public func removeReaction(
    _ emoji: String, of user: (any DiscordReference<User>)? = nil
  ) async throws {
    try await client.removeReaction(emoji, from: self, in: channelID, of: user)
  }

  /// Who reacted with an emoji: see ``DiscordClient/reactions(_:to:in:limit:)``.
  public func reactions(_ emoji: String, limit: Int? = 100) async throws -> [User] {
    try await client.reactions(emoji, to: self, in: channelID, limit: limit)
  }
}
