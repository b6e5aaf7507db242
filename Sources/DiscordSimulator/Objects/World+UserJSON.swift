package import JSONValues

extension World {
  /// A user object; one with only the id for a user that is not known.
  package func json(user id: ID) -> JSONValue {
    guard let user = users[id] else {
      return .object([
        "id": .id(id), "username": "Deleted User", "discriminator": "0000", "avatar": .null,
        "global_name": .null, "public_flags": 0,
      ])
    }
    var fields: [String: JSONValue] = [
      "id": .id(user.id), "username": .string(user.username),
      "discriminator": .string(user.discriminator), "global_name": .text(user.globalName),
      "avatar": .text(user.avatar), "banner": .null, "accent_color": .null,
      "avatar_decoration_data": .null, "collectibles": .null, "primary_guild": .null,
      "public_flags": 0, "flags": 0,
    ]
    if user.isBot { fields["bot"] = true }
    return .object(fields)
  }

  /// The user object that an account gets of itself.
  package func json(ownUser id: ID) -> JSONValue {
    json(user: id).adding([
      "verified": true, "mfa_enabled": true, "locale": "en-US", "email": .null, "bio": "",
    ])
  }

  /// A member object; without the user where Discord leaves it out.
  package func json(member: Member, withUser: Bool = true) -> JSONValue {
    var fields: [String: JSONValue] = [
      "nick": .text(member.nick), "avatar": .null, "banner": .null,
      "roles": .array(member.roles.map { .id($0) }), "joined_at": .time(member.joinedAt),
      "premium_since": .null, "deaf": .bool(member.isDeafened), "mute": .bool(member.isMuted),
      "flags": 0, "pending": false, "communication_disabled_until": .time(member.timedOutUntil),
    ]
    if withUser { fields["user"] = json(user: member.userID) }
    return .object(fields)
  }

  func json(application: Application, isOwn: Bool) -> JSONValue {
    var fields: [String: JSONValue] = [
      "id": .id(application.id), "name": .string(application.name), "icon": .null,
      "description": "", "bot_public": true, "bot_require_code_grant": false,
      "verify_key": .string(String(repeating: "0", count: 64)), "summary": "", "team": .null,
      "flags": .integer(application.flags.rawValue), "hook": true, "tags": [],
      "terms_of_service_url": .null, "privacy_policy_url": .null,
      "integration_types_config": ["0": [:]],
    ]
    if isOwn {
      fields["owner"] = json(user: application.ownerID)
      fields["bot"] = json(user: application.id)
      fields["redirect_uris"] = []
      fields["interactions_endpoint_url"] = .null
      fields["role_connections_verification_url"] = .null
      fields["rpc_origins"] = []
      fields["approximate_guild_count"] = .count(
        guilds.values.count { $0.members[application.id] != nil })
      fields["approximate_user_install_count"] = 0
    }
    return .object(fields)
  }
}
