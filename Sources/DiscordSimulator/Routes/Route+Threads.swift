internal import JSONValues

extension World {
  /// What both ways to start a thread take.
  fileprivate func threadFields(_ call: Call) throws -> (name: String, minutes: Int64) {
    let name = try call.required("name", length: 1...100)
    let minutes = try call.integer("auto_archive_duration", in: 60...10_080) ?? 1440
    guard [60, 1440, 4320, 10_080].contains(minutes) else {
      throw APIFailure.form(
        ["auto_archive_duration"], "BASE_TYPE_CHOICES",
        "Value must be one of {60, 1440, 4320, 10080}.")
    }
    return (name, minutes)
  }

  /// The answer that lists threads, with the caller's membership apart.
  fileprivate func list(_ threads: [Channel], for call: Call, more: Bool? = nil) throws -> JSONValue
  {
    let caller = try call.callerID
    var fields: [String: JSONValue] = [
      "threads": .array(threads.map { json(channel: $0, for: nil) }),
      "members": .array(
        threads.filter { $0.thread?.members[caller] != nil }
          .map { json(threadMember: caller, of: $0) }),
    ]
    if let more { fields["has_more"] = .bool(more) }
    return .object(fields)
  }

  fileprivate func archived(_ kind: Channel.Kind, _ call: Call) throws -> JSONValue {
    let parent = try channel(call, needs: .readMessageHistory)
    let limit = try call.number("limit", in: 2...100, default: 50)
    let before = call.text("before").flatMap(Timestamp.parse) ?? .max
    let threads = channels.values.filter {
      $0.parentID == parent.id && $0.thread?.isArchived == true
        && ($0.kind == kind || kind == .publicThread && $0.kind == .announcementThread)
        && ($0.thread?.archivedAt ?? 0) < before
    }.sorted { ($0.thread?.archivedAt ?? 0) > ($1.thread?.archivedAt ?? 0) }
    return try list(Array(threads.prefix(limit)), for: call, more: threads.count > limit)
  }

  /// The thread of a path.
  fileprivate func thread(_ call: Call) throws -> Channel {
    let channel = try channel(call)
    guard channel.kind.isThread else {
      throw APIFailure(400, 50024, "Cannot execute action on this channel type")
    }
    return channel
  }
}

extension Route {
  static let threads: [Route] = [
    Route("POST", "/channels/{}/messages/{}/threads") { world, call in
      let channel = try world.channel(call, needs: .createPublicThreads)
      guard channel.kind == .text || channel.kind == .announcement else {
        throw APIFailure(400, 50024, "Cannot execute action on this channel type")
      }
      let message = try world.message(call, in: channel)
      guard world.channels[message.id] == nil else {
        throw APIFailure(400, 160_004, "A thread has already been created for this message")
      }
      let (name, minutes) = try world.threadFields(call)
      let thread = world.createThread(
        channel.kind == .announcement ? .announcementThread : .publicThread, name: name,
        in: channel.id, by: try call.callerID, on: message.id, autoArchiveMinutes: minutes,
        now: call.now)
      return .json(world.json(channel: thread, for: try call.callerID), status: 201)
    },
    Route("POST", "/channels/{}/threads") { world, call in
      let channel = try world.channel(call)
      let caller = try call.callerID
      let permissions = world.permissions(of: caller, in: channel)
      let (name, minutes) = try world.threadFields(call)
      if channel.kind == .forum {
        guard permissions.contains(.sendMessages) else { throw APIFailure.missingPermissions }
        guard let first = call.body["message"] else {
          throw APIFailure.form(["message"], "BASE_TYPE_REQUIRED", "This field is required")
        }
        var inner = call
        inner.body = first
        var draft = try world.draft(inner, in: channel)
        let thread = world.createThread(
          .publicThread, name: name, in: channel.id, by: caller, autoArchiveMinutes: minutes,
          now: call.now)
        // The post's first message has the thread's id.
        draft.id = thread.id
        let message = world.send(draft, by: caller, in: thread.id, now: call.now)
        let json = world.json(channel: world.channels[thread.id] ?? thread, for: caller)
        return .json(
          json.adding(["message": world.json(message: message, for: caller)]), status: 201)
      }
      guard [.text, .announcement].contains(channel.kind) else {
        throw APIFailure(400, 50024, "Cannot execute action on this channel type")
      }
      // Without a type it is private, as the documentation tells.
      let number = try call.integer("type", in: 10...12) ?? 12
      let kind = World.Channel.Kind(rawValue: number) ?? .privateThread
      guard
        permissions.contains(kind == .privateThread ? .createPrivateThreads : .createPublicThreads)
      else { throw APIFailure.missingPermissions }
      let thread = world.createThread(
        kind, name: name, in: channel.id, by: caller, autoArchiveMinutes: minutes, now: call.now)
      return .json(world.json(channel: thread, for: caller), status: 201)
    },
    Route("GET", "/guilds/{}/threads/active") { world, call in
      let guild = try world.guild(call)
      let caller = try call.callerID
      let threads = world.channels.values.filter {
        $0.guildID == guild.id && $0.thread?.isArchived == false && world.canView(caller, $0)
      }
      return .json(try world.list(threads.sorted { $0.id > $1.id }, for: call))
    },
    Route("GET", "/channels/{}/threads/archived/public") { world, call in
      .json(try world.archived(.publicThread, call))
    },
    Route("GET", "/channels/{}/threads/archived/private") { world, call in
      _ = try world.channel(call, needs: .manageThreads)
      return .json(try world.archived(.privateThread, call))
    },
    Route("GET", "/channels/{}/thread-members") { world, call in
      let thread = try world.thread(call)
      if case .bot(let id) = call.caller, world.applications[id]?.hasGuildMembers != true {
        throw APIFailure.missingAccess
      }
      let members = (thread.thread?.members.keys.sorted() ?? [])
      return .json(.array(members.map { world.json(threadMember: $0, of: thread) }))
    },
    Route("PUT", "/channels/{}/thread-members/@me") { world, call in
      let thread = try world.thread(call)
      world.setThreadMember(try call.callerID, of: thread.id, isMember: true, now: call.now)
      return .noContent
    },
    Route("DELETE", "/channels/{}/thread-members/@me") { world, call in
      let thread = try world.thread(call)
      world.setThreadMember(try call.callerID, of: thread.id, isMember: false, now: call.now)
      return .noContent
    },
    Route("GET", "/channels/{}/thread-members/{}") { world, call in
      let thread = try world.thread(call)
      let id = call.parameters[1] == "@me" ? try call.callerID : try call.id(1, "user_id")
      guard thread.thread?.members[id] != nil else { throw APIFailure.unknownMember }
      return .json(world.json(threadMember: id, of: thread))
    },
    Route("PUT", "/channels/{}/thread-members/{}") { world, call in
      let thread = try world.thread(call)
      let id = try call.id(1, "user_id")
      guard let guild = thread.guildID, world.guilds[guild]?.members[id] != nil else {
        throw APIFailure.unknownMember
      }
      world.setThreadMember(id, of: thread.id, isMember: true, now: call.now)
      return .noContent
    },
    Route("DELETE", "/channels/{}/thread-members/{}") { world, call in
      let thread = try world.channel(call, needs: .manageThreads)
      world.setThreadMember(
        try call.id(1, "user_id"), of: thread.id, isMember: false, now: call.now)
      return .noContent
    },
  ]
}
