package import JSONValues

extension World {
  /// A user uses a slash command: INTERACTION_CREATE for its application.
  ///
  /// - Parameters:
  ///   - name: the command's name; one for the guild goes before one for all.
  ///   - options: the options, as Discord sends them: `{"name", "type", "value"}`.
  ///   - user: who uses it.
  ///   - channelID: where.
  ///   - now: when; the first answer must come within 3 s, all others within 15 min.
  /// - Returns: nil when there is no such command here, or the user may not use it.
  @discardableResult
  package mutating func invoke(
    _ name: String, options: [JSONValue] = [], by user: ID, in channelID: ID, now: Time
  ) -> Interaction? {
    guard let channel = channels[channelID] else { return nil }
    let candidates = commands.values.filter {
      $0.kind == 1 && $0.name == name && ($0.guildID == nil || $0.guildID == channel.guildID)
    }
    guard let command = candidates.max(by: { ($0.guildID ?? 0, $1.id) < ($1.guildID ?? 0, $0.id) }),
      mayUse(command, user, channel)
    else { return nil }
    var data: [String: JSONValue] = [
      "id": .id(command.id), "name": .string(name), "type": .integer(command.kind),
    ]
    if !options.isEmpty { data["options"] = .array(options) }
    if let guild = command.guildID { data["guild_id"] = .id(guild) }
    if let resolved = resolved(options, in: channel) { data["resolved"] = resolved }
    return interact(
      kind: 2, name: name, data: .object(data), application: command.applicationID, user: user,
      channel: channel, message: nil, now: now)
  }

  /// A user presses a button or chooses in a menu of a message: INTERACTION_CREATE.
  @discardableResult
  package mutating func press(
    _ customID: String, componentType: Int64 = 2, values: [String] = [], on messageID: ID,
    in channelID: ID, by user: ID, now: Time
  ) -> Interaction? {
    guard let channel = channels[channelID], let message = message(messageID, in: channelID),
      let application = message.applicationID ?? applications[message.authorID]?.id
    else { return nil }
    var data: [String: JSONValue] = [
      "custom_id": .string(customID), "component_type": .integer(componentType),
    ]
    if !values.isEmpty { data["values"] = .array(values.map { .string($0) }) }
    return interact(
      kind: 3, name: customID, data: .object(data), application: application, user: user,
      channel: channel, message: message, now: now)
  }

  private func mayUse(_ command: Command, _ user: ID, _ channel: Channel) -> Bool {
    let own = permissions(of: user, in: channel)
    guard own.contains(.viewChannel) else { return false }
    guard channel.guildID != nil else { return true }
    guard own.contains(.useApplicationCommands) else { return false }
    guard let needed = command.json["default_member_permissions"]?.snowflake else { return true }
    // "0" is for administrators only.
    return needed == 0 ? own == .all : own.contains(Permissions(rawValue: needed))
  }

  private mutating func interact(
    kind: Int64, name: String, data: JSONValue, application: ID, user: ID, channel: Channel,
    message: Message?, now: Time
  ) -> Interaction {
    let id = makeID(at: now)
    var interaction = Interaction(
      id: id, token: Self.token(id, length: 120), applicationID: application, kind: kind,
      name: name, userID: user, channelID: channel.id, guildID: channel.guildID, createdAt: now)
    interaction.messageID = message?.id
    interactions[interaction.token] = interaction
    var fields: [String: JSONValue] = [
      "id": .id(id), "application_id": .id(application), "type": .integer(kind),
      "token": .string(interaction.token), "version": 1, "data": data,
      "channel_id": .id(channel.id),
      "channel": json(channel: channel, for: application).adding([
        "permissions": .permissions(permissions(of: user, in: channel))
      ]),
      "locale": "en-US", "entitlements": [], "entitlement_sku_ids": [],
      "attachment_size_limit": .count(uploadLimit),
      "app_permissions": .permissions(permissions(of: application, in: channel)),
    ]
    if let guild = channel.guildID, let member = guilds[guild]?.members[user] {
      fields["guild_id"] = .id(guild)
      fields["guild"] = ["id": .id(guild), "locale": "en-US", "features": ["COMMUNITY", "NEWS"]]
      fields["guild_locale"] = "en-US"
      fields["member"] = json(member: member).adding([
        "permissions": .permissions(permissions(of: user, in: channel))
      ])
      fields["context"] = 0
      fields["authorizing_integration_owners"] = ["0": .id(guild)]
    } else {
      fields["user"] = json(user: user)
      fields["context"] = 1
      fields["authorizing_integration_owners"] = ["0": "0"]
    }
    if let message { fields["message"] = json(message: message, for: nil) }
    tell("INTERACTION_CREATE", .object(fields), to: .users([application]))
    return interaction
  }

  /// The objects that options point to: users, channels, roles.
  private func resolved(_ options: [JSONValue], in channel: Channel) -> JSONValue? {
    var users: [String: JSONValue] = [:]
    var members: [String: JSONValue] = [:]
    var channels: [String: JSONValue] = [:]
    var roles: [String: JSONValue] = [:]
    let guild = channel.guildID.flatMap { guilds[$0] }
    for option in options {
      guard let id = option["value"]?.snowflake else { continue }
      switch option["type"]?.integer {
      case 6:
        users[String(id)] = json(user: id)
        if let member = guild?.members[id] {
          members[String(id)] = json(member: member, withUser: false)
        }
      case 7: channels[String(id)] = self.channels[id].map { json(channel: $0, for: nil) } ?? .null
      case 8: roles[String(id)] = guild?.roles[id].map { json(role: $0) } ?? .null
      default: break
      }
    }
    let all = ["users": users, "members": members, "channels": channels, "roles": roles]
      .filter { !$1.isEmpty }
    return all.isEmpty ? nil : .object(all.mapValues { .object($0) })
  }
}
