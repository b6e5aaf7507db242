package import JSONValues

extension World {
  func json(role: Role) -> JSONValue {
    var fields: [String: JSONValue] = [
      "id": .id(role.id), "name": .string(role.name), "description": .null,
      "permissions": .permissions(role.permissions), "position": .count(role.position),
      "color": .integer(role.color),
      "colors": [
        "primary_color": .integer(role.color), "secondary_color": .null, "tertiary_color": .null,
      ],
      "hoist": .bool(role.isHoisted), "managed": .bool(role.botID != nil),
      "mentionable": .bool(role.isMentionable), "icon": .null, "unicode_emoji": .null, "flags": 0,
    ]
    if let bot = role.botID { fields["tags"] = ["bot_id": .id(bot)] }
    return .object(fields)
  }

  /// A guild object as `GET /guilds/{id}` gives it.
  package func json(guild: Guild, withCounts: Bool = false) -> JSONValue {
    var fields: [String: JSONValue] = [
      "id": .id(guild.id), "name": .string(guild.name), "icon": .null, "description": .null,
      "home_header": .null, "splash": .null, "discovery_splash": .null,
      "features": ["COMMUNITY", "NEWS"], "banner": .null, "owner_id": .id(guild.ownerID),
      "application_id": .null, "region": "us-east",
      "afk_channel_id": .optionalID(guild.afkChannelID), "afk_timeout": 300,
      "system_channel_id": .optionalID(guild.systemChannelID), "system_channel_flags": 0,
      "widget_enabled": false, "widget_channel_id": .null, "verification_level": 0,
      "roles": .array(guild.roles.values.sorted { $0.id < $1.id }.map(json(role:))),
      "default_message_notifications": 0, "mfa_level": 0, "explicit_content_filter": 0,
      "max_presences": .null, "max_members": 25_000_000, "max_stage_video_channel_users": 50,
      "max_video_channel_users": 25, "vanity_url_code": .null, "premium_tier": 0,
      "premium_subscription_count": 0, "preferred_locale": "en-US", "rules_channel_id": .null,
      "safety_alerts_channel_id": .null, "public_updates_channel_id": .null,
      "premium_progress_bar_enabled": false, "nsfw": false, "nsfw_level": 0, "emojis": [],
      "stickers": [], "incidents_data": .null,
    ]
    if withCounts {
      fields["approximate_member_count"] = .count(guild.members.count)
      fields["approximate_presence_count"] = .count(guild.members.count)
    }
    return .object(fields)
  }

  /// The guild of a GUILD_CREATE, with everything in it.
  package func json(createdGuild guild: Guild) -> JSONValue {
    let own = channels.values.filter { $0.guildID == guild.id }.sorted { $0.id < $1.id }
    let states = (voiceStates[guild.id] ?? [:]).values.sorted { $0.userID < $1.userID }
    let events = scheduledEvents.values.filter { $0.guildID == guild.id }.sorted { $0.id < $1.id }
    let joined = guild.members.values.map(\.joinedAt).min() ?? Snowflakes.time(of: guild.id)
    return json(guild: guild).adding([
      "joined_at": .time(joined), "large": false, "unavailable": false,
      "member_count": .count(guild.members.count),
      "channels": .array(own.filter { !$0.kind.isThread }.map { json(channel: $0, for: nil) }),
      "threads": .array(
        own.filter { $0.kind.isThread && $0.thread?.isArchived == false }
          .map { json(channel: $0, for: nil) }),
      "members": .array(
        guild.members.values.sorted { $0.userID < $1.userID }.map { json(member: $0) }),
      "voice_states": .array(states.map { json(voiceState: $0, in: guild.id, isPartial: true) }),
      "guild_scheduled_events": .array(events.map { json(event: $0, withCount: false) }),
      "presences": [], "stage_instances": [], "soundboard_sounds": [],
    ])
  }

  /// A voice state; a partial one has no guild and no member.
  package func json(
    voiceState state: VoiceState, in guild: ID, isPartial: Bool = false
  ) -> JSONValue {
    let member = guilds[guild]?.members[state.userID]
    var fields: [String: JSONValue] = [
      "channel_id": .id(state.channelID), "user_id": .id(state.userID),
      "session_id": .string(state.sessionID), "deaf": .bool(member?.isDeafened ?? false),
      "mute": .bool(member?.isMuted ?? false), "self_deaf": .bool(state.selfDeaf),
      "self_mute": .bool(state.selfMute), "self_stream": .bool(state.selfStream),
      "self_video": .bool(state.selfVideo), "suppress": .bool(state.isSuppressed),
      "request_to_speak_timestamp": .null,
    ]
    if !isPartial {
      fields["guild_id"] = .id(guild)
      if let member { fields["member"] = json(member: member) }
    }
    return .object(fields)
  }

  func json(event: ScheduledEvent, withCount: Bool) -> JSONValue {
    var fields: [String: JSONValue] = [
      "id": .id(event.id), "guild_id": .id(event.guildID),
      "channel_id": .optionalID(event.channelID), "creator_id": .id(event.creatorID),
      "creator": json(user: event.creatorID), "name": .string(event.name),
      "description": .text(event.details), "scheduled_start_time": .time(event.startsAt),
      "scheduled_end_time": .time(event.endsAt), "privacy_level": 2,
      "status": .integer(event.status), "entity_type": .integer(event.entityType),
      "entity_id": .null, "image": .null, "recurrence_rule": .null,
      "entity_metadata": event.location.map { ["location": .string($0)] } ?? .null,
    ]
    if withCount { fields["user_count"] = .count(event.subscriberIDs.count) }
    return .object(fields)
  }

  func json(webhook: Webhook, withToken: Bool = true, withUser: Bool = true) -> JSONValue {
    var fields: [String: JSONValue] = [
      "id": .id(webhook.id), "type": 1, "guild_id": .id(webhook.guildID),
      "channel_id": .id(webhook.channelID), "name": .string(webhook.name),
      "avatar": .text(webhook.avatar), "application_id": .optionalID(webhook.applicationID),
    ]
    if withToken {
      fields["token"] = .string(webhook.token)
      fields["url"] = .string("https://discord.com/api/webhooks/\(webhook.id)/\(webhook.token)")
    }
    if withUser { fields["user"] = json(user: webhook.creatorID) }
    return .object(fields)
  }

  func json(invite: Invite, now: Time) -> JSONValue {
    let channel = channels[invite.channelID]
    let guild = channel?.guildID.flatMap { guilds[$0] }
    var fields: [String: JSONValue] = [
      "code": .string(invite.code), "type": 0, "inviter": json(user: invite.inviterID),
      "channel": [
        "id": .id(invite.channelID), "name": .text(channel?.name),
        "type": .integer(channel?.kind.rawValue ?? 0),
      ],
      "max_age": .integer(invite.maximumAge), "max_uses": .integer(invite.maximumUses), "uses": 0,
      "temporary": false, "created_at": .time(invite.createdAt), "flags": 0,
      "expires_at": .time(
        invite.maximumAge == 0 ? nil : invite.createdAt + invite.maximumAge * 1000),
    ]
    if let guild {
      fields["guild_id"] = .id(guild.id)
      fields["guild"] = [
        "id": .id(guild.id), "name": .string(guild.name), "icon": .null, "splash": .null,
        "banner": .null, "description": .null, "features": [], "verification_level": 0,
        "vanity_url_code": .null, "nsfw_level": 0, "premium_subscription_count": 0,
      ]
    }
    return .object(fields)
  }
}
