import JSONValues

/// Which events a session gets, and how much of them.
extension GatewayServerSession {
  /// The event's data as this session may see it, nil when it does not get the event.
  func visible(_ event: WorldEvent, in world: some GatewayWorld) -> JSONValue? {
    switch event.audience {
    case .guild(let guild):
      guard serves(guild: guild), world.isMember(user: account.userID, of: guild) else {
        return nil
      }
    case .channel(let channel, let guild):
      guard serves(guild: guild), world.isVisible(channel: channel, to: account.userID) else {
        return nil
      }
    case .users(let users):
      guard users.contains(account.userID) else { return nil }
      // GUILD_CREATE and GUILD_DELETE carry the guild's id as their own.
      let ofGuild = event.type == "GUILD_CREATE" || event.type == "GUILD_DELETE"
      if let guild = event.data[ofGuild ? "id" : "guild_id"]?.snowflake {
        guard serves(guild: guild) else { return nil }
      } else {
        guard shard.id == 0 else { return nil }
      }
    }
    guard admits(event) else { return nil }
    switch event.type {
    case "MESSAGE_CREATE", "MESSAGE_UPDATE": return withoutForeignContent(event.data)
    case "GUILD_CREATE": return guildCreate(event.data)
    case "THREAD_MEMBERS_UPDATE": return ownThreadMembers(event.data)
    default: return event.data
    }
  }

  private func admits(_ event: WorldEvent) -> Bool {
    let direct = event.data["guild_id"]?.snowflake == nil
    let required = GatewayIntent.required(for: event.type, direct: direct)
    if required == 0 || intents & required != 0 { return true }
    // The bot's own changes come without the intent.
    return event.type == "GUILD_MEMBER_UPDATE"
      && event.data["user"]?["id"]?.snowflake == account.userID
  }

  /// A message as it comes without the MESSAGE_CONTENT intent: empty, unless it is the bot's own, a
  /// direct message, or mentions the bot.
  /// <https://discord.com/developers/docs/events/gateway#message-content-intent>
  func withoutForeignContent(_ message: JSONValue) -> JSONValue {
    guard intents & GatewayIntent.messageContent == 0,
      message["guild_id"]?.snowflake != nil
    else { return message }
    return emptied(message)
  }

  private func emptied(_ message: JSONValue) -> JSONValue {
    guard case .object(var fields) = message else { return message }
    if case .object = fields["referenced_message"] {
      fields["referenced_message"] = fields["referenced_message"].map(emptied)
    }
    let own = fields["author"]?["id"]?.snowflake == account.userID
    let mentioned =
      fields["mentions"]?.array?.contains { $0["id"]?.snowflake == account.userID } ?? false
    guard !own, !mentioned else { return .object(fields) }
    if fields["content"] != nil { fields["content"] = .string("") }
    for name in ["attachments", "embeds", "components"] where fields[name] != nil {
      fields[name] = .array([])
    }
    fields["poll"] = nil
    return .object(fields)
  }

  /// A guild as GUILD_CREATE shows it to this session: without the presences intent, of the members
  /// only the bot and who is in voice.
  /// <https://discord.com/developers/docs/events/gateway-events#guild-create>
  func guildCreate(_ guild: JSONValue) -> JSONValue {
    guard case .object(var fields) = guild else { return guild }
    let members = fields["members"]?.array ?? []
    let voice = fields["voice_states"]?.array ?? []
    let inVoice = Set(voice.compactMap { $0["user_id"]?.snowflake })
    let own = members.first { $0["user"]?["id"]?.snowflake == account.userID }
    let presences = intents & GatewayIntent.guildPresences != 0
    if !presences || members.count > largeThreshold {
      let online =
        presences
        ? Set((fields["presences"]?.array ?? []).compactMap { $0["user"]?["id"]?.snowflake }) : []
      fields["members"] = .array(
        members.filter { member in
          guard let id = member["user"]?["id"]?.snowflake else { return false }
          return id == account.userID || inVoice.contains(id) || online.contains(id)
        })
    }
    if !presences { fields["presences"] = .array([]) }
    if intents & GatewayIntent.guildVoiceStates == 0 { fields["voice_states"] = .array([]) }
    fields["member_count"] = fields["member_count"] ?? .integer(Int64(members.count))
    fields["joined_at"] = own?["joined_at"] ?? fields["joined_at"] ?? .null
    fields["large"] = .bool(members.count > largeThreshold)
    fields["unavailable"] = .bool(false)
    for name in ["channels", "threads", "presences", "stage_instances", "guild_scheduled_events"]
    where fields[name] == nil {
      fields[name] = .array([])
    }
    if fields["soundboard_sounds"] == nil { fields["soundboard_sounds"] = .array([]) }
    return .object(fields)
  }

  /// Without the members intent only the bot's own joining and leaving is told.
  private func ownThreadMembers(_ data: JSONValue) -> JSONValue? {
    guard intents & GatewayIntent.guildMembers == 0, case .object(var fields) = data else {
      return data
    }
    let added = (fields["added_members"]?.array ?? []).filter {
      $0["user_id"]?.snowflake == account.userID
    }
    let removed = (fields["removed_member_ids"]?.array ?? []).filter {
      $0.snowflake == account.userID
    }
    guard !added.isEmpty || !removed.isEmpty else { return nil }
    fields["added_members"] = added.isEmpty ? nil : .array(added)
    fields["removed_member_ids"] = removed.isEmpty ? nil : .array(removed)
    return .object(fields)
  }
}
