package import JSONValues

/// A message to be sent.
package struct MessageDraft: Sendable {
  /// A file of it.
  package struct File: Sendable {
    /// The name as the sender gave it.
    package var filename: String
    /// The media type; nil to tell it by the name.
    package var contentType: String?
    /// A text for people who cannot see it.
    package var details: String?
    /// The contents.
    package var bytes: [UInt8]

    /// A file.
    package init(
      filename: String, contentType: String? = nil, details: String? = nil, bytes: [UInt8]
    ) {
      self.filename = filename
      self.contentType = contentType
      self.details = details
      self.bytes = bytes
    }
  }

  /// The id, when it is not a new one: a forum post's first message has that of the thread.
  package var id: World.ID?
  /// The text.
  package var content: String
  /// The files.
  package var files: [File] = []
  /// The embeds.
  package var embeds: [JSONValue] = []
  /// The components.
  package var components: [JSONValue] = []
  /// The type.
  package var kind = World.Message.Kind.normal
  /// The flags.
  package var flags: World.Message.Flags = []
  /// Read aloud.
  package var isTTS = false
  /// What it replies to.
  package var reference: World.Message.Reference?
  /// Whom it may notify.
  package var mentions = AllowedMentionRules()
  /// What the sender knows it by.
  package var nonce: JSONValue?
  /// The webhook's name and avatar.
  package var webhook: World.Message.WebhookAuthor?
  /// The interaction that it answers.
  package var interaction: World.Message.InteractionSource?
  /// The application that sends it, by an interaction or its webhook.
  package var applicationID: World.ID?
  /// The only one who sees it.
  package var ephemeralFor: World.ID?

  /// A message of text.
  package init(_ content: String = "") {
    self.content = content
  }
}

extension World {
  /// Sends a message, without asking for permissions: MESSAGE_CREATE.
  @discardableResult
  package mutating func send(
    _ draft: MessageDraft, by author: ID, in channelID: ID, now: Time
  ) -> Message {
    var message = Message(
      id: draft.id ?? makeID(at: now), channelID: channelID, authorID: author,
      webhook: draft.webhook,
      content: draft.content, sentAt: now)
    message.kind = draft.kind
    message.flags = draft.flags
    message.isTTS = draft.isTTS
    message.embeds = draft.embeds
    message.components = draft.components
    message.reference = draft.reference
    message.nonce = draft.nonce
    message.interaction = draft.interaction
    message.applicationID = draft.applicationID
    message.ephemeralFor = draft.ephemeralFor
    for file in draft.files {
      message.attachments.append(store(file, channel: channelID, now: now))
    }
    setMentions(of: &message, rules: draft.mentions)
    messages[channelID, default: []].append(message)
    if draft.ephemeralFor == nil {
      channels[channelID]?.lastMessageID = message.id
      if message.kind != .threadStarter, draft.id == nil {
        channels[channelID]?.thread?.messagesSent += 1
      }
      if channels[channelID]?.thread?.isArchived == true { setArchived(channelID, false, now: now) }
      if channels[channelID]?.thread?.members[author] == nil, users[author] != nil,
        channels[channelID]?.thread != nil, draft.webhook == nil
      {
        channels[channelID]?.thread?.members[author] = now
      }
    }
    tellMessage("MESSAGE_CREATE", message)
    return message
  }

  /// Keeps a file and gives the attachment that points to it.
  mutating func store(_ file: MessageDraft.File, channel: ID, now: Time) -> Attachment {
    let id = makeID(at: now)
    let name = Self.cleanFilename(file.filename)
    let path = "/attachments/\(channel)/\(id)/\(name)"
    let type = file.contentType ?? Self.contentType(of: name)
    files[path] = StoredFile(bytes: file.bytes, contentType: type ?? "application/octet-stream")
    return Attachment(
      id: id, filename: name, details: file.details, contentType: type, size: file.bytes.count,
      path: path)
  }

  /// Changes a message in place: MESSAGE_UPDATE.
  mutating func update(_ message: Message) {
    guard let index = messageIndex(message.id, in: message.channelID) else { return }
    messages[message.channelID]?[index] = message
    tellMessage("MESSAGE_UPDATE", message)
  }

  /// Edits a message's text, as its author: MESSAGE_UPDATE.
  package mutating func edit(_ id: ID, in channel: ID, content: String, now: Time) {
    guard var message = message(id, in: channel) else { return }
    message.content = content
    message.editedAt = now
    setMentions(of: &message, rules: AllowedMentionRules())
    update(message)
  }

  /// Removes messages: MESSAGE_DELETE, or MESSAGE_DELETE_BULK for more at once.
  package mutating func delete(_ ids: [ID], in channelID: ID, inBulk: Bool = false) {
    guard let channel = channels[channelID] else { return }
    let gone = ids.filter { messageIndex($0, in: channelID) != nil }
    var audience = audience(of: channel)
    for id in gone {
      guard let index = messageIndex(id, in: channelID),
        let message = messages[channelID]?.remove(at: index)
      else { continue }
      if let user = message.ephemeralFor { audience = .users([user, message.authorID]) }
      for attachment in message.attachments { files[attachment.path] = nil }
    }
    var fields: [String: JSONValue] = ["channel_id": .id(channelID)]
    if let guild = channel.guildID { fields["guild_id"] = .id(guild) }
    if inBulk, !gone.isEmpty {
      fields["ids"] = .array(gone.map { .id($0) })
      tell("MESSAGE_DELETE_BULK", .object(fields), to: audience)
    } else {
      for id in gone {
        fields["id"] = .id(id)
        tell("MESSAGE_DELETE", .object(fields), to: audience)
      }
    }
  }

  private mutating func tellMessage(_ type: String, _ message: Message) {
    guard let channel = channels[message.channelID] else { return }
    let audience =
      message.ephemeralFor.map { WorldEvent.Audience.users([$0, message.authorID]) }
      ?? audience(of: channel)
    tell(type, json(eventOf: message), to: audience)
  }

  /// The name under which Discord keeps a file: letters, digits, `.`, `_` and `-` of ASCII.
  static func cleanFilename(_ name: String) -> String {
    let cleaned = name.unicodeScalars.compactMap { scalar -> Character? in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": Character(scalar)
      case " ": "_"
      default: nil
      }
    }
    let trimmed = String(cleaned.drop { $0 == "." }.suffix(200))
    return trimmed.isEmpty ? "unknown" : trimmed
  }

  private static func contentType(of name: String) -> String? {
    switch name.split(separator: ".").last?.lowercased() {
    case "txt": "text/plain; charset=utf-8"
    case "json": "application/json"
    case "png": "image/png"
    case "jpg", "jpeg": "image/jpeg"
    case "gif": "image/gif"
    case "mp3": "audio/mpeg"
    case "wav": "audio/x-wav"
    case "flac": "audio/flac"
    case "ogg": "audio/ogg"
    case "mp4": "video/mp4"
    case "pdf": "application/pdf"
    case "html": "text/html; charset=utf-8"
    default: nil
    }
  }
}
