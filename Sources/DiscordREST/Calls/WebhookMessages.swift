public import JSONValues

extension DiscordClient {
  /// Posts through a webhook, under its name or another one.
  ///
  /// A text over 2,000 characters becomes several messages, the last with the files and embeds.
  /// Nobody is notified, whatever the text says, but by `allowedMentions`. Needs no permission
  /// but the token. A lost connection is not attempted again: Discord has no nonce for webhooks,
  /// and a message could be posted twice.
  /// - Parameters:
  ///   - content: the text.
  ///   - webhook: the webhook or its id.
  ///   - token: the webhook's token.
  ///   - username: the name to post under; nil for the webhook's own.
  ///   - avatarURL: the picture to post under; nil for the webhook's own.
  ///   - files: at most 10.
  ///   - embeds: at most 10 embed objects.
  ///   - thread: a thread of the webhook's channel to post to.
  ///   - threadName: the thread to start, for a webhook of a forum.
  ///   - allowedMentions: whom the message may notify.
  ///   - wait: whether to wait until Discord has the message, and return it.
  ///   - more: further fields as Discord names them; they win.
  /// - Returns: the message, of a long text the last one; nil without `wait`.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/webhook#execute-webhook
  @discardableResult
  public func send(
    _ content: String = "", webhook: some DiscordReference<Webhook>, token: String,
    username: String? = nil, avatarURL: String? = nil, files: [FileUpload] = [],
    embeds: [JSONValue] = [], thread: (any DiscordReference<Channel>)? = nil,
    threadName: String? = nil, allowedMentions: AllowedMentions = .none, wait: Bool = true,
    more: [String: JSONValue] = [:]
  ) async throws -> Message? {
    let parts = try MessageBody(
      content: content, embeds: embeds, files: files, allowedMentions: allowedMentions, more: more
    ).parts(for: self)
    var thread = thread?.id
    var last: JSONValue?
    for (index, part) in parts.enumerated() {
      var json = part.json
      if let username { json["username"] = .string(username) }
      if let avatarURL { json["avatar_url"] = .string(avatarURL) }
      if index == 0, let threadName { json["thread_name"] = .string(threadName) }
      // The parts of one text must keep their order, and a new thread must be known.
      let waits = wait || index < parts.count - 1
      last = try await request(
        .post, Self.path(webhook.id, token),
        query: ["wait": waits ? "true" : nil, "thread_id": thread?.description], json: json,
        files: part.files)
      if index == 0, threadName != nil { thread = last?.id("channel_id") }
    }
    guard wait, let last else { return nil }
    let channel: ID<Channel>? = last.id("channel_id")
    let guildID = (webhook as? Webhook)?.guildID
    let place = guildID.map(Place.guild) ?? channel.map { places[$0] } ?? .unknown
    return try Message(json: last, client: self, place: place)
  }

  /// Changes a message that a webhook posted.
  ///
  /// - Parameters:
  ///   - message: the message or its id.
  ///   - webhook: the webhook or its id.
  ///   - token: the webhook's token.
  ///   - content: the new text, at most 2,000 characters; nil leaves it.
  ///   - embeds: the new embeds; nil leaves them.
  ///   - thread: the thread that the message is in; nil for none.
  ///   - allowedMentions: whom the message may notify.
  ///   - more: further fields as Discord names them; they win.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/webhook#edit-webhook-message
  @discardableResult
  public func edit(
    _ message: some DiscordReference<Message>, webhook: some DiscordReference<Webhook>,
    token: String, content: String? = nil, embeds: [JSONValue]? = nil,
    thread: (any DiscordReference<Channel>)? = nil, allowedMentions: AllowedMentions = .none,
    more: [String: JSONValue] = [:]
  ) async throws -> Message {
    let json = try await request(
      .patch, Self.path(webhook.id, token) + "/messages/\(message.id)",
      query: ["thread_id": thread?.id.description],
      json: try Self.edit(content, embeds, allowedMentions, more))
    let channel: ID<Channel>? = json.id("channel_id")
    return try Message(
      json: json, client: self, place: channel.map { places[$0] } ?? .unknown)
  }

  /// Deletes a message that a webhook posted.
  ///
  /// - Parameters:
  ///   - message: the message or its id.
  ///   - webhook: the webhook or its id.
  ///   - token: the webhook's token.
  ///   - thread: the thread that the message is in; nil for none.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/webhook#delete-webhook-message
  public func delete(
    _ message: some DiscordReference<Message>, webhook: some DiscordReference<Webhook>,
    token: String, thread: (any DiscordReference<Channel>)? = nil
  ) async throws {
    _ = try await request(
      .delete, Self.path(webhook.id, token) + "/messages/\(message.id)",
      query: ["thread_id": thread?.id.description])
  }
}

extension Webhook {
  /// Posts through the webhook: see ``DiscordClient``'s call of the same name.
  ///
  /// - Throws: `DiscordError` with kind `invalidArgument` for a webhook whose token Discord did
  ///   not send.
  @discardableResult
  public func send(
    _ content: String = "", username: String? = nil, avatarURL: String? = nil,
    files: [FileUpload] = [], embeds: [JSONValue] = [],
    thread: (any DiscordReference<Channel>)? = nil, threadName: String? = nil,
    allowedMentions: AllowedMentions = .none, wait: Bool = true, more: [String: JSONValue] = [:]
  ) async throws -> Message? {
    guard let token else {
      throw DiscordError(
        .invalidArgument, "webhook \(id) has no token",
        hint: "Discord sends the token only of webhooks that this bot made.")
    }
    return try await client.send(
      content, webhook: self, token: token, username: username, avatarURL: avatarURL,
      files: files, embeds: embeds, thread: thread, threadName: threadName,
      allowedMentions: allowedMentions, wait: wait, more: more)
  }
}
