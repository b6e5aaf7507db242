public import JSONValues

extension Interaction {
  /// Answers with a message; must come within 3 seconds.
  ///
  /// Nobody is notified, whatever the text says, but by `allowedMentions`.
  /// - Parameters:
  ///   - content: the text; what is over 2,000 characters follows in further messages.
  ///   - ephemeral: whether only the user sees it.
  ///   - files: its files.
  ///   - embeds: its embeds.
  ///   - allowedMentions: whom the message may notify.
  ///   - more: further fields as Discord names them; they win.
  /// - Throws: `DiscordError`, with Discord's code 10062 when it came too late and 40060 when it
  ///   was answered already; `CancellationError`.
  /// Source:
  /// https://docs.discord.com/developers/interactions/receiving-and-responding#create-interaction-response
  public func reply(
    _ content: String = "", ephemeral: Bool = false, files: [FileUpload] = [],
    embeds: [JSONValue] = [], allowedMentions: AllowedMentions = .none,
    more: [String: JSONValue] = [:]
  ) async throws {
    let parts = try parts(content, ephemeral, files, embeds, allowedMentions, more)
    guard let first = parts.first else { return }
    try await respond(type: 4, data: first.json, files: first.files)
    for part in parts.dropFirst() { _ = try await followUp(part) }
  }

  /// Says that the answer will follow: the user sees the application thinking, for 15 minutes at
  /// most. Then comes ``editReply(_:embeds:files:allowedMentions:more:)``.
  ///
  /// - Parameter ephemeral: whether only the user sees the answer: it cannot be changed later.
  /// - Throws: `DiscordError`; `CancellationError`.
  public func deferReply(ephemeral: Bool = false) async throws {
    try await respond(type: 5, data: ephemeral ? ["flags": 64] : nil)
  }

  /// Answers in any way that Discord has: forms, suggestions, changes of the message.
  ///
  /// - Parameters:
  ///   - type: Discord's number of the interaction callback type.
  ///   - data: what that type takes; a message without `allowed_mentions` notifies nobody.
  ///   - files: files of a message.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source:
  /// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object
  public func respond(type: Int, data: JSONValue? = nil, files: [FileUpload] = []) async throws {
    var json: JSONValue = ["type": .integer(Int64(type))]
    if var data {
      // 4 a message, 7 a change of one.
      if type == 4 || type == 7, data["allowed_mentions"] == nil {
        data["allowed_mentions"] = AllowedMentions.none.json
      }
      json["data"] = data
    }
    let token = APIPath.encoded(token)
    _ = try await client.request(
      .post, "/interactions/\(id)/\(token)/callback", json: json, files: files)
  }

  /// The answer as it is now.
  ///
  /// - Throws: `DiscordError` with kind `notFound` before there is one; `CancellationError`.
  public func originalReply() async throws -> Message {
    try message(try await client.request(.get, original))
  }

  /// Changes the answer, or gives the one that was deferred.
  ///
  /// - Parameters:
  ///   - content: the new text; what is over 2,000 characters follows in further messages. Nil
  ///     leaves it.
  ///   - embeds: the new embeds; nil leaves them.
  ///   - files: files to add.
  ///   - allowedMentions: whom the message may notify.
  ///   - more: further fields as Discord names them; they win.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source:
  /// https://docs.discord.com/developers/interactions/receiving-and-responding#edit-original-interaction-response
  @discardableResult
  public func editReply(
    _ content: String? = nil, embeds: [JSONValue]? = nil, files: [FileUpload] = [],
    allowedMentions: AllowedMentions = .none, more: [String: JSONValue] = [:]
  ) async throws -> Message {
    let texts = content.map { MessageSplitter.split($0) } ?? []
    let json = try DiscordClient.edit(
      texts.first ?? content, embeds, allowedMentions, more)
    let edited = try message(
      try await client.request(.patch, original, json: json, files: files))
    // What follows an answer that only the user sees is for the user alone too.
    let isEphemeral = ((edited.json.int("flags") ?? 0) & 64) != 0
    for text in texts.dropFirst() {
      try await followUp(text, ephemeral: isEphemeral, allowedMentions: allowedMentions)
    }
    return edited
  }

  /// Deletes the answer.
  ///
  /// - Throws: `DiscordError`; `CancellationError`.
  public func deleteReply() async throws { _ = try await client.request(.delete, original) }

  /// Sends a further message, for 15 minutes after the interaction.
  ///
  /// - Parameters:
  ///   - content: the text; over 2,000 characters it becomes several messages.
  ///   - ephemeral: whether only the user sees it.
  ///   - files: its files.
  ///   - embeds: its embeds.
  ///   - allowedMentions: whom the message may notify.
  ///   - more: further fields as Discord names them; they win.
  /// - Returns: the message, of a long text the last one.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source:
  /// https://docs.discord.com/developers/interactions/receiving-and-responding#create-followup-message
  @discardableResult
  public func followUp(
    _ content: String = "", ephemeral: Bool = false, files: [FileUpload] = [],
    embeds: [JSONValue] = [], allowedMentions: AllowedMentions = .none,
    more: [String: JSONValue] = [:]
  ) async throws -> Message {
    var last: Message?
    for part in try parts(content, ephemeral, files, embeds, allowedMentions, more) {
      last = try await followUp(part)
    }
    guard let last else { throw DiscordError(.invalidArgument, "nothing to send") }
    return last
  }

  private var path: String {
    "/webhooks/\(applicationID)/\(APIPath.encoded(token))"
  }

  private var original: String { path + "/messages/@original" }

  private func followUp(_ part: MessageBody.Part) async throws -> Message {
    try message(try await client.request(.post, path, json: part.json, files: part.files))
  }

  private func message(_ json: JSONValue) throws(DiscordError) -> Message {
    try Message(json: json, client: client, place: guildID.map(Place.guild) ?? .direct)
  }

  private func parts(
    _ content: String, _ ephemeral: Bool, _ files: [FileUpload], _ embeds: [JSONValue],
    _ allowedMentions: AllowedMentions, _ more: [String: JSONValue]
  ) throws(DiscordError) -> [MessageBody.Part] {
    var more = more
    if ephemeral { more["flags"] = .integer((more["flags"]?.integer ?? 0) | 64) }
    return try MessageBody(
      content: content, embeds: embeds, files: files, allowedMentions: allowedMentions, more: more
    ).parts(for: client)
  }
}
