internal import JSONValues

extension World {
  /// The field `permission_overwrites`; nil when it is missing.
  func overwrites(_ call: Call) throws -> [Overwrite]? {
    guard let list = call.body["permission_overwrites"], !list.isNull else { return nil }
    return try (list.array ?? []).enumerated().map { index, item in
      guard let id = item["id"]?.snowflake,
        let kind = Overwrite.Kind(rawValue: item["type"]?.integer ?? -1)
      else {
        throw APIFailure.form(
          ["permission_overwrites", "\(index)", "id"], "BASE_TYPE_REQUIRED",
          "This field is required")
      }
      return Overwrite(
        id: id, kind: kind, allow: Permissions(rawValue: item["allow"]?.snowflake ?? 0),
        deny: Permissions(rawValue: item["deny"]?.snowflake ?? 0))
    }
  }
}

extension Route {
  static let channels: [Route] = [
    Route("GET", "/channels/{}") { world, call in
      .json(world.json(channel: try world.channel(call), for: try call.callerID))
    },
    Route("PATCH", "/channels/{}") { world, call in
      var channel = try world.channel(call)
      let caller = try call.callerID
      let permissions = world.permissions(of: caller, in: channel)
      let isOwnThread = channel.kind.isThread && channel.ownerID == caller
      let needed: Permissions = channel.kind.isThread ? .manageThreads : .manageChannels
      guard isOwnThread || permissions.contains(needed) else {
        throw APIFailure.missingPermissions
      }
      if let name = try call.string("name", length: 1...100) { channel.name = name }
      if call.body["topic"] != nil { channel.topic = try call.string("topic", length: 0...1024) }
      if let nsfw = call.body["nsfw"]?.bool { channel.isNSFW = nsfw }
      if let limit = try call.integer("user_limit", in: 0...10_000) {
        channel.userLimit = Int(limit)
      }
      if let bitrate = try call.integer("bitrate", in: 8000...384_000) {
        channel.bitrate = bitrate
      }
      if let slowmode = try call.integer("rate_limit_per_user", in: 0...21_600) {
        channel.slowmode = Int(slowmode)
      }
      if let position = try call.integer("position", in: 0...100_000) {
        channel.position = Int(position)
      }
      if call.body["parent_id"] != nil, !channel.kind.isThread {
        channel.parentID = try call.bodyID("parent_id")
      }
      if let overwrites = try world.overwrites(call) { channel.overwrites = overwrites }
      if let minutes = try call.integer("auto_archive_duration", in: 60...10_080) {
        channel.thread?.autoArchiveMinutes = minutes
      }
      if let isArchived = call.body["archived"]?.bool, channel.thread?.isArchived != isArchived {
        channel.thread?.isArchived = isArchived
        channel.thread?.archivedAt = call.now
      }
      if let isLocked = call.body["locked"]?.bool { channel.thread?.isLocked = isLocked }
      world.update(channel)
      return .json(world.json(channel: channel, for: try call.callerID))
    },
    Route("DELETE", "/channels/{}") { world, call in
      let channel = try world.channel(call)
      if channel.guildID != nil {
        _ = try world.channel(
          call, needs: channel.kind.isThread ? .manageThreads : .manageChannels)
        world.deleteChannel(channel.id)
      }
      return .json(world.json(channel: channel, for: try call.callerID))
    },
    Route("PUT", "/channels/{}/permissions/{}") { world, call in
      var channel = try world.channel(call, needs: .manageRoles)
      let id = try call.id(1, "overwrite_id")
      guard let kind = World.Overwrite.Kind(rawValue: call.body["type"]?.integer ?? -1) else {
        throw APIFailure.form(["type"], "BASE_TYPE_CHOICES", "Value must be one of {0, 1}.")
      }
      channel.overwrites.removeAll { $0.id == id }
      channel.overwrites.append(
        .init(
          id: id, kind: kind, allow: Permissions(rawValue: call.body["allow"]?.snowflake ?? 0),
          deny: Permissions(rawValue: call.body["deny"]?.snowflake ?? 0)))
      world.update(channel)
      return .noContent
    },
    Route("DELETE", "/channels/{}/permissions/{}") { world, call in
      var channel = try world.channel(call, needs: .manageRoles)
      let id = try call.id(1, "overwrite_id")
      guard channel.overwrites.contains(where: { $0.id == id }) else {
        throw APIFailure(404, 10009, "Unknown Overwrite")
      }
      channel.overwrites.removeAll { $0.id == id }
      world.update(channel)
      return .noContent
    },
    Route("POST", "/channels/{}/typing") { world, call in
      let channel = try world.channel(call, needs: .sendMessages)
      let caller = try call.callerID
      var fields: [String: JSONValue] = [
        "channel_id": .id(channel.id), "user_id": .id(caller),
        "timestamp": .integer(call.now / 1000),
      ]
      if let guild = channel.guildID, let member = world.guilds[guild]?.members[caller] {
        fields["guild_id"] = .id(guild)
        fields["member"] = world.json(member: member)
      }
      world.tell("TYPING_START", .object(fields), to: world.audience(of: channel))
      return .noContent
    },
    Route("GET", "/channels/{}/invites") { world, call in
      let channel = try world.channel(call, needs: .manageChannels)
      let invites = world.invites.values.filter { $0.channelID == channel.id }
      return .json(
        .array(invites.sorted { $0.code < $1.code }.map { world.json(invite: $0, now: call.now) }))
    },
    Route("POST", "/channels/{}/invites") { world, call in
      let channel = try world.channel(call, needs: .createInvite)
      guard channel.guildID != nil, !channel.kind.isThread else {
        throw APIFailure(400, 50024, "Cannot execute action on this channel type")
      }
      let age = try call.integer("max_age", in: 0...604_800) ?? 86_400
      let uses = try call.integer("max_uses", in: 0...100) ?? 0
      let invite = World.Invite(
        code: World.token(world.makeID(at: call.now), length: 8), channelID: channel.id,
        inviterID: try call.callerID, maximumAge: age, maximumUses: uses, createdAt: call.now)
      world.invites[invite.code] = invite
      var event = world.json(invite: invite, now: call.now)
      event["channel"] = nil
      event["guild"] = nil
      event["channel_id"] = .id(channel.id)
      world.tell("INVITE_CREATE", event, to: world.audience(of: channel))
      return .json(world.json(invite: invite, now: call.now))
    },
    Route("GET", "/invites/{}", .anybody) { world, call in
      guard let invite = world.invites[call.parameters[0]] else { throw APIFailure.unknownInvite }
      return .json(world.json(invite: invite, now: call.now))
    },
    Route("DELETE", "/invites/{}") { world, call in
      guard let invite = world.invites[call.parameters[0]] else { throw APIFailure.unknownInvite }
      let channel = try world.channel(
        invite.channelID, for: try call.callerID, needs: .manageChannels)
      let json = world.json(invite: invite, now: call.now)
      world.invites[invite.code] = nil
      world.tell(
        "INVITE_DELETE",
        [
          "channel_id": .id(channel.id), "guild_id": .optionalID(channel.guildID),
          "code": .string(invite.code),
        ], to: world.audience(of: channel))
      return .json(json)
    },
  ]
}
