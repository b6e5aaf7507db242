import JSONValues

/// Which messages of a channel.
public enum MessageRange: Sendable {
  /// The newest.
  case newest
  /// Those before a message.
  case before(any DiscordReference<Message>)
  /// Those after a message, the oldest of them first.
  case after(any DiscordReference<Message>)
  /// Those before and after a message, and itself.
  case around(any DiscordReference<Message>)
}

extension DiscordClient {
  /// Messages of a channel or thread in the order of time, the oldest first.
  ///
  /// Needs `VIEW_CHANNEL` (in a voice channel also `CONNECT`); without `READ_MESSAGE_HISTORY`
  /// Discord gives none. Their texts are empty without the privileged intent `MESSAGE_CONTENT`.
  /// - Parameters:
  ///   - channel: the channel or its id.
  ///   - range: the newest, or those before, after or around a message.
  ///   - limit: the most messages, asked for in pages of 100; nil for all. Around: at most 100.
  ///   - identity: on whose behalf; see the warning at ``Identity/user``.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/message#get-channel-messages
  public func messages(
    in channel: some DiscordReference<Channel>, _ range: MessageRange = .newest,
    limit: Int? = 50, as identity: Identity = .bot
  ) async throws -> [Message] {
    var walk = try MessageWalk(range, limit: limit)
    var found: [JSONValue] = []
    while let query = walk.next() {
      let json = try await request(
        .get, "/channels/\(channel.id)/messages", queryItems: query, as: identity)
      guard let page = json.array else {
        throw DiscordError(.invalidResponse, "the answer is not a list of messages")
      }
      found += walk.received(page)
    }
    let place = await place(of: channel, as: identity)
    return try messages(found, place: place).sorted { $0.id < $1.id }
  }

  /// One message.
  ///
  /// Needs `VIEW_CHANNEL` and `READ_MESSAGE_HISTORY`.
  /// - Parameters:
  ///   - message: the message or its id.
  ///   - channel: the channel it is in, or its id.
  /// - Throws: `DiscordError` with kind `notFound` when it is gone; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/message#get-channel-message
  public func message(
    _ message: some DiscordReference<Message>, in channel: some DiscordReference<Channel>
  ) async throws -> Message {
    let json = try await request(.get, "/channels/\(channel.id)/messages/\(message.id)")
    return try Message(json: json, client: self, place: await place(of: channel))
  }

  /// Shows the bot as typing in a channel, for 10 seconds or until it sends.
  ///
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/channel#trigger-typing-indicator
  public func showTyping(in channel: some DiscordReference<Channel>) async throws {
    _ = try await request(.post, "/channels/\(channel.id)/typing")
  }

  func messages(_ list: [JSONValue], place: Place) throws(DiscordError) -> [Message] {
    var messages: [Message] = []
    messages.reserveCapacity(list.count)
    for json in list { messages.append(try Message(json: json, client: self, place: place)) }
    return messages
  }

  /// Where a channel is: known from the object or from what was seen before, else asked once.
  ///
  /// Only addresses depend on it, so a refusal is no error.
  func place(
    of channel: some DiscordReference<Channel>, as identity: Identity = .bot
  ) async -> Place {
    if let channel = channel as? Channel, channel.place != .unknown { return channel.place }
    let seen = places[channel.id]
    if seen != .unknown { return seen }
    return (try? await self.channel(channel.id, as: identity).place) ?? .unknown
  }
}

/// The pages of a channel's messages that a call asks for.
struct MessageWalk {
  private let field: String?
  private var cursor: Snowflake?
  private var left: Int
  private var asked = 0
  private var isDone = false

  init(_ range: MessageRange, limit: Int?) throws(DiscordError) {
    left = max(0, limit ?? .max)
    switch range {
    case .newest: (field, cursor) = ("before", nil)
    case .before(let message): (field, cursor) = ("before", message.id.snowflake)
    case .after(let message): (field, cursor) = ("after", message.id.snowflake)
    case .around(let message):
      (field, cursor) = ("around", message.id.snowflake)
      if left > 100 {
        throw DiscordError(.invalidArgument, "around a message: at most 100 messages")
      }
    }
  }

  /// The next query; nil when all is there.
  mutating func next() -> [(String, String?)]? {
    if isDone || left == 0 { return nil }
    asked = min(100, left)
    var query: [(String, String?)] = [("limit", String(asked))]
    if let field, let cursor { query.append((field, cursor.description)) }
    return query
  }

  /// Takes the answer, newest first, and gives back what is new in it.
  mutating func received(_ page: [JSONValue]) -> [JSONValue] {
    let isForward = field == "after"
    let fresh =
      field == "around"
      ? page
      : page.filter { message in
        // A server that ignores the cursor would be asked for ever, or give twice.
        guard let cursor, let id = Snowflake(json: message["id"]) else { return true }
        return isForward ? id > cursor : id < cursor
      }
    let ids = fresh.compactMap { Snowflake(json: $0["id"]) }
    cursor = isForward ? ids.max() : ids.min()
    left -= min(left, fresh.count)
    isDone = page.count < asked || ids.isEmpty || field == "around"
    return fresh
  }
}

extension Channel {
  /// The channel's messages in the order of time, the oldest first.
  ///
  /// - Parameters:
  ///   - range: the newest, or those before, after or around a message.
  ///   - limit: the most messages; nil for all. Around: at most 100.
  ///   - identity: on whose behalf; see the warning at ``Identity/user``.
  public func messages(
    _ range: MessageRange = .newest, limit: Int? = 50, as identity: Identity = .bot
  ) async throws -> [Message] {
    try await client.messages(in: self, range, limit: limit, as: identity)
  }

  /// One message of the channel.
  public func message(_ message: some DiscordReference<Message>) async throws -> Message {
    try await client.message(message, in: self)
  }

  /// Shows the bot as typing, for 10 seconds or until it sends.
  public func showTyping() async throws { try await client.showTyping(in: self) }
}

extension Message {
  /// The channel or thread it is in.
  public var channel: Channel {
    get async throws {
      let channel = try await client.channel(channelID)
      return try Channel(json: channel.json, client: client, guildID: guildID)
    }
  }

  /// The guild it is in.
  ///
  /// - Throws: `DiscordError` with kind `invalidArgument` for a direct message.
  public var guild: Guild {
    get async throws {
      guard let guildID else {
        throw DiscordError(.invalidArgument, "Message \(id) is not known to be of a guild")
      }
      return try await client.guild(guildID)
    }
  }

  /// Messages of its channel before this one, in the order of time.
  public func before(limit: Int? = 5) async throws -> [Message] {
    try await near(.before(self), limit)
  }

  /// Messages of its channel after this one, in the order of time.
  public func after(limit: Int? = 5) async throws -> [Message] {
    try await near(.after(self), limit)
  }

  /// Messages of its channel around this one, itself among them, in the order of time.
  public func around(limit: Int = 11) async throws -> [Message] {
    try await near(.around(self), limit)
  }

  /// The message as it is now.
  public func refreshed() async throws -> Message {
    client.places.note(place, of: channelID)
    return try await client.message(self, in: channelID)
  }

  private func near(_ range: MessageRange, _ limit: Int?) async throws -> [Message] {
    client.places.note(place, of: channelID)
    return try await client.messages(in: channelID, range, limit: limit)
  }
}
