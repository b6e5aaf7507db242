package import JSONValues

extension World {
  /// A channel object with the fields that its type has.
  ///
  /// - Parameters:
  ///   - channel: the channel.
  ///   - viewer: who looks: a direct message names the others, a thread one's own membership.
  package func json(channel: Channel, for viewer: ID?) -> JSONValue {
    var fields: [String: JSONValue] = [
      "id": .id(channel.id), "type": .integer(channel.kind.rawValue), "flags": 0,
    ]
    if channel.kind != .category {
      fields["last_message_id"] = .optionalID(channel.lastMessageID)
    }
    guard let guildID = channel.guildID else {
      fields["recipients"] = .array(
        channel.recipientIDs.filter { $0 != viewer }.map { json(user: $0) })
      fields["last_pin_timestamp"] = .null
      return .object(fields)
    }
    fields["guild_id"] = .id(guildID)
    fields["name"] = .text(channel.name)
    fields["parent_id"] = .optionalID(channel.parentID)
    if let thread = channel.thread {
      return .object(fields.merging(threadFields(channel, thread, viewer)) { $1 })
    }
    fields["position"] = .count(channel.position)
    fields["permission_overwrites"] = .array(
      channel.overwrites.map {
        [
          "id": .id($0.id), "type": .integer($0.kind.rawValue), "allow": .permissions($0.allow),
          "deny": .permissions($0.deny),
        ]
      })
    if channel.kind == .category { return .object(fields) }
    fields["nsfw"] = .bool(channel.isNSFW)
    fields["rate_limit_per_user"] = .count(channel.slowmode)
    if channel.kind.isVoice {
      fields["bitrate"] = .integer(channel.bitrate)
      fields["user_limit"] = .count(channel.userLimit)
      fields["rtc_region"] = .text(channel.region)
      if channel.kind == .stage { fields["topic"] = .text(channel.topic) }
    } else {
      fields["topic"] = .text(channel.topic)
      fields["last_pin_timestamp"] = .null
    }
    if channel.kind == .forum {
      fields["available_tags"] = []
      fields["default_reaction_emoji"] = .null
      fields["default_sort_order"] = .null
      fields["default_forum_layout"] = 0
      fields["template"] = ""
    }
    return .object(fields)
  }

  private func threadFields(
    _ channel: Channel, _ thread: Thread, _ viewer: ID?
  ) -> [String: JSONValue] {
    var metadata: [String: JSONValue] = [
      "archived": .bool(thread.isArchived), "locked": .bool(thread.isLocked),
      "auto_archive_duration": .integer(thread.autoArchiveMinutes),
      "archive_timestamp": .time(thread.archivedAt), "create_timestamp": .time(thread.createdAt),
    ]
    if channel.kind == .privateThread { metadata["invitable"] = .bool(thread.isInvitable) }
    var fields: [String: JSONValue] = [
      "owner_id": .optionalID(channel.ownerID), "thread_metadata": .object(metadata),
      "message_count": .count(thread.messagesSent),
      "total_message_sent": .count(thread.messagesSent),
      "member_count": .count(min(50, thread.members.count)),
      "rate_limit_per_user": .count(channel.slowmode),
    ]
    if let viewer, thread.members[viewer] != nil {
      fields["member"] = json(threadMember: viewer, of: channel)
    }
    return fields
  }

  func json(threadMember user: ID, of channel: Channel) -> JSONValue {
    [
      "id": .id(channel.id), "user_id": .id(user),
      "join_timestamp": .time(channel.thread?.members[user] ?? Snowflakes.time(of: channel.id)),
      "flags": 1, "muted": false, "mute_config": .null,
    ]
  }
}
