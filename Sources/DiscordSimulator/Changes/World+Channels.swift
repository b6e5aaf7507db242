internal import JSONValues

extension World {
  /// Makes a channel of a guild: CHANNEL_CREATE.
  @discardableResult
  package mutating func createChannel(
    _ kind: Channel.Kind, name: String, in guild: ID, parent: ID? = nil, topic: String? = nil,
    overwrites: [Overwrite] = [], now: Time
  ) -> Channel {
    let siblings = channels.values.count { $0.guildID == guild && !$0.kind.isThread }
    let channel = Channel(
      id: makeID(at: now), kind: kind, guildID: guild, name: name, topic: topic,
      position: siblings, parentID: parent, overwrites: overwrites)
    channels[channel.id] = channel
    tell("CHANNEL_CREATE", json(channel: channel, for: nil), to: audience(of: channel))
    return channel
  }

  /// Changes a channel: CHANNEL_UPDATE, or THREAD_UPDATE.
  package mutating func update(_ channel: Channel) {
    let type = channel.kind.isThread ? "THREAD_UPDATE" : "CHANNEL_UPDATE"
    channels[channel.id] = channel
    tell(type, json(channel: channel, for: nil), to: audience(of: channel))
  }

  /// Removes a channel with its messages and threads: CHANNEL_DELETE, or THREAD_DELETE.
  package mutating func deleteChannel(_ id: ID) {
    guard let channel = channels[id] else { return }
    let audience = viewers(of: channel)
    for thread in channels.values where thread.parentID == id && thread.kind.isThread {
      remove(thread.id)
    }
    for child in channels.values where child.parentID == id { channels[child.id]?.parentID = nil }
    if let guild = channel.guildID {
      for (user, state) in voiceStates[guild] ?? [:] where state.channelID == id {
        leaveVoice(user, guild: guild)
      }
    }
    webhooks = webhooks.filter { $1.channelID != id }
    remove(id)
    if channel.kind.isThread {
      tell(
        "THREAD_DELETE",
        [
          "id": .id(id), "guild_id": .optionalID(channel.guildID),
          "parent_id": .optionalID(channel.parentID), "type": .integer(channel.kind.rawValue),
        ], to: audience)
    } else {
      tell("CHANNEL_DELETE", json(channel: channel, for: nil), to: audience)
    }
  }

  private mutating func remove(_ id: ID) {
    for message in messages[id] ?? [] {
      for attachment in message.attachments { files[attachment.path] = nil }
    }
    messages[id] = nil
    channels[id] = nil
  }

  /// Starts a thread: THREAD_CREATE, and for one on a message MESSAGE_UPDATE.
  @discardableResult
  package mutating func createThread(
    _ kind: Channel.Kind = .publicThread, name: String, in parentID: ID, by owner: ID,
    on messageID: ID? = nil, autoArchiveMinutes: Int64 = 1440, now: Time
  ) -> Channel {
    let parent = channels[parentID]
    // A thread on a message has that message's id.
    let id = messageID ?? makeID(at: now)
    var thread = Thread(archivedAt: now, createdAt: now)
    thread.autoArchiveMinutes = autoArchiveMinutes
    thread.members[owner] = now
    let channel = Channel(
      id: id, kind: kind, guildID: parent?.guildID, name: name, parentID: parentID,
      ownerID: owner, thread: thread)
    channels[id] = channel
    if parent?.kind == .forum { channels[parentID]?.lastMessageID = id }
    tell(
      "THREAD_CREATE", json(channel: channel, for: nil).adding(["newly_created": true]),
      to: audience(of: channel))
    if let messageID, var message = message(messageID, in: parentID) {
      message.flags.insert(.hasThread)
      update(message)
      var starter = MessageDraft()
      starter.kind = .threadStarter
      starter.reference = .init(
        messageID: messageID, channelID: parentID, guildID: parent?.guildID)
      send(starter, by: message.authorID, in: id, now: now)
    } else if parent?.kind != .forum {
      var notice = MessageDraft(name)
      notice.kind = .threadCreated
      notice.reference = .init(messageID: nil, channelID: id, guildID: parent?.guildID)
      send(notice, by: owner, in: parentID, now: now)
    }
    return channels[id] ?? channel
  }

  /// Archives a thread, or takes it out of the archive: THREAD_UPDATE.
  package mutating func setArchived(_ id: ID, _ isArchived: Bool, now: Time) {
    guard var channel = channels[id], channel.thread?.isArchived != isArchived else { return }
    channel.thread?.isArchived = isArchived
    channel.thread?.archivedAt = now
    update(channel)
  }

  /// Adds somebody to a thread, or takes them out: THREAD_MEMBERS_UPDATE.
  mutating func setThreadMember(_ user: ID, of id: ID, isMember: Bool, now: Time) {
    guard let channel = channels[id], let guild = channel.guildID,
      (channel.thread?.members[user] != nil) != isMember
    else { return }
    channels[id]?.thread?.members[user] = isMember ? now : nil
    guard let changed = channels[id] else { return }
    var fields: [String: JSONValue] = [
      "id": .id(id), "guild_id": .id(guild),
      "member_count": .count(changed.thread?.members.count ?? 0),
    ]
    if isMember {
      let member = guilds[guild]?.members[user].map { json(member: $0) } ?? .null
      fields["added_members"] = [
        json(threadMember: user, of: changed).adding(["member": member, "presence": .null])
      ]
    } else {
      fields["removed_member_ids"] = [.id(user)]
    }
    tell("THREAD_MEMBERS_UPDATE", .object(fields), to: audience(of: changed))
  }

  /// The conversation of two users, made when there is none: CHANNEL_CREATE.
  package mutating func directMessage(between first: ID, and second: ID, now: Time) -> Channel {
    let both = Set([first, second])
    if let known = channels.values.first(where: { $0.kind == .dm && Set($0.recipientIDs) == both })
    {
      return known
    }
    let channel = Channel(
      id: makeID(at: now), kind: .dm, recipientIDs: [first, second])
    channels[channel.id] = channel
    for user in [first, second] {
      tell("CHANNEL_CREATE", json(channel: channel, for: user), to: .users([user]))
    }
    return channel
  }
}
