internal import JSONValues

extension World {
  /// A webhook's name, which must not look like Discord's own.
  fileprivate func webhookName(_ call: Call) throws -> String? {
    guard let name = try call.string("name", length: 1...80) else { return nil }
    for word in ["clyde", "discord"] where name.lowercased().contains(word) {
      throw APIFailure.form(
        ["name"], "USERNAME_INVALID_CONTAINS", "Username cannot contain \"\(word)\"")
    }
    return name
  }

  /// The webhook of a path, whose channel the caller must be allowed to manage webhooks in.
  fileprivate func webhook(_ call: Call) throws -> Webhook {
    guard let webhook = webhooks[try call.id(0, "webhook_id")] else {
      throw APIFailure.unknownWebhook
    }
    _ = try channel(webhook.channelID, for: try call.callerID, needs: .manageWebhooks)
    return webhook
  }

  /// The webhook of a path with its token.
  fileprivate func webhookByToken(_ call: Call) throws -> Webhook {
    guard let webhook = webhooks[try call.id(0, "webhook_id")] else {
      throw APIFailure.unknownWebhook
    }
    guard webhook.token == call.parameters[1] else { throw APIFailure.invalidWebhookToken }
    return webhook
  }

  fileprivate mutating func tellWebhooks(of channel: ID) {
    guard let channel = channels[channel], let guild = channel.guildID else { return }
    tell(
      "WEBHOOKS_UPDATE", ["guild_id": .id(guild), "channel_id": .id(channel.id)],
      to: audience(of: channel))
  }

  fileprivate mutating func modify(_ webhook: Webhook, _ call: Call, mayMove: Bool) throws
    -> Webhook
  {
    var webhook = webhook
    if let name = try webhookName(call) { webhook.name = name }
    if let avatar = call.body["avatar"] {
      webhook.avatar = avatar.isNull ? nil : Self.token(webhook.id, length: 32).lowercased()
    }
    if mayMove, let target = try call.bodyID("channel_id") {
      let channel = try channel(target, for: try call.callerID, needs: .manageWebhooks)
      guard channel.guildID == webhook.guildID else { throw APIFailure.unknownChannel }
      webhook.channelID = target
    }
    webhooks[webhook.id] = webhook
    tellWebhooks(of: webhook.channelID)
    return webhook
  }

  fileprivate mutating func delete(_ webhook: Webhook) -> SimulatedResponse {
    webhooks[webhook.id] = nil
    tellWebhooks(of: webhook.channelID)
    return .noContent
  }

  /// Makes a webhook: WEBHOOKS_UPDATE.
  @discardableResult
  package mutating func createWebhook(
    _ name: String, in channelID: ID, by creator: ID, now: Time
  ) -> Webhook {
    let id = makeID(at: now)
    let webhook = Webhook(
      id: id, guildID: channels[channelID]?.guildID ?? 0, channelID: channelID, name: name,
      token: Self.token(id, length: 68), creatorID: creator,
      applicationID: applications[creator]?.id)
    webhooks[id] = webhook
    tellWebhooks(of: channelID)
    return webhook
  }

  /// Where a webhook posts: its channel, a thread of it, or a new post of a forum.
  private mutating func target(
    of webhook: Webhook, _ call: Call, _ draft: inout MessageDraft
  ) throws -> ID {
    guard let channel = channels[webhook.channelID] else { throw APIFailure.unknownChannel }
    if let id = try call.queryID("thread_id") {
      guard let thread = channels[id], thread.parentID == channel.id else {
        throw APIFailure.unknownChannel
      }
      return id
    }
    guard channel.kind == .forum else { return channel.id }
    guard let name = try call.string("thread_name", length: 1...100) else {
      throw APIFailure(
        400, 220_001, "Webhooks posted to forum channels must have a thread_name or thread_id")
    }
    let thread = createThread(
      .publicThread, name: name, in: channel.id, by: webhook.id, now: call.now)
    draft.id = thread.id
    return thread.id
  }

  fileprivate mutating func execute(_ webhook: Webhook, _ call: Call) throws -> SimulatedResponse {
    guard let channel = channels[webhook.channelID] else { throw APIFailure.unknownChannel }
    let wait = try call.flag("wait") ?? false
    let name = try call.string("username", length: 1...80)
    for word in ["clyde", "discord"] where name?.lowercased().contains(word) == true {
      throw APIFailure.form(
        ["username"], "USERNAME_INVALID_CONTAINS", "Username cannot contain \"\(word)\"")
    }
    var inner = call
    inner.caller = .nobody
    var draft = try draft(inner, in: channel)
    draft.flags.remove(.ephemeral)
    draft.reference = nil
    draft.webhook = .init(
      id: webhook.id, name: name ?? webhook.name,
      avatar: call.body["avatar_url"]?.string == nil
        ? webhook.avatar : Self.token(webhook.id, length: 32).lowercased())
    draft.applicationID = webhook.applicationID
    let target = try target(of: webhook, call, &draft)
    let message = send(draft, by: webhook.id, in: target, now: call.now)
    return wait ? .json(json(message: message, for: nil)) : .noContent
  }

  /// A webhook's own message, in its channel or the thread named.
  fileprivate func ownMessage(_ call: Call, of webhook: Webhook) throws -> Message {
    let place = try call.queryID("thread_id") ?? webhook.channelID
    guard let message = message(try call.id(2, "message_id"), in: place),
      message.webhook?.id == webhook.id
    else { throw APIFailure.unknownMessage }
    return message
  }
}

extension Route {
  static let webhooks: [Route] = [
    Route("GET", "/channels/{}/webhooks") { world, call in
      let channel = try world.channel(call, needs: .manageWebhooks)
      let webhooks = world.webhooks.values.filter { $0.channelID == channel.id }
      return .json(.array(webhooks.sorted { $0.id < $1.id }.map { world.json(webhook: $0) }))
    },
    Route("GET", "/guilds/{}/webhooks") { world, call in
      let guild = try world.guild(call, needs: .manageWebhooks)
      let webhooks = world.webhooks.values.filter { $0.guildID == guild.id }
      return .json(.array(webhooks.sorted { $0.id < $1.id }.map { world.json(webhook: $0) }))
    },
    Route("POST", "/channels/{}/webhooks") { world, call in
      let channel = try world.channel(call, needs: .manageWebhooks)
      guard channel.guildID != nil, !channel.kind.isThread, channel.kind != .category else {
        throw APIFailure(400, 50024, "Cannot execute action on this channel type")
      }
      guard let name = try world.webhookName(call) else {
        throw APIFailure.form(["name"], "BASE_TYPE_REQUIRED", "This field is required")
      }
      guard world.webhooks.values.count(where: { $0.channelID == channel.id }) < 15 else {
        throw APIFailure(400, 30007, "Maximum number of webhooks reached (15)")
      }
      let webhook = world.createWebhook(
        name, in: channel.id, by: try call.callerID, now: call.now)
      return .json(world.json(webhook: webhook))
    },
    Route("GET", "/webhooks/{}") { world, call in
      .json(world.json(webhook: try world.webhook(call)))
    },
    Route("PATCH", "/webhooks/{}") { world, call in
      let webhook = try world.modify(try world.webhook(call), call, mayMove: true)
      return .json(world.json(webhook: webhook))
    },
    Route("DELETE", "/webhooks/{}") { world, call in
      world.delete(try world.webhook(call))
    },
    Route("GET", "/webhooks/{}/{}", .anybody) { world, call in
      .json(world.json(webhook: try world.webhookByToken(call), withUser: false))
    },
    Route("PATCH", "/webhooks/{}/{}", .anybody) { world, call in
      let webhook = try world.modify(try world.webhookByToken(call), call, mayMove: false)
      return .json(world.json(webhook: webhook, withUser: false))
    },
    Route("DELETE", "/webhooks/{}/{}", .anybody) { world, call in
      world.delete(try world.webhookByToken(call))
    },
    Route("POST", "/webhooks/{}/{}", .anybody) { world, call in
      if let interaction = try world.interactionByToken(call) {
        return try world.followUp(interaction, call)
      }
      return try world.execute(try world.webhookByToken(call), call)
    },
    Route("GET", "/webhooks/{}/{}/messages/{}", .anybody) { world, call in
      if let interaction = try world.interactionByToken(call) {
        return .json(world.json(message: try world.answer(call, of: interaction), for: nil))
      }
      let webhook = try world.webhookByToken(call)
      return .json(world.json(message: try world.ownMessage(call, of: webhook), for: nil))
    },
    Route("PATCH", "/webhooks/{}/{}/messages/{}", .anybody) { world, call in
      if let interaction = try world.interactionByToken(call) {
        return try world.editAnswer(call, of: interaction)
      }
      let webhook = try world.webhookByToken(call)
      let message = try world.edited(
        try world.ownMessage(call, of: webhook), call, now: call.now)
      world.update(message)
      return .json(world.json(message: message, for: nil))
    },
    Route("DELETE", "/webhooks/{}/{}/messages/{}", .anybody) { world, call in
      if let interaction = try world.interactionByToken(call) {
        let message = try world.answer(call, of: interaction)
        world.delete([message.id], in: message.channelID)
        return .noContent
      }
      let message = try world.ownMessage(call, of: try world.webhookByToken(call))
      world.delete([message.id], in: message.channelID)
      return .noContent
    },
  ]
}
