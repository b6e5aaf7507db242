internal import JSONValues

extension World {
  /// Messages of a channel, the newest first: `before`, `after` or `around` one.
  fileprivate func page(_ call: Call, of channel: Channel) throws -> [Message] {
    let limit = try call.number("limit", in: 1...100, default: 50)
    let before = try call.queryID("before")
    let after = try call.queryID("after")
    let around = try call.queryID("around")
    if [before, after, around].count(where: { $0 != nil }) > 1 {
      throw APIFailure.form(
        [], "MUTUALLY_EXCLUSIVE", "before, after and around are mutually exclusive")
    }
    let all = (messages[channel.id] ?? []).filter { $0.ephemeralFor == nil }
    let page: ArraySlice<Message>
    if let before {
      page = all[..<all.firstIndex(from: before)].suffix(limit)
    } else if let after {
      page = all[all.firstIndex(from: after &+ (after == .max ? 0 : 1))...].prefix(limit)
    } else if let around {
      // Half of them before, the message itself, the rest after.
      let middle = all.firstIndex(from: around)
      let start = max(0, middle - limit / 2)
      page = all[start...].prefix(limit)
    } else {
      page = all.suffix(limit)
    }
    return page.reversed()
  }

  /// The message that the same sender gave the same nonce in the last minutes.
  fileprivate func duplicate(_ call: Call, in channel: Channel, by author: ID) -> Message? {
    guard call.body["enforce_nonce"]?.bool == true, let nonce = call.body["nonce"] else {
      return nil
    }
    return messages[channel.id]?.last {
      $0.authorID == author && $0.nonce == nonce && call.now - $0.sentAt < 180_000
    }
  }

  /// People must wait between messages where that is set; bots and moderators need not.
  private func checkSlowmode(
    _ call: Call, in channel: Channel, _ permissions: Permissions
  ) throws {
    guard channel.slowmode > 0, case .user(let user) = call.caller,
      permissions.isDisjoint(with: [.manageMessages, .manageChannels]),
      let last = messages[channel.id]?.last(where: { $0.authorID == user })
    else { return }
    let wait = last.sentAt + Time(channel.slowmode) * 1000 - call.now
    guard wait > 0 else { return }
    var failure = APIFailure(
      429, 20016, "This action cannot be performed due to slowmode rate limit")
    failure.more = ["retry_after": .number(Double(wait) / 1000), "global": false]
    throw failure
  }

  /// Whether the caller may send here, and why not.
  fileprivate func checkSending(_ call: Call, in channel: Channel) throws {
    let caller = try call.callerID
    switch channel.kind {
    case .category: throw APIFailure(400, 50008, "Cannot send messages in a non-text channel")
    case .forum: throw APIFailure(400, 40058, "Cannot send messages in a forum channel")
    case .dm:
      if channel.recipientIDs.contains(where: { $0 != caller && usersWithClosedDMs.contains($0) }) {
        throw APIFailure(403, 50007, "Cannot send messages to this user")
      }
    default: break
    }
    let permissions = permissions(of: caller, in: channel)
    if channel.kind.isVoice, !permissions.contains(.connect) { throw APIFailure.missingAccess }
    let needed: Permissions = channel.kind.isThread ? .sendMessagesInThreads : .sendMessages
    guard channel.guildID == nil || permissions.contains(needed) else {
      throw APIFailure.missingPermissions
    }
    if !call.files.isEmpty, !permissions.contains(.attachFiles) {
      throw APIFailure.missingPermissions
    }
    if channel.thread?.isArchived == true, channel.thread?.isLocked == true,
      !permissions.contains(.manageThreads)
    {
      throw APIFailure(400, 50083, "Thread is archived")
    }
    try checkSlowmode(call, in: channel, permissions)
    if let member = channel.guildID.flatMap({ guilds[$0]?.members[caller] }),
      let end = member.timedOutUntil, end > call.now
    {
      throw APIFailure.missingPermissions
    }
  }
}

extension Route {
  static let messages: [Route] = [
    Route("GET", "/channels/{}/messages") { world, call in
      let channel = try world.readableChannel(call)
      let page = try world.page(call, of: channel)
      // Without the permission to read on, the list is empty; it is no error.
      let mayRead = world.permissions(of: try call.callerID, in: channel)
        .contains(.readMessageHistory)
      return .json(.array(mayRead ? try page.map { try world.json($0, for: call) } : []))
    },
    Route("POST", "/channels/{}/messages") { world, call in
      let channel = try world.channel(call)
      try world.checkSending(call, in: channel)
      let caller = try call.callerID
      var draft = try world.draft(call, in: channel)
      draft.flags.remove(.ephemeral)
      if let duplicate = world.duplicate(call, in: channel, by: caller) {
        return .json(try world.json(duplicate, for: call, withNonce: true))
      }
      let message = world.send(draft, by: caller, in: channel.id, now: call.now)
      return .json(try world.json(message, for: call, withNonce: true))
    },
    Route("POST", "/channels/{}/messages/bulk-delete") { world, call in
      let channel = try world.channel(call)
      guard channel.guildID != nil else {
        throw APIFailure(403, 50003, "Cannot execute action on a DM channel")
      }
      _ = try world.channel(call, needs: [.manageMessages, .readMessageHistory])
      guard let list = call.body["messages"]?.array else {
        throw APIFailure.form(["messages"], "BASE_TYPE_REQUIRED", "This field is required")
      }
      let ids = try list.enumerated().map { index, item in
        guard let id = item.snowflake else {
          throw APIFailure.form(
            ["messages", "\(index)"], "NUMBER_TYPE_COERCE",
            "Value \"\(item.string ?? item.text())\" is not snowflake.")
        }
        return id
      }
      guard (2...100).contains(ids.count) else {
        throw APIFailure(
          400, 50016,
          "Provided too few or too many messages to delete. Must provide at least 2 and fewer "
            + "than 100 messages to delete")
      }
      guard Set(ids).count == ids.count else {
        throw APIFailure.form(["messages"], "SET_TYPE_ALREADY_CONTAINS_VALUE", "Must be unique")
      }
      // The age is told by the id, whether or not there is such a message.
      let oldest = Snowflakes.lowest(at: call.now - 14 * 86_400_000)
      guard ids.allSatisfy({ $0 >= oldest }) else {
        throw APIFailure(
          400, 50034, "You can only bulk delete messages that are under 14 days old.")
      }
      world.delete(ids, in: channel.id, inBulk: true)
      return .noContent
    },
    Route("GET", "/channels/{}/messages/pins") { world, call in
      let channel = try world.readableChannel(call)
      let limit = try call.number("limit", in: 1...50, default: 50)
      let pins = (world.messages[channel.id] ?? []).filter { $0.pinnedAt != nil }
        .sorted { ($0.pinnedAt ?? 0) > ($1.pinnedAt ?? 0) }
      let items = try pins.prefix(limit).map { message -> JSONValue in
        [
          "pinned_at": .time(message.pinnedAt), "message": try world.json(message, for: call),
        ]
      }
      return .json(["items": .array(items), "has_more": .bool(pins.count > limit)])
    },
    Route("PUT", "/channels/{}/messages/pins/{}") { world, call in
      try world.setPinned(call, true)
    },
    Route("DELETE", "/channels/{}/messages/pins/{}") { world, call in
      try world.setPinned(call, false)
    },
    Route("GET", "/channels/{}/messages/{}") { world, call in
      let channel = try world.readableChannel(call)
      guard
        world.permissions(of: try call.callerID, in: channel).contains(.readMessageHistory)
      else { throw APIFailure.missingAccess }
      return .json(try world.json(try world.message(call, in: channel), for: call))
    },
    Route("PATCH", "/channels/{}/messages/{}") { world, call in
      let channel = try world.channel(call)
      var message = try world.message(call, in: channel)
      let caller = try call.callerID
      guard message.authorID == caller, message.webhook == nil else {
        throw APIFailure(403, 50005, "Cannot edit a message authored by another user")
      }
      let edited = try world.edited(message, call, now: call.now)
      message = edited
      world.update(message)
      return .json(try world.json(message, for: call))
    },
    Route("DELETE", "/channels/{}/messages/{}") { world, call in
      let channel = try world.channel(call)
      let message = try world.message(call, in: channel)
      if message.authorID != (try call.callerID) {
        guard channel.guildID != nil else {
          throw APIFailure(403, 50003, "Cannot execute action on a DM channel")
        }
        _ = try world.channel(call, needs: .manageMessages)
      }
      world.delete([message.id], in: channel.id)
      return .noContent
    },
  ]
}

extension World {
  /// A message with what the body changes of it; files of the body are stored.
  mutating func edited(_ message: Message, _ call: Call, now: Time) throws -> Message {
    var message = message
    let rules = try Self.allowedMentions(call.body["allowed_mentions"])
    if call.body["content"] != nil { message.content = try Self.content(call) ?? "" }
    if call.body["embeds"] != nil { message.embeds = try Self.embeds(call) }
    if let components = call.body["components"] { message.components = components.array ?? [] }
    if let flags = call.body["flags"]?.integer {
      if Message.Flags(rawValue: flags).contains(.suppressEmbeds) {
        message.flags.insert(.suppressEmbeds)
      } else {
        message.flags.remove(.suppressEmbeds)
      }
    }
    let files = try files(call)
    if let kept = call.body["attachments"]?.array {
      let ids = Set(kept.compactMap { $0["id"]?.snowflake })
      message.attachments.removeAll { !ids.contains($0.id) }
    }
    if message.content.isEmpty, message.embeds.isEmpty, message.components.isEmpty,
      message.attachments.isEmpty, files.isEmpty
    {
      throw APIFailure.emptyMessage
    }
    for file in files {
      message.attachments.append(store(file, channel: message.channelID, now: now))
    }
    message.editedAt = now
    setMentions(of: &message, rules: rules)
    return message
  }

  fileprivate mutating func setPinned(_ call: Call, _ isPinned: Bool) throws -> SimulatedResponse {
    let channel = try channel(call)
    let permissions = permissions(of: try call.callerID, in: channel)
    guard permissions.contains(.pinMessages) || permissions.contains(.manageMessages) else {
      throw APIFailure.missingPermissions
    }
    var message = try message(call, in: channel)
    let pins = (messages[channel.id] ?? []).count { $0.pinnedAt != nil }
    if isPinned, message.pinnedAt == nil, pins >= 250 {
      throw APIFailure(400, 30003, "Maximum number of pins reached (250)")
    }
    message.pinnedAt = isPinned ? call.now : nil
    update(message)
    var fields: [String: JSONValue] = [
      "channel_id": .id(channel.id), "last_pin_timestamp": .time(isPinned ? call.now : nil),
    ]
    if let guild = channel.guildID { fields["guild_id"] = .id(guild) }
    tell("CHANNEL_PINS_UPDATE", .object(fields), to: audience(of: channel))
    return .noContent
  }
}
