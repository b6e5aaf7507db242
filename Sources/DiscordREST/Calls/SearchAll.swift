public import FoundationEssentials

/// How far a search through all pages is.
public struct SearchProgress: Hashable, Sendable {
  /// Pages read.
  public var pages = 0
  /// Messages given to the caller so far.
  public var found = 0
  /// Messages that fit, as Discord counted them on the first page.
  public var total = 0
}

/// All messages that fit a query, page by page, each once.
///
/// ```swift
/// for try await message in guild.searchAll("tape hiss") { print(message.url) }
/// let messages = try await guild.searchAll("tape hiss", limit: 100).array()
/// ```
///
/// By time, it goes on from the last message's id, so messages that appear or disappear meanwhile
/// neither repeat others nor hide them, and there is no end at 10,000. By relevance Discord can
/// only count; there the search ends at 10,000.
public struct MessageSearch: AsyncSequence, Sendable {
  let client: DiscordClient
  let query: SearchQuery
  let scope: SearchScope
  let identity: Identity
  let limit: Int?
  let delay: Duration
  let progress: (@Sendable (SearchProgress) -> Void)?

  /// The pages, from the first.
  public func makeAsyncIterator() -> Iterator { Iterator(self) }

  /// All messages at once.
  ///
  /// - Throws: `DiscordError`; `CancellationError`.
  public func array() async throws -> [Message] {
    var messages: [Message] = []
    for try await message in self { messages.append(message) }
    return messages
  }

  /// Reads the pages.
  public struct Iterator: AsyncIteratorProtocol {
    private let search: MessageSearch
    private var cursor: SearchCursor
    private var progress = SearchProgress()
    private var page: ArraySlice<Message> = []

    init(_ search: MessageSearch) {
      self.search = search
      cursor = SearchCursor(search.query)
    }

    /// The next message; nil after the last.
    public mutating func next() async throws -> Message? {
      while page.isEmpty {
        if let limit = search.limit, progress.found >= limit { return nil }
        guard let query = cursor.next() else { return nil }
        if progress.pages > 0, search.delay > .zero {
          try await search.client.clock.sleep(for: search.delay)
        }
        let answer = try await search.client.searchPage(query, search.scope, search.identity)
        if progress.pages == 0 { progress.total = answer.total }
        let fresh = cursor.received(answer.found.map(\.id), total: answer.total)
        var messages = answer.messages.filter { fresh.contains($0.id) }
        if let limit = search.limit {
          messages = Array(messages.prefix(Swift.max(0, limit - progress.found)))
        }
        progress.pages += 1
        progress.found += messages.count
        page = messages[...]
        search.progress?(progress)
      }
      return page.popFirst()
    }
  }
}

/// Which page of a search comes next: pure, so that its rules can be tested without a server.
package struct SearchCursor {
  private var query: SearchQuery
  private var seen: Set<ID<Message>> = []
  private var isDone = false
  private var emptyPages = 0

  /// Begins with the query as it is.
  package init(_ query: SearchQuery) {
    self.query = query
  }

  /// The next query; nil after the last page.
  package mutating func next() -> SearchQuery? {
    // Beyond 9,975 Discord does not count on.
    isDone || query.offset > 9975 ? nil : query
  }

  /// Takes a page, and gives back those of its messages that are new.
  package mutating func received(_ page: [ID<Message>], total: Int) -> Set<ID<Message>> {
    if page.isEmpty {
      // Old messages can make a page empty that is not the last one.
      emptyPages += 1
      isDone = emptyPages == 3 || total <= query.offset + query.limit
      query.offset += query.limit
      return []
    }
    emptyPages = 0
    if query.order == .relevance {
      let fresh = Set(page).subtracting(seen)
      seen.formUnion(fresh)
      // Less than a page may come though more is there: it is counted by what was asked for.
      isDone = total <= query.offset + query.limit || fresh.isEmpty
      query.offset += query.limit
      return fresh
    }
    let isOldest = query.order == .oldestFirst
    let last = isOldest ? query.after?.snowflake : query.before?.snowflake
    // A server that ignores the bound would be asked for ever.
    let fresh = Set(
      page.filter { id in
        guard let last else { return true }
        return isOldest ? id.snowflake > last : id.snowflake < last
      })
    guard let edge = isOldest ? fresh.max() : fresh.min() else {
      isDone = true
      return []
    }
    if isOldest {
      query.after = .snowflake(edge.snowflake)
    } else {
      query.before = .snowflake(edge.snowflake)
    }
    // The count is of this narrowed query; it may be wrong, so a full page is not the last.
    isDone = page.count < query.limit && total <= query.offset + page.count
    query.offset = 0
    return fresh
  }
}

extension DiscordClient {
  /// Searches all pages of a guild's messages.
  ///
  /// Needs what ``searchPage(_:in:as:)`` needs.
  /// - Parameters:
  ///   - query: what for; its `limit` is the size of a page.
  ///   - guild: the guild or its id.
  ///   - limit: the most messages; nil for all.
  ///   - delay: a pause between pages, besides those of the rate limits.
  ///   - maximumAge: leaves out messages that are older.
  ///   - now: the time that the age is counted from.
  ///   - progress: hears of every page.
  ///   - identity: on whose behalf; see the warning at ``Identity/user``.
  /// - Returns: the messages, read as the sequence is walked.
  public func searchAll(
    _ query: SearchQuery, in guild: some DiscordReference<Guild>, limit: Int? = 500,
    delay: Duration = .zero, maximumAge: Duration? = nil, now: Date = Date(),
    progress: (@Sendable (SearchProgress) -> Void)? = nil, as identity: Identity = .bot
  ) -> MessageSearch {
    MessageSearch(
      client: self, query: query.younger(than: maximumAge, at: now), scope: .guild(guild.id),
      identity: identity, limit: limit, delay: delay, progress: progress)
  }
}

extension SearchQuery {
  func younger(than age: Duration?, at now: Date) -> SearchQuery {
    guard let age else { return self }
    let seconds = Double(age.components.seconds) + Double(age.components.attoseconds) / 1e18
    let oldest = Snowflake(date: now.addingTimeInterval(-seconds))
    if let after, after.snowflake >= oldest { return self }
    var query = self
    query.after = .snowflake(oldest)
    return query
  }
}

extension Guild {
  /// Searches all pages: see
  /// ``DiscordClient/searchAll(_:in:limit:delay:maximumAge:now:progress:as:)``.
  public func searchAll(
    _ query: SearchQuery, limit: Int? = 500, delay: Duration = .zero,
    maximumAge: Duration? = nil, now: Date = Date(),
    progress: (@Sendable (SearchProgress) -> Void)? = nil, as identity: Identity = .bot
  ) -> MessageSearch {
    client.searchAll(
      query, in: self, limit: limit, delay: delay, maximumAge: maximumAge, now: now,
      progress: progress, as: identity)
  }
}

extension Channel {
  /// Searches all pages of this channel; a direct message is searched as the user.
  ///
  /// See ``DiscordClient/searchAll(_:in:limit:delay:maximumAge:now:progress:as:)``.
  /// - Throws: `DiscordError` with kind `invalidArgument` for a channel whose guild is not known.
  public func searchAll(
    _ query: SearchQuery, limit: Int? = 500, delay: Duration = .zero,
    maximumAge: Duration? = nil, now: Date = Date(),
    progress: (@Sendable (SearchProgress) -> Void)? = nil, as identity: Identity = .bot
  ) throws(DiscordError) -> MessageSearch {
    let (query, scope, identity) = try scoped(query, identity)
    return MessageSearch(
      client: client, query: query.younger(than: maximumAge, at: now), scope: scope,
      identity: identity, limit: limit, delay: delay, progress: progress)
  }
}
