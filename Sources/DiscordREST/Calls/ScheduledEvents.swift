public import FoundationEssentials
public import JSONValues

extension DiscordClient {
  /// The scheduled events of a guild that are not over.
  ///
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source:
  /// https://docs.discord.com/developers/resources/guild-scheduled-event#list-scheduled-events-for-guild
  public func scheduledEvents(
    of guild: some DiscordReference<Guild>
  ) async throws -> [ScheduledEvent] {
    try objects(
      try await request(
        .get, "/guilds/\(guild.id)/scheduled-events", query: ["with_user_count": "true"]))
  }

  /// One scheduled event.
  ///
  /// - Throws: `DiscordError` with kind `notFound`; `CancellationError`.
  /// Source:
  /// https://docs.discord.com/developers/resources/guild-scheduled-event#get-guild-scheduled-event
  public func scheduledEvent(
    _ event: some DiscordReference<ScheduledEvent>, of guild: some DiscordReference<Guild>
  ) async throws -> ScheduledEvent {
    try object(
      try await request(
        .get, "/guilds/\(guild.id)/scheduled-events/\(event.id)",
        query: ["with_user_count": "true"]))
  }

  /// Schedules an event. Needs `CREATE_EVENTS`; in a channel also to see it and to connect.
  ///
  /// - Parameters:
  ///   - name: 1 to 100 characters.
  ///   - guild: the guild or its id.
  ///   - venue: where.
  ///   - start: when it begins.
  ///   - end: when it ends; needed for an event somewhere else.
  ///   - details: what it is about, at most 1,000 characters.
  ///   - reason: why, for the audit log.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source:
  /// https://docs.discord.com/developers/resources/guild-scheduled-event#create-guild-scheduled-event
  public func createScheduledEvent(
    _ name: String, in guild: some DiscordReference<Guild>, venue: ScheduledEvent.Venue,
    start: Date, end: Date? = nil, details: String? = nil, reason: String? = nil
  ) async throws -> ScheduledEvent {
    var fields: JSONValue = [
      // Discord has only one level: for the guild's members.
      "name": .string(name), "privacy_level": 2,
      "scheduled_start_time": .string(Timestamp.text(start)),
    ]
    switch venue {
    case .stage(let channel):
      fields["entity_type"] = 1
      fields["channel_id"] = channel.json
    case .voice(let channel):
      fields["entity_type"] = 2
      fields["channel_id"] = channel.json
    case .external(let location):
      guard end != nil else {
        throw DiscordError(.invalidArgument, "an event outside Discord needs an end")
      }
      fields["entity_type"] = 3
      fields["entity_metadata"] = ["location": .string(location)]
    case .unknown(let type):
      throw DiscordError(.invalidArgument, "an event of type \(type) cannot be made here")
    }
    if let end { fields["scheduled_end_time"] = .string(Timestamp.text(end)) }
    if let details { fields["description"] = .string(details) }
    return try object(
      try await request(
        .post, "/guilds/\(guild.id)/scheduled-events", json: fields, reason: reason))
  }

  /// Changes a scheduled event: starts, ends or calls it off by its status.
  ///
  /// - Parameters:
  ///   - event: the event or its id.
  ///   - guild: the guild or its id.
  ///   - status: the new status; nil leaves it.
  ///   - more: further fields as Discord names them; they win.
  ///   - reason: why, for the audit log.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source:
  /// https://docs.discord.com/developers/resources/guild-scheduled-event#modify-guild-scheduled-event
  @discardableResult
  public func edit(
    event: some DiscordReference<ScheduledEvent>, of guild: some DiscordReference<Guild>,
    status: ScheduledEvent.Status? = nil, more: [String: JSONValue] = [:], reason: String? = nil
  ) async throws -> ScheduledEvent {
    var fields: [String: JSONValue] = [:]
    if let status { fields["status"] = .integer(Int64(status.rawValue)) }
    return try object(
      try await request(
        .patch, "/guilds/\(guild.id)/scheduled-events/\(event.id)",
        json: .object(fields.merging(more) { $1 }), reason: reason))
  }

  /// Deletes a scheduled event.
  ///
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source:
  /// https://docs.discord.com/developers/resources/guild-scheduled-event#delete-guild-scheduled-event
  public func delete(
    event: some DiscordReference<ScheduledEvent>, of guild: some DiscordReference<Guild>
  ) async throws {
    _ = try await request(.delete, "/guilds/\(guild.id)/scheduled-events/\(event.id)")
  }
}

extension Guild {
  /// The guild's scheduled events that are not over: see ``DiscordClient/scheduledEvents(of:)``.
  public func scheduledEvents() async throws -> [ScheduledEvent] {
    try await client.scheduledEvents(of: self)
  }

  /// Schedules an event: see
  /// ``DiscordClient/createScheduledEvent(_:in:venue:start:end:details:reason:)``.
  public func createScheduledEvent(
    _ name: String, venue: ScheduledEvent.Venue, start: Date, end: Date? = nil,
    details: String? = nil, reason: String? = nil
  ) async throws -> ScheduledEvent {
    try await client.createScheduledEvent(
      name, in: self, venue: venue, start: start, end: end, details: details, reason: reason)
  }
}

extension ScheduledEvent {
  /// Changes the event: see ``DiscordClient/edit(event:of:status:more:reason:)``.
  @discardableResult
  public func edit(
    status: Status? = nil, more: [String: JSONValue] = [:], reason: String? = nil
  ) async throws -> ScheduledEvent {
    try await client.edit(event: self, of: guildID, status: status, more: more, reason: reason)
  }

  /// Deletes the event: see ``DiscordClient/delete(event:of:)``.
  public func delete() async throws { try await client.delete(event: self, of: guildID) }
}
