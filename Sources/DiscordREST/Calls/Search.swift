import JSONValues
import Logging

/// One page of what a search found.
public struct SearchPage: Sendable {
  /// The messages, in the order that the query asked for; those in threads left out if it said so.
  public var messages: [Message]
  /// How many messages fit in all, as Discord counts while others write and delete.
  public let total: Int
  /// The threads that the messages are in.
  public let threads: [Channel]
  /// Whether Discord is still reading old messages, so that more will be found later.
  public let isIndexing: Bool
  /// The messages before threads were left out: what paging goes by.
  let found: [Message]
}

/// Where a search looks.
enum SearchScope: Sendable {
  case guild(ID<Guild>)
  /// A direct message, which only a user can search.
  case direct(ID<Channel>)

  var path: String {
    switch self {
    case .guild(let id): "/guilds/\(id)/messages/search"
    case .direct(let id): "/channels/\(id)/messages/search"
    }
  }

  var place: Place {
    if case .guild(let id) = self { .guild(id) } else { .direct }
  }
}

extension DiscordClient {
  /// Searches the messages of a guild: one page.
  ///
  /// Needs `READ_MESSAGE_HISTORY` and the privileged intent `MESSAGE_CONTENT`. While Discord has
  /// not yet indexed the guild, the call waits, as long as calls may take in all.
  /// - Parameters:
  ///   - query: what for.
  ///   - guild: the guild or its id.
  ///   - identity: on whose behalf; see the warning at ``Identity/user``.
  /// - Throws: `DiscordError`: `invalidArgument` beyond the documented limits, `timedOut` while
  ///   the index is not ready. `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/message#search-guild-messages
  public func searchPage(
    _ query: SearchQuery, in guild: some DiscordReference<Guild>, as identity: Identity = .bot
  ) async throws -> SearchPage {
    try await searchPage(query, .guild(guild.id), identity)
  }

  /// The same as ``searchPage(_:in:as:)``, only the messages.
  public func search(
    _ query: SearchQuery, in guild: some DiscordReference<Guild>, as identity: Identity = .bot
  ) async throws -> [Message] {
    try await searchPage(query, in: guild, as: identity).messages
  }

  func searchPage(
    _ query: SearchQuery, _ scope: SearchScope, _ identity: Identity
  ) async throws -> SearchPage {
    let items = try query.items()
    var waited = Duration.zero
    while true {
      let json = try await request(.get, scope.path, queryItems: items, as: identity)
      guard let wait = Self.indexWait(json) else { return try page(json, query, scope) }
      waited += wait
      guard waited <= configuration.totalDeadline else {
        throw DiscordError(
          .timedOut, "Discord's search index is not ready", discordCode: json.int("code"),
          hint: "Discord builds it on the first search of a guild: try again in some minutes.",
          route: "GET \(scope.path)", retryAfter: wait)
      }
      logger.debug("search index not ready", metadata: ["tapedeck.wait": "\(wait)"])
      try await clock.sleep(for: wait)
    }
  }

  /// How long Discord asks to wait while it builds its index (HTTP 202); nil for a real answer.
  static func indexWait(_ json: JSONValue) -> Duration? {
    guard json["messages"] == nil, json.int("code") == 110_000 else { return nil }
    let seconds = json["retry_after"]?.number ?? 0
    // 0 means: after a short while. A mad number must not make a mad wait.
    return seconds > 0 ? .seconds(min(max(seconds, 0.1), 600)) : .seconds(1)
  }

  private func page(
    _ json: JSONValue, _ query: SearchQuery, _ scope: SearchScope
  ) throws(DiscordError) -> SearchPage {
    guard let groups = json["messages"]?.array else {
      throw DiscordError(.invalidResponse, "the answer to a search has no `messages`")
    }
    // Each in a list of its own, which once held the messages around it.
    let found = try messages(
      groups.compactMap { $0.array?.first ?? ($0.object != nil ? $0 : nil) }, place: scope.place)
    let threads =
      json["threads"] == nil
      ? [] : try channels(json, in: "threads", guildID: scope.place.guildID)
    return SearchPage(
      messages: Self.withoutThreads(found, threads, query),
      total: max(0, json.int("total_results") ?? found.count), threads: threads,
      isIndexing: json.flag("doing_deep_historical_index"), found: found)
  }

  private static func withoutThreads(
    _ found: [Message], _ threads: [Channel], _ query: SearchQuery
  ) -> [Message] {
    switch query.threads {
    case .included: return found
    case .automatic where query.channels.isEmpty: return found
    case .automatic, .excluded: break
    }
    // A search of a channel finds its threads too.
    let channels = Set(query.channels)
    let inThreads = Set(threads.map(\.id)).subtracting(channels)
    return found.filter { message in
      !inThreads.contains(message.channelID)
        && (channels.isEmpty || channels.contains(message.channelID))
    }
  }
}

extension Guild {
  /// Searches the guild's messages, one page: see ``DiscordClient/searchPage(_:in:as:)``.
  public func search(
    _ query: SearchQuery, as identity: Identity = .bot
  ) async throws -> [Message] {
    try await client.search(query, in: self, as: identity)
  }
}

extension Channel {
  /// Searches the channel's messages, one page; a direct message is searched as the user, with
  /// the user token: see ``DiscordClient/searchPage(_:in:as:)`` and ``Identity/user``.
  ///
  /// Messages in the channel's threads are left out unless the query includes them.
  public func search(
    _ query: SearchQuery, as identity: Identity = .bot
  ) async throws -> [Message] {
    let (query, scope, identity) = try scoped(query, identity)
    return try await client.searchPage(query, scope, identity).messages
  }

  func scoped(
    _ query: SearchQuery, _ identity: Identity
  ) throws(DiscordError) -> (SearchQuery, SearchScope, Identity) {
    if type.isDirectMessage { return (query, .direct(id), .user) }
    var query = query
    query.channels = [id]
    return (query, .guild(try requiredGuildID), identity)
  }
}
