public import FoundationEssentials
import JSONValues

extension DiscordClient {
  /// Deletes a message. For one of somebody else needs `MANAGE_MESSAGES`.
  ///
  /// - Parameters:
  ///   - message: the message or its id.
  ///   - channel: the channel it is in, or its id.
  ///   - reason: why, for the audit log.
  ///   - identity: on whose behalf; see the warning at ``Identity/user``.
  /// - Throws: `DiscordError` with kind `notFound` (Discord's code 10008) when it is gone already;
  ///   `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/message#delete-message
  public func deleteMessage(
    _ message: some DiscordReference<Message>, in channel: some DiscordReference<Channel>,
    reason: String? = nil, as identity: Identity = .bot
  ) async throws {
    _ = try await request(
      .delete, "/channels/\(channel.id)/messages/\(message.id)", reason: reason, as: identity)
  }

  /// Deletes 2 to 100 messages of a guild's channel at once. Needs `MANAGE_MESSAGES`.
  ///
  /// One message is deleted singly, none is nothing to do. Messages that are gone are no error.
  /// - Parameters:
  ///   - messages: the messages or their ids; not older than 14 days, or Discord would delete
  ///     none of them.
  ///   - channel: the channel they are in, or its id.
  ///   - reason: why, for the audit log.
  ///   - now: the time that the age is counted from.
  /// - Throws: `DiscordError` with kind `invalidArgument`, before anything is sent, for more than
  ///   100 messages or an older one; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/message#bulk-delete-messages
  public func bulkDelete(
    _ messages: [any DiscordReference<Message>], in channel: some DiscordReference<Channel>,
    reason: String? = nil, now: Date = Date()
  ) async throws {
    // Discord refuses a list that names a message twice.
    let ids = Set(messages.map { $0.id }).sorted()
    guard let oldest = ids.first else { return }
    guard ids.count <= BulkDeletion.limit else {
      throw DiscordError(
        .invalidArgument, "\(ids.count) messages; at most 100 can be deleted at once")
    }
    if ids.count == 1 {
      do {
        return try await deleteMessage(oldest, in: channel, reason: reason)
      } catch let error as DiscordError where error.isUnknownMessage {
        return
      }
    }
    guard oldest.snowflake.date > now.addingTimeInterval(-BulkDeletion.maximumAge) else {
      throw DiscordError(
        .invalidArgument, "message \(oldest) is older than 14 days",
        hint: "Delete old messages singly; searchAndDeleteAll does.")
    }
    _ = try await request(
      .post, "/channels/\(channel.id)/messages/bulk-delete",
      json: ["messages": .array(ids.map(\.json))], reason: reason)
  }
}

/// What Discord allows in one bulk deletion.
package enum BulkDeletion {
  /// The most messages.
  package static let limit = 100
  /// The greatest age, in seconds: 14 days.
  package static let maximumAge: Double = 14 * 86_400

  /// Which messages go together, and which singly because they are old or about to be.
  package static func plan(
    _ ids: [ID<Message>], now: Date
  ) -> (bulks: [[ID<Message>]], singles: [ID<Message>]) {
    // An hour's distance: it may take that long until a message's turn comes.
    let cutoff = Snowflake(date: now.addingTimeInterval(3600 - maximumAge))
    let recent = ids.filter { $0.snowflake > cutoff }
    var bulks = stride(from: 0, to: recent.count, by: limit).map {
      Array(recent[$0..<min($0 + limit, recent.count)])
    }
    var singles = ids.filter { $0.snowflake <= cutoff }
    if let last = bulks.last, last.count == 1 {
      bulks.removeLast()
      singles.insert(contentsOf: last, at: 0)
    }
    return (bulks, singles)
  }
}

extension DiscordError {
  /// Whether the message is gone: Discord's code 10008.
  var isUnknownMessage: Bool { discordCode == 10008 }
}

/// What a search for messages to delete found and did.
public struct DeletionReport: Sendable {
  /// The messages that were found, the newest first.
  public let messages: [Message]
  /// How many of them this call deleted; 0 in a dry run.
  public internal(set) var deleted = 0
  /// How many were gone already when their turn came singly.
  public internal(set) var alreadyGone = 0
  /// Whether nothing was to be deleted.
  public let isDryRun: Bool
}

extension Channel {
  /// Searches this channel and deletes what is found: recent messages in bulk, old ones singly;
  /// those that are gone already are ignored.
  ///
  /// Needs what a search needs, and `MANAGE_MESSAGES`. **Discord's search finds more than exact
  /// words:** look at a dry run first, or give `matching`.
  /// - Parameters:
  ///   - query: what for; must have a text, so that not everything goes by mistake.
  ///   - limit: the most messages; nil for all.
  ///   - dryRun: whether only to search.
  ///   - delay: a pause between requests, besides those of the rate limits.
  ///   - maximumAge: leaves messages that are older.
  ///   - now: the time that ages are counted from.
  ///   - reason: why, for the audit log.
  ///   - matching: which of what was found is deleted; all by default.
  ///   - progress: hears of every deletion: how many are done, of how many.
  /// - Returns: what was found and done.
  /// - Throws: `DiscordError` with kind `invalidArgument` for a query without a text and
  ///   for a direct message; after a failure in the middle some messages are deleted.
  ///   `CancellationError`.
  public func searchAndDeleteAll(
    _ query: SearchQuery, limit: Int? = 500, dryRun: Bool = false, delay: Duration = .zero,
    maximumAge: Duration? = nil, now: Date = Date(), reason: String? = nil,
    matching: @Sendable (Message) -> Bool = { _ in true },
    progress: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil
  ) async throws -> DeletionReport {
    guard let content = query.content, !content.allSatisfy(\.isWhitespace) else {
      throw DiscordError(.invalidArgument, "a deletion needs a text to search for")
    }
    // A direct message has no bulk deletion, and only a user can search it.
    _ = try requiredGuildID
    let found = try await searchAll(
      query, limit: limit, delay: delay, maximumAge: maximumAge, now: now
    ).array().filter(matching)
    var report = DeletionReport(messages: found, isDryRun: dryRun)
    if dryRun { return report }
    // With threads included, what was found lies in several channels.
    for (channel, messages) in Dictionary(grouping: found, by: \.channelID)
      .sorted(by: { $0.key < $1.key })
    {
      let plan = BulkDeletion.plan(messages.map(\.id), now: now)
      for ids in plan.bulks {
        try await client.bulkDelete(ids, in: channel, reason: reason, now: now)
        report.deleted += ids.count
        progress?(report.deleted + report.alreadyGone, found.count)
        if delay > .zero { try await client.clock.sleep(for: delay) }
      }
      for id in plan.singles {
        do {
          try await client.deleteMessage(id, in: channel, reason: reason)
          report.deleted += 1
        } catch let error as DiscordError where error.isUnknownMessage {
          report.alreadyGone += 1
        }
        progress?(report.deleted + report.alreadyGone, found.count)
        if delay > .zero { try await client.clock.sleep(for: delay) }
      }
    }
    return report
  }

  /// Deletes a message of this channel: see ``DiscordClient/deleteMessage(_:in:reason:as:)``.
  public func deleteMessage(
    _ message: some DiscordReference<Message>, reason: String? = nil
  ) async throws {
    try await client.deleteMessage(message, in: self, reason: reason)
  }

  /// Deletes 2 to 100 messages at once: see ``DiscordClient/bulkDelete(_:in:reason:now:)``.
  public func bulkDelete(
    _ messages: [any DiscordReference<Message>], reason: String? = nil, now: Date = Date()
  ) async throws {
    try await client.bulkDelete(messages, in: self, reason: reason, now: now)
  }
}

extension Message {
  /// Deletes this message: see ``DiscordClient/deleteMessage(_:in:reason:as:)``.
  public func delete(reason: String? = nil) async throws {
    try await client.deleteMessage(self, in: channelID, reason: reason)
  }
}
