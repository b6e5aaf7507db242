internal import JSONValues

extension Route {
  static let gateway: [Route] = [
    Route("GET", "/gateway", .anybody) { world, _ in .json(["url": .string(world.gatewayURL)]) },
    Route("GET", "/gateway/bot") { world, call in
      guard let application = world.applications[try call.applicationID] else {
        throw APIFailure.unauthorized
      }
      return .json([
        "url": .string(world.gatewayURL), "shards": 1,
        "session_start_limit": [
          "total": 1000, "remaining": .count(application.sessionStartsRemaining),
          "reset_after": 14_400_000, "max_concurrency": 1,
        ],
      ])
    },
    Route("GET", "/voice/regions") { _, _ in
      .json([
        [
          "id": "rotterdam", "name": "Rotterdam", "optimal": true, "deprecated": false,
          "custom": false,
        ]
      ])
    },
  ]

  static let users: [Route] = [
    Route("GET", "/users/@me") { world, call in .json(world.json(ownUser: try call.callerID)) },
    Route("GET", "/users/@me/guilds") { world, call in
      let caller = try call.callerID
      let limit = try call.number("limit", in: 1...200, default: 200)
      let before = try call.queryID("before")
      let after = try call.queryID("after")
      let withCounts = try call.flag("with_counts") ?? false
      var guilds = world.guilds.values.filter { $0.members[caller] != nil && !$0.isUnavailable }
        .sorted { $0.id < $1.id }
      if let before {
        guilds = guilds.filter { $0.id < before }.suffix(limit)
      } else {
        guilds = Array(guilds.filter { $0.id > after ?? 0 }.prefix(limit))
      }
      return .json(
        .array(
          guilds.map { guild in
            var fields: [String: JSONValue] = [
              "id": .id(guild.id), "name": .string(guild.name), "icon": .null, "banner": .null,
              "owner": .bool(guild.ownerID == caller), "features": ["COMMUNITY", "NEWS"],
              "permissions": .permissions(world.permissions(of: caller, in: guild)),
            ]
            if withCounts {
              fields["approximate_member_count"] = .count(guild.members.count)
              fields["approximate_presence_count"] = .count(guild.members.count)
            }
            return .object(fields)
          }))
    },
    Route("GET", "/users/@me/guilds/{}/member") { world, call in
      guard case .user(let user) = call.caller else { throw APIFailure.usersOnly }
      guard let member = try world.guild(call).members[user] else { throw APIFailure.unknownMember }
      return .json(world.json(member: member))
    },
    Route("DELETE", "/users/@me/guilds/{}") { world, call in
      let guild = try world.guild(call)
      world.removeMember(try call.callerID, from: guild.id)
      return .noContent
    },
    Route("GET", "/users/@me/channels") { world, call in
      // Bots have no list of their conversations.
      guard case .user(let user) = call.caller else { return .json([]) }
      let own = world.channels.values.filter { $0.recipientIDs.contains(user) }
      return .json(
        .array(own.sorted { $0.id < $1.id }.map { world.json(channel: $0, for: user) }))
    },
    Route("POST", "/users/@me/channels") { world, call in
      let caller = try call.callerID
      guard let recipient = try call.bodyID("recipient_id") else {
        throw APIFailure.form(["recipient_id"], "BASE_TYPE_REQUIRED", "This field is required")
      }
      guard let user = world.users[recipient] else { throw APIFailure.unknownUser }
      if recipient == caller || user.isBot && world.users[caller]?.isBot == true {
        throw APIFailure(400, 50007, "Cannot send messages to this user")
      }
      let channel = world.directMessage(between: caller, and: recipient, now: call.now)
      return .json(world.json(channel: channel, for: caller))
    },
    Route("GET", "/users/{}") { world, call in
      let id = try call.id(0, "user_id")
      guard world.users[id] != nil else { throw APIFailure.unknownUser }
      return .json(world.json(user: id))
    },
    Route("GET", "/applications/@me") { world, call in
      guard let application = world.applications[try call.applicationID] else {
        throw APIFailure.unknownApplication
      }
      return .json(world.json(application: application, isOwn: true))
    },
    Route("GET", "/oauth2/applications/@me") { world, call in
      guard let application = world.applications[try call.applicationID] else {
        throw APIFailure.unknownApplication
      }
      return .json(world.json(application: application, isOwn: true))
    },
  ]
}
