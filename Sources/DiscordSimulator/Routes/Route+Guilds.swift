internal import JSONValues

extension Route {
  static let guilds: [Route] = [
    Route("GET", "/guilds/{}") { world, call in
      .json(
        world.json(
          guild: try world.guild(call), withCounts: try call.flag("with_counts") ?? false))
    },
    Route("GET", "/guilds/{}/preview") { world, call in
      .json(world.json(guild: try world.guild(call), withCounts: true))
    },
    Route("GET", "/guilds/{}/channels") { world, call in
      // Discord lists them all, also those that the caller cannot see; threads are not among them.
      let guild = try world.guild(call)
      let caller = try call.callerID
      let channels = world.channels.values.filter { $0.guildID == guild.id && !$0.kind.isThread }
      return .json(
        .array(
          channels.sorted { ($0.position, $0.id) < ($1.position, $1.id) }
            .map { world.json(channel: $0, for: caller) }))
    },
    Route("POST", "/guilds/{}/channels") { world, call in
      let guild = try world.guild(call, needs: .manageChannels)
      let name = try call.required("name", length: 1...100)
      let number = try call.integer("type", in: 0...16) ?? 0
      guard let kind = World.Channel.Kind(rawValue: number), !kind.isThread, kind != .dm else {
        throw APIFailure.form(["type"], "BASE_TYPE_CHOICES", "Value must be one of a few types.")
      }
      let topic = try call.string("topic", length: 0...1024)
      let parent = try call.bodyID("parent_id")
      if let parent, world.channels[parent]?.kind != .category {
        throw APIFailure.form(
          ["parent_id"], "CHANNEL_PARENT_INVALID_TYPE", "Not a category")
      }
      let overwrites = try world.overwrites(call) ?? []
      let channel = world.createChannel(
        kind, name: name, in: guild.id, parent: parent, topic: topic, overwrites: overwrites,
        now: call.now)
      return .json(world.json(channel: channel, for: try call.callerID), status: 201)
    },
    Route("GET", "/guilds/{}/roles") { world, call in
      let roles = try world.guild(call).roles.values.sorted { $0.id < $1.id }
      return .json(.array(roles.map(world.json(role:))))
    },
    Route("GET", "/guilds/{}/roles/{}") { world, call in
      guard let role = try world.guild(call).roles[try call.id(1, "role_id")] else {
        throw APIFailure.unknownRole
      }
      return .json(world.json(role: role))
    },
    Route("GET", "/guilds/{}/emojis") { world, call in
      _ = try world.guild(call)
      return .json([])
    },
    Route("GET", "/guilds/{}/stickers") { world, call in
      _ = try world.guild(call)
      return .json([])
    },
    Route("GET", "/guilds/{}/invites") { world, call in
      let guild = try world.guild(call, needs: .manageGuild)
      let invites = world.invites.values.filter {
        world.channels[$0.channelID]?.guildID == guild.id
      }
      return .json(
        .array(invites.sorted { $0.code < $1.code }.map { world.json(invite: $0, now: call.now) }))
    },
    Route("GET", "/guilds/{}/voice-states/@me") { world, call in
      let guild = try world.guild(call)
      guard let state = world.voiceStates[guild.id]?[try call.callerID] else {
        throw APIFailure.unknownVoiceState
      }
      return .json(world.json(voiceState: state, in: guild.id))
    },
    Route("GET", "/guilds/{}/voice-states/{}") { world, call in
      let guild = try world.guild(call)
      guard let state = world.voiceStates[guild.id]?[try call.id(1, "user_id")] else {
        throw APIFailure.unknownVoiceState
      }
      return .json(world.json(voiceState: state, in: guild.id))
    },
  ]

  static let members: [Route] = [
    Route("GET", "/guilds/{}/members") { world, call in
      let guild = try world.guild(call)
      if case .bot(let id) = call.caller, world.applications[id]?.hasGuildMembers != true {
        throw APIFailure.missingAccess
      }
      let limit = try call.number("limit", in: 1...1000, default: 1)
      let after = try call.queryID("after") ?? 0
      let members = guild.members.values.filter { $0.userID > after }
        .sorted { $0.userID < $1.userID }.prefix(limit)
      return .json(.array(members.map { world.json(member: $0) }))
    },
    Route("GET", "/guilds/{}/members/search") { world, call in
      let guild = try world.guild(call)
      guard let query = call.text("query") else {
        throw APIFailure.form(["query"], "BASE_TYPE_REQUIRED", "This field is required")
      }
      let limit = try call.number("limit", in: 1...1000, default: 1)
      // Names that begin with the text, whatever the case: the nick, or the username.
      let needle = query.lowercased()
      let members = guild.members.values.sorted { $0.userID < $1.userID }.filter { member in
        let user = world.users[member.userID]
        return [member.nick, user?.username, user?.globalName].contains {
          $0?.lowercased().hasPrefix(needle) == true
        }
      }
      return .json(.array(members.prefix(limit).map { world.json(member: $0) }))
    },
    Route("PATCH", "/guilds/{}/members/@me") { world, call in
      let guild = try world.guild(call)
      guard var member = guild.members[try call.callerID] else { throw APIFailure.unknownMember }
      if call.body["nick"] != nil {
        let nick = try call.string("nick", length: 0...32)
        guard world.permissions(of: member.userID, in: guild).contains(.changeNickname) else {
          throw APIFailure.missingPermissions
        }
        member.nick = nick == "" ? nil : nick
      }
      world.update(member, in: guild.id)
      return .json(world.json(member: member).adding(["guild_id": .id(guild.id)]))
    },
    Route("GET", "/guilds/{}/members/{}") { world, call in
      let guild = try world.guild(call)
      let id = try call.id(1, "user_id")
      guard world.users[id] != nil else { throw APIFailure.unknownUser }
      guard let member = guild.members[id] else { throw APIFailure.unknownMember }
      return .json(world.json(member: member))
    },
    Route("PATCH", "/guilds/{}/members/{}") { world, call in
      let guild = try world.guild(call)
      let permissions = world.permissions(of: try call.callerID, in: guild)
      guard var member = guild.members[try call.id(1, "user_id")] else {
        throw APIFailure.unknownMember
      }
      var move: World.ID?
      if call.body["nick"] != nil {
        guard permissions.contains(.manageNicknames) else { throw APIFailure.missingPermissions }
        let nick = try call.string("nick", length: 0...32)
        member.nick = nick == "" ? nil : nick
      }
      if let isMuted = call.body["mute"]?.bool {
        guard permissions.contains(.muteMembers) else { throw APIFailure.missingPermissions }
        member.isMuted = isMuted
      }
      if let isDeafened = call.body["deaf"]?.bool {
        guard permissions.contains(.deafenMembers) else { throw APIFailure.missingPermissions }
        member.isDeafened = isDeafened
      }
      if call.body["channel_id"] != nil {
        guard permissions.contains(.moveMembers) else { throw APIFailure.missingPermissions }
        guard world.voiceStates[guild.id]?[member.userID] != nil else {
          throw APIFailure(400, 40032, "Target user is not connected to voice.")
        }
        move = try call.bodyID("channel_id")
        if let move, world.channels[move]?.kind.isVoice != true { throw APIFailure.unknownChannel }
      }
      world.update(member, in: guild.id)
      if call.body["channel_id"] != nil {
        if let move {
          world.joinVoice(member.userID, channel: move)
        } else {
          world.leaveVoice(member.userID, guild: guild.id)
        }
      }
      return .json(world.json(member: member))
    },
    Route("DELETE", "/guilds/{}/members/{}") { world, call in
      let guild = try world.guild(call, needs: .kickMembers)
      let id = try call.id(1, "user_id")
      guard guild.members[id] != nil else { throw APIFailure.unknownMember }
      guard id != guild.ownerID else { throw APIFailure.missingPermissions }
      world.removeMember(id, from: guild.id)
      return .noContent
    },
  ]
}
