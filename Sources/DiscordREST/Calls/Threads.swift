public import JSONValues

extension DiscordClient {
  /// Starts a thread from a message; it has the message's id.
  ///
  /// Needs `CREATE_PUBLIC_THREADS`. A message has one thread at most.
  /// - Parameters:
  ///   - name: 1 to 100 characters.
  ///   - message: the message or its id.
  ///   - channel: the text or announcement channel it is in, or its id.
  ///   - archiveAfterMinutes: 60, 1440, 4320 or 10080 minutes without a message; nil for what the
  ///     channel says.
  ///   - reason: why, for the audit log.
  /// - Throws: `DiscordError`, with Discord's code 160004 when there is one already;
  ///   `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/channel#start-thread-from-message
  public func createThread(
    _ name: String, from message: some DiscordReference<Message>,
    in channel: some DiscordReference<Channel>, archiveAfterMinutes: Int? = nil,
    reason: String? = nil
  ) async throws -> Channel {
    let json = try await request(
      .post, "/channels/\(channel.id)/messages/\(message.id)/threads",
      json: try Self.thread(name, archiveAfterMinutes), reason: reason)
    return try await thread(json, in: channel)
  }

  /// Starts a thread that belongs to no message.
  ///
  /// Needs `CREATE_PUBLIC_THREADS` or `CREATE_PRIVATE_THREADS`.
  /// - Parameters:
  ///   - name: 1 to 100 characters.
  ///   - channel: the text or announcement channel, or its id.
  ///   - type: a public, private or announcement thread.
  ///   - archiveAfterMinutes: 60, 1440, 4320 or 10080 minutes without a message; nil for what the
  ///     channel says.
  ///   - reason: why, for the audit log.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/channel#start-thread-without-message
  public func createThread(
    _ name: String, in channel: some DiscordReference<Channel>,
    type: ChannelType = .publicThread, archiveAfterMinutes: Int? = nil, reason: String? = nil
  ) async throws -> Channel {
    guard type.isThread else {
      throw DiscordError(.invalidArgument, "a channel of type \(type) is no thread")
    }
    var fields = try Self.thread(name, archiveAfterMinutes)
    fields["type"] = .integer(Int64(type.rawValue))
    let json = try await request(
      .post, "/channels/\(channel.id)/threads", json: fields, reason: reason)
    return try await thread(json, in: channel)
  }

  /// Starts a thread of a forum, with its first message. Needs `SEND_MESSAGES`.
  ///
  /// - Parameters:
  ///   - name: 1 to 100 characters.
  ///   - forum: the forum or media channel, or its id.
  ///   - content: the first message, at most 2,000 characters.
  ///   - files: its files.
  ///   - embeds: its embeds.
  ///   - allowedMentions: whom it may notify.
  ///   - tags: the ids of the forum's tags.
  ///   - reason: why, for the audit log.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source:
  /// https://docs.discord.com/developers/resources/channel#start-thread-in-forum-or-media-channel
  public func createPost(
    _ name: String, in forum: some DiscordReference<Channel>, content: String,
    files: [FileUpload] = [], embeds: [JSONValue] = [], allowedMentions: AllowedMentions = .none,
    tags: [Snowflake] = [], reason: String? = nil
  ) async throws -> Channel {
    try MessageBody.checkLength(content)
    let body = MessageBody(
      content: content, embeds: embeds, files: files, allowedMentions: allowedMentions)
    var fields = try Self.thread(name, nil)
    fields["message"] = try body.parts(for: self).last?.json
    if !tags.isEmpty { fields["applied_tags"] = .array(tags.map(\.json)) }
    let json = try await request(
      .post, "/channels/\(forum.id)/threads", json: fields, files: files, reason: reason)
    return try await thread(json, in: forum)
  }

  /// A thread: the same as ``channel(_:as:)``, for a thread is a channel.
  ///
  /// - Throws: `DiscordError` with kind `notFound` or `forbidden`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/topics/threads
  public func thread(_ thread: some DiscordReference<Channel>) async throws -> Channel {
    try await channel(thread)
  }

  /// The active threads of a guild that the bot can see, the newest first.
  ///
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/guild#list-active-guild-threads
  public func threads(of guild: some DiscordReference<Guild>) async throws -> [Channel] {
    let json = try await request(.get, "/guilds/\(guild.id)/threads/active")
    return try channels(json, in: "threads", guildID: guild.id)
  }

  private static func thread(
    _ name: String, _ archiveAfterMinutes: Int?
  ) throws(DiscordError) -> JSONValue {
    guard (1...100).contains(name.unicodeScalars.count) else {
      throw DiscordError(.invalidArgument, "a thread's name has 1 to 100 characters")
    }
    var fields: JSONValue = ["name": .string(name)]
    if let archiveAfterMinutes {
      fields["auto_archive_duration"] = .integer(Int64(archiveAfterMinutes))
    }
    return fields
  }

  private func thread(
    _ json: JSONValue, in channel: some DiscordReference<Channel>
  ) async throws -> Channel {
    let thread = try Channel(json: json, client: self)
    if thread.guildID != nil { return thread }
    return try Channel(json: json, client: self, guildID: await place(of: channel).guildID)
  }
}

extension Guild {
  /// The guild's active threads, the newest first: see ``DiscordClient/threads(of:)``.
  public func threads() async throws -> [Channel] { try await client.threads(of: self) }
}

extension Channel {
  /// The channel's active threads, the newest first.
  ///
  /// - Throws: `DiscordError`, with kind `invalidArgument` for a direct message;
  ///   `CancellationError`.
  public func threads() async throws -> [Channel] {
    try await client.threads(of: try requiredGuildID).filter { $0.parentID == id }
  }

  /// Starts a thread: see ``DiscordClient/createThread(_:in:type:archiveAfterMinutes:reason:)``.
  public func createThread(
    _ name: String, type: ChannelType = .publicThread, archiveAfterMinutes: Int? = nil,
    reason: String? = nil
  ) async throws -> Channel {
    try await client.createThread(
      name, in: self, type: type, archiveAfterMinutes: archiveAfterMinutes, reason: reason)
  }
}

extension Message {
  /// Starts a thread from this message: see
  /// ``DiscordClient/createThread(_:from:in:archiveAfterMinutes:reason:)``.
  public func createThread(
    _ name: String, archiveAfterMinutes: Int? = nil, reason: String? = nil
  ) async throws -> Channel {
    client.places.note(place, of: channelID)
    return try await client.createThread(
      name, from: self, in: channelID, archiveAfterMinutes: archiveAfterMinutes, reason: reason)
  }
}
