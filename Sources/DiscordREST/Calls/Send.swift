public import JSONValues

extension DiscordClient {
  /// Sends a message.
  ///
  /// A text over 2,000 characters becomes several messages, cut at lines or words; the first is
  /// the reply, the last has files and embeds. Nobody is notified, whatever the text says, but by
  /// `allowedMentions`. A message that was attempted again after a lost connection is not posted
  /// twice: each has a nonce that Discord enforces.
  ///
  /// Needs `SEND_MESSAGES` (in a thread `SEND_MESSAGES_IN_THREADS`); files `ATTACH_FILES`, embeds
  /// `EMBED_LINKS`, a reply `READ_MESSAGE_HISTORY`.
  /// - Parameters:
  ///   - content: the text; Markdown of others through ``Markdown/escape(_:)``.
  ///   - channel: the channel or thread, or its id.
  ///   - files: at most 10; one over the upload limit is refused before anything is sent.
  ///   - embeds: at most 10 embed objects.
  ///   - reply: the message that is answered.
  ///   - allowedMentions: whom the message may notify.
  ///   - nonce: a text of up to 20 characters, the same for an attempt of the caller's own again.
  ///   - more: further fields as Discord names them (`components`, `flags`, `poll`, …); they win.
  /// - Returns: the message, of a long text the last one.
  /// - Throws: `DiscordError`: `invalidArgument`, `fileTooLarge` before anything is sent; after a
  ///   failure in the middle of a long text the messages before it remain. `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/message#create-message
  @discardableResult
  public func send(
    _ content: String = "", to channel: some DiscordReference<Channel>,
    files: [FileUpload] = [], embeds: [JSONValue] = [],
    reply: (any DiscordReference<Message>)? = nil, allowedMentions: AllowedMentions = .none,
    nonce: String? = nil, more: [String: JSONValue] = [:]
  ) async throws -> Message {
    let messages = try await sendAll(
      content, to: channel, files: files, embeds: embeds, reply: reply,
      allowedMentions: allowedMentions, nonce: nonce, more: more)
    // There is at least one part, or the call has thrown.
    guard let last = messages.last else {
      throw DiscordError(.invalidArgument, "nothing to send")
    }
    return last
  }

  /// The same as ``send(_:to:files:embeds:reply:allowedMentions:nonce:more:)``, and returns every
  /// message of a long text.
  @discardableResult
  public func sendAll(
    _ content: String = "", to channel: some DiscordReference<Channel>,
    files: [FileUpload] = [], embeds: [JSONValue] = [],
    reply: (any DiscordReference<Message>)? = nil, allowedMentions: AllowedMentions = .none,
    nonce: String? = nil, more: [String: JSONValue] = [:]
  ) async throws -> [Message] {
    let body = MessageBody(
      content: content, embeds: embeds, files: files, allowedMentions: allowedMentions, more: more)
    let nonces = Nonces(nonce)
    var parts = try body.parts(for: self)
    for index in parts.indices {
      parts[index].json["nonce"] = .string(try nonces.nonce(of: index, among: parts.count))
      parts[index].json["enforce_nonce"] = true
      if index == 0, let reply, more["message_reference"] == nil {
        parts[index].json["message_reference"] = ["message_id": reply.id.json]
      }
    }
    var sent: [JSONValue] = []
    for part in parts {
      sent.append(
        try await request(
          .post, "/channels/\(channel.id)/messages", json: part.json, files: part.files))
    }
    return try messages(sent, place: await place(of: channel))
  }

  /// Changes a message of the bot.
  ///
  /// Nobody is notified, whatever the text says, but by `allowedMentions`. The message's files
  /// stay unless `more` names the `attachments` to keep.
  /// - Parameters:
  ///   - message: the message or its id.
  ///   - channel: the channel it is in, or its id.
  ///   - content: the new text, at most 2,000 characters; nil leaves it, an empty one removes it.
  ///   - embeds: the new embeds; nil leaves them.
  ///   - allowedMentions: whom the message may notify.
  ///   - more: further fields as Discord names them; they win.
  /// - Throws: `DiscordError` with kind `forbidden` for a message of somebody else;
  ///   `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/message#edit-message
  @discardableResult
  public func edit(
    _ message: some DiscordReference<Message>, in channel: some DiscordReference<Channel>,
    content: String? = nil, embeds: [JSONValue]? = nil, allowedMentions: AllowedMentions = .none,
    more: [String: JSONValue] = [:]
  ) async throws -> Message {
    let fields = try Self.edit(content, embeds, allowedMentions, more)
    let json = try await request(
      .patch, "/channels/\(channel.id)/messages/\(message.id)", json: fields)
    return try Message(json: json, client: self, place: await place(of: channel))
  }

  static func edit(
    _ content: String?, _ embeds: [JSONValue]?, _ allowedMentions: AllowedMentions,
    _ more: [String: JSONValue]
  ) throws(DiscordError) -> JSONValue {
    try MessageBody.checkLength(content)
    var fields: [String: JSONValue] = ["allowed_mentions": allowedMentions.json]
    if let content { fields["content"] = .string(content) }
    if let embeds { fields["embeds"] = .array(embeds) }
    return .object(fields.merging(more) { $1 })
  }
}

/// The nonces of the parts of one message: the same whenever an attempt is repeated.
private struct Nonces {
  private let base: String

  init(_ nonce: String?) {
    base = nonce ?? String(UInt64.random(in: .min ... .max), radix: 36)
  }

  func nonce(of part: Int, among count: Int) throws(DiscordError) -> String {
    let nonce = count == 1 ? base : "\(base)-\(part)"
    guard (1...25).contains(nonce.unicodeScalars.count) else {
      throw DiscordError(.invalidArgument, "a nonce has 1 to 25 characters, with its part's number")
    }
    return nonce
  }
}

extension Channel {
  /// Sends a message to this channel: see
  /// ``DiscordClient/send(_:to:files:embeds:reply:allowedMentions:nonce:more:)``.
  @discardableResult
  public func send(
    _ content: String = "", files: [FileUpload] = [], embeds: [JSONValue] = [],
    reply: (any DiscordReference<Message>)? = nil, allowedMentions: AllowedMentions = .none,
    nonce: String? = nil, more: [String: JSONValue] = [:]
  ) async throws -> Message {
    try await client.send(
      content, to: self, files: files, embeds: embeds, reply: reply,
      allowedMentions: allowedMentions, nonce: nonce, more: more)
  }
}

extension Message {
  /// Answers this message in its channel: see
  /// ``DiscordClient/send(_:to:files:embeds:reply:allowedMentions:nonce:more:)``.
  @discardableResult
  public func reply(
    _ content: String = "", files: [FileUpload] = [], embeds: [JSONValue] = [],
    allowedMentions: AllowedMentions = .none, more: [String: JSONValue] = [:]
  ) async throws -> Message {
    client.places.note(place, of: channelID)
    return try await client.send(
      content, to: channelID, files: files, embeds: embeds, reply: self,
      allowedMentions: allowedMentions, more: more)
  }

  /// Changes this message: see
  /// ``DiscordClient/edit(_:in:content:embeds:allowedMentions:more:)``.
  @discardableResult
  public func edit(
    _ content: String? = nil, embeds: [JSONValue]? = nil,
    allowedMentions: AllowedMentions = .none, more: [String: JSONValue] = [:]
  ) async throws -> Message {
    client.places.note(place, of: channelID)
    return try await client.edit(
      self, in: channelID, content: content, embeds: embeds, allowedMentions: allowedMentions,
      more: more)
  }
}
