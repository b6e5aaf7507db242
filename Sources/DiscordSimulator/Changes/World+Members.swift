internal import JSONValues

extension World {
  /// Makes a person.
  @discardableResult
  package mutating func createUser(
    _ username: String, globalName: String? = nil, isBot: Bool = false, now: Time
  ) -> User {
    let id = makeID(at: now)
    let user = User(
      id: id, username: username, globalName: globalName, discriminator: isBot ? "4242" : "0",
      isBot: isBot)
    users[id] = user
    return user
  }

  /// Gives a person an access token.
  package mutating func addUserToken(_ token: String, for user: ID) {
    userTokens[token] = user
  }

  /// Makes an application with its bot user.
  @discardableResult
  package mutating func createApplication(
    _ name: String, owner: ID, token: String, flags: Application.Flags, now: Time
  ) -> Application {
    let bot = createUser(name, isBot: true, now: now)
    let application = Application(
      id: bot.id, name: name, ownerID: owner, token: token, flags: flags)
    applications[bot.id] = application
    return application
  }

  /// Changes an application, such as its intents in the developer portal, or its token.
  package mutating func update(_ application: Application) {
    applications[application.id] = application
  }

  /// Makes a guild with the owner as its only member: GUILD_CREATE for them.
  @discardableResult
  package mutating func createGuild(_ name: String, owner: ID, now: Time) -> Guild {
    let id = makeID(at: now)
    var guild = Guild(id: id, name: name, ownerID: owner)
    guild.roles[id] = Role(id: id, name: "@everyone", permissions: .everyone, position: 0)
    guild.members[owner] = Member(userID: owner, joinedAt: now)
    guilds[id] = guild
    tell("GUILD_CREATE", json(createdGuild: guild), to: .users([owner]))
    return guild
  }

  /// Changes a guild: GUILD_UPDATE.
  package mutating func update(_ guild: Guild) {
    if guilds[guild.id]?.afkChannelID != guild.afkChannelID { voiceRevision += 1 }
    guilds[guild.id] = guild
    tell("GUILD_UPDATE", json(guild: guild), to: .guild(guild.id))
  }

  /// Makes a role: GUILD_ROLE_CREATE.
  @discardableResult
  package mutating func createRole(
    _ name: String, permissions: Permissions, in guild: ID, now: Time
  ) -> Role {
    var role = Role(
      id: makeID(at: now), name: name, permissions: permissions,
      position: guilds[guild]?.roles.count ?? 1)
    role.isHoisted = true
    guilds[guild]?.roles[role.id] = role
    tell(
      "GUILD_ROLE_CREATE", ["guild_id": .id(guild), "role": json(role: role)], to: .guild(guild))
    return role
  }

  /// Changes a role: GUILD_ROLE_UPDATE.
  package mutating func update(_ role: Role, in guild: ID) {
    guilds[guild]?.roles[role.id] = role
    tell(
      "GUILD_ROLE_UPDATE", ["guild_id": .id(guild), "role": json(role: role)], to: .guild(guild))
  }

  /// Lets a user in: GUILD_MEMBER_ADD, and GUILD_CREATE for the user's own sessions.
  package mutating func addMember(
    _ user: ID, to guild: ID, nick: String? = nil, roles: [ID] = [], now: Time
  ) {
    guard guilds[guild]?.members[user] == nil else { return }
    let member = Member(userID: user, nick: nick, roles: roles, joinedAt: now)
    guilds[guild]?.members[user] = member
    guard let changed = guilds[guild] else { return }
    tell("GUILD_CREATE", json(createdGuild: changed), to: .users([user]))
    tell(
      "GUILD_MEMBER_ADD", json(member: member).adding(["guild_id": .id(guild)]),
      to: .users(changed.members.keys.filter { $0 != user }.sorted()))
  }

  /// Changes a member: GUILD_MEMBER_UPDATE.
  package mutating func update(_ member: Member, in guild: ID) {
    let before = guilds[guild]?.members[member.userID]
    guilds[guild]?.members[member.userID] = member
    if before?.isMuted != member.isMuted || before?.isDeafened != member.isDeafened,
      let state = voiceStates[guild]?[member.userID]
    {
      voiceRevision += 1
      tell("VOICE_STATE_UPDATE", json(voiceState: state, in: guild), to: .guild(guild))
    }
    tell(
      "GUILD_MEMBER_UPDATE", json(member: member).adding(["guild_id": .id(guild)]),
      to: .guild(guild))
  }

  /// A member leaves or is thrown out: GUILD_MEMBER_REMOVE, and GUILD_DELETE for their own sessions.
  package mutating func removeMember(_ user: ID, from guild: ID) {
    guard guilds[guild]?.members[user] != nil else { return }
    leaveVoice(user, guild: guild)
    guilds[guild]?.members[user] = nil
    tell("GUILD_DELETE", ["id": .id(guild)], to: .users([user]))
    tell(
      "GUILD_MEMBER_REMOVE", ["guild_id": .id(guild), "user": json(user: user)], to: .guild(guild))
  }
}
