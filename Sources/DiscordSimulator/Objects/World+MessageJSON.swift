package import JSONValues

extension World {
  /// A message object.
  ///
  /// - Parameters:
  ///   - message: the message.
  ///   - viewer: whose reactions are marked as one's own.
  ///   - withReference: whether the message replied to is put in; not in that one itself.
  ///   - withNonce: whether the nonce is told: only in the answer to the sender and the event.
  package func json(
    message: Message, for viewer: ID?, withReference: Bool = true, withNonce: Bool = false
  ) -> JSONValue {
    var fields: [String: JSONValue] = [
      "id": .id(message.id), "channel_id": .id(message.channelID),
      "type": .integer(message.kind.rawValue), "content": .string(message.content),
      "author": json(authorOf: message), "timestamp": .time(message.sentAt),
      "edited_timestamp": .time(message.editedAt), "tts": .bool(message.isTTS),
      "mention_everyone": .bool(message.mentionsEveryone),
      "mentions": .array(message.mentions.map { json(user: $0) }),
      "mention_roles": .array(message.mentionedRoles.map { .id($0) }),
      "attachments": .array(message.attachments.map(json(attachment:))),
      "embeds": .array(message.embeds), "components": .array(message.components),
      "pinned": .bool(message.pinnedAt != nil), "flags": .integer(message.flags.rawValue),
    ]
    if !message.reactions.isEmpty {
      fields["reactions"] = .array(message.reactions.map { json(reaction: $0, for: viewer) })
    }
    if let webhook = message.webhook { fields["webhook_id"] = .id(webhook.id) }
    if let application = message.applicationID { fields["application_id"] = .id(application) }
    if let reference = message.reference {
      var json: [String: JSONValue] = ["type": 0, "channel_id": .id(reference.channelID)]
      if let id = reference.messageID { json["message_id"] = .id(id) }
      if let guild = reference.guildID { json["guild_id"] = .id(guild) }
      fields["message_reference"] = .object(json)
      if withReference, message.kind == .reply || message.kind == .threadStarter {
        let target = reference.messageID.flatMap { self.message($0, in: reference.channelID) }
        fields["referenced_message"] =
          target.map { self.json(message: $0, for: viewer, withReference: false) } ?? .null
      }
    }
    if message.flags.contains(.hasThread), let thread = channels[message.id] {
      fields["thread"] = json(channel: thread, for: viewer)
    }
    if let source = message.interaction {
      fields["interaction_metadata"] = [
        "id": .id(source.id), "type": .integer(source.kind), "user": json(user: source.userID),
        "authorizing_integration_owners": [:],
      ]
      fields["interaction"] = [
        "id": .id(source.id), "type": .integer(source.kind), "name": .string(source.name),
        "user": json(user: source.userID),
      ]
    }
    if withNonce, let nonce = message.nonce { fields["nonce"] = nonce }
    return .object(fields)
  }

  /// The data of MESSAGE_CREATE and MESSAGE_UPDATE: with the guild and the members.
  package func json(eventOf message: Message) -> JSONValue {
    let base = json(message: message, for: nil, withNonce: true)
    guard let guildID = channels[message.channelID]?.guildID, let guild = guilds[guildID] else {
      return base.adding(["channel_type": 1])
    }
    var fields: [String: JSONValue] = [
      "guild_id": .id(guildID),
      "channel_type": .integer(channels[message.channelID]?.kind.rawValue ?? 0),
      "mentions": .array(
        message.mentions.map { id in
          guard let member = guild.members[id] else { return json(user: id) }
          return json(user: id).adding(["member": json(member: member, withUser: false)])
        }),
    ]
    if message.webhook == nil, let member = guild.members[message.authorID] {
      fields["member"] = json(member: member, withUser: false)
    }
    return base.adding(fields)
  }

  /// A message of the channel.
  package func message(_ id: ID, in channel: ID) -> Message? {
    messageIndex(id, in: channel).map { (messages[channel] ?? [])[$0] }
  }

  /// The place of a message among those of its channel, which are sorted.
  func messageIndex(_ id: ID, in channel: ID) -> Int? {
    let list = messages[channel] ?? []
    let index = list.firstIndex(from: id)
    return index < list.count && list[index].id == id ? index : nil
  }

  private func json(authorOf message: Message) -> JSONValue {
    guard let webhook = message.webhook else { return json(user: message.authorID) }
    return [
      "id": .id(webhook.id), "username": .string(webhook.name), "avatar": .text(webhook.avatar),
      "discriminator": "0000", "bot": true, "global_name": .null, "public_flags": 0, "flags": 0,
    ]
  }

  func json(attachment: Attachment) -> JSONValue {
    var fields: [String: JSONValue] = [
      "id": .id(attachment.id), "filename": .string(attachment.filename),
      "size": .count(attachment.size), "url": .string(cdnBase + attachment.path),
      "proxy_url": .string(cdnBase + attachment.path),
    ]
    if let type = attachment.contentType { fields["content_type"] = .string(type) }
    if let details = attachment.details { fields["description"] = .string(details) }
    return .object(fields)
  }

  private func json(reaction: Message.Reaction, for viewer: ID?) -> JSONValue {
    [
      "emoji": Self.json(emoji: reaction.emoji), "count": .count(reaction.users.count),
      "count_details": ["burst": 0, "normal": .count(reaction.users.count)], "burst_colors": [],
      "me": .bool(viewer.map { reaction.users.contains($0) } ?? false), "me_burst": false,
      "burst_me": false, "burst_count": 0,
    ]
  }

  static func json(emoji: String) -> JSONValue {
    let parts = emoji.split(separator: ":")
    if parts.count == 2, let id = UInt64(parts[1]) {
      return ["id": .id(id), "name": .string(String(parts[0])), "animated": false]
    }
    return ["id": .null, "name": .string(emoji)]
  }
}

extension [World.Message] {
  /// The first message with this id or a later one, by halving: channels are long.
  func firstIndex(from id: World.ID) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
