/// What one may do; the bits of Discord's documentation on permissions.
package struct Permissions: OptionSet, Sendable, Hashable {
  /// The bits.
  package let rawValue: UInt64
  /// Permissions of these bits.
  package init(rawValue: UInt64) { self.rawValue = rawValue }

  /// `CREATE_INSTANT_INVITE`.
  package static let createInvite = Permissions(rawValue: 1 << 0)
  /// `KICK_MEMBERS`.
  package static let kickMembers = Permissions(rawValue: 1 << 1)
  /// `BAN_MEMBERS`.
  package static let banMembers = Permissions(rawValue: 1 << 2)
  /// `ADMINISTRATOR`.
  package static let administrator = Permissions(rawValue: 1 << 3)
  /// `MANAGE_CHANNELS`.
  package static let manageChannels = Permissions(rawValue: 1 << 4)
  /// `MANAGE_GUILD`.
  package static let manageGuild = Permissions(rawValue: 1 << 5)
  /// `ADD_REACTIONS`.
  package static let addReactions = Permissions(rawValue: 1 << 6)
  /// `STREAM`.
  package static let stream = Permissions(rawValue: 1 << 9)
  /// `VIEW_CHANNEL`.
  package static let viewChannel = Permissions(rawValue: 1 << 10)
  /// `SEND_MESSAGES`.
  package static let sendMessages = Permissions(rawValue: 1 << 11)
  /// `MANAGE_MESSAGES`.
  package static let manageMessages = Permissions(rawValue: 1 << 13)
  /// `EMBED_LINKS`.
  package static let embedLinks = Permissions(rawValue: 1 << 14)
  /// `ATTACH_FILES`.
  package static let attachFiles = Permissions(rawValue: 1 << 15)
  /// `READ_MESSAGE_HISTORY`.
  package static let readMessageHistory = Permissions(rawValue: 1 << 16)
  /// `MENTION_EVERYONE`.
  package static let mentionEveryone = Permissions(rawValue: 1 << 17)
  /// `CONNECT`.
  package static let connect = Permissions(rawValue: 1 << 20)
  /// `SPEAK`.
  package static let speak = Permissions(rawValue: 1 << 21)
  /// `MUTE_MEMBERS`.
  package static let muteMembers = Permissions(rawValue: 1 << 22)
  /// `DEAFEN_MEMBERS`.
  package static let deafenMembers = Permissions(rawValue: 1 << 23)
  /// `MOVE_MEMBERS`.
  package static let moveMembers = Permissions(rawValue: 1 << 24)
  /// `USE_VAD`.
  package static let useVoiceActivity = Permissions(rawValue: 1 << 25)
  /// `CHANGE_NICKNAME`.
  package static let changeNickname = Permissions(rawValue: 1 << 26)
  /// `MANAGE_NICKNAMES`.
  package static let manageNicknames = Permissions(rawValue: 1 << 27)
  /// `MANAGE_ROLES`.
  package static let manageRoles = Permissions(rawValue: 1 << 28)
  /// `MANAGE_WEBHOOKS`.
  package static let manageWebhooks = Permissions(rawValue: 1 << 29)
  /// `USE_APPLICATION_COMMANDS`.
  package static let useApplicationCommands = Permissions(rawValue: 1 << 31)
  /// `MANAGE_EVENTS`.
  package static let manageEvents = Permissions(rawValue: 1 << 33)
  /// `MANAGE_THREADS`.
  package static let manageThreads = Permissions(rawValue: 1 << 34)
  /// `CREATE_PUBLIC_THREADS`.
  package static let createPublicThreads = Permissions(rawValue: 1 << 35)
  /// `CREATE_PRIVATE_THREADS`.
  package static let createPrivateThreads = Permissions(rawValue: 1 << 36)
  /// `SEND_MESSAGES_IN_THREADS`.
  package static let sendMessagesInThreads = Permissions(rawValue: 1 << 38)
  /// `CREATE_EVENTS`.
  package static let createEvents = Permissions(rawValue: 1 << 44)
  /// `PIN_MESSAGES`.
  package static let pinMessages = Permissions(rawValue: 1 << 51)

  /// Every bit that Discord has given a meaning.
  package static let all = Permissions(rawValue: (1 << 53) - 1)

  /// What a new guild gives to everyone.
  package static let everyone: Permissions = [
    .createInvite, .addReactions, .stream, .viewChannel, .sendMessages, .embedLinks, .attachFiles,
    .readMessageHistory, .connect, .speak, .useVoiceActivity, .changeNickname,
    .useApplicationCommands, .createPublicThreads, .sendMessagesInThreads,
  ]
}

extension World {
  /// What a member may do in the guild as a whole; nothing for who is not a member.
  package func permissions(of userID: ID, in guild: Guild) -> Permissions {
    guard let member = guild.members[userID] else { return [] }
    if guild.ownerID == userID { return .all }
    var permissions = guild.roles[guild.id]?.permissions ?? []
    for role in member.roles { permissions.formUnion(guild.roles[role]?.permissions ?? []) }
    return permissions.contains(.administrator) ? .all : permissions
  }

  /// What a user may do in a channel, with the overwrites of the channel, or of a thread's parent.
  package func permissions(of userID: ID, in channel: Channel) -> Permissions {
    guard let guildID = channel.guildID, let guild = guilds[guildID] else {
      return channel.recipientIDs.contains(userID)
        ? [
          .viewChannel, .sendMessages, .readMessageHistory, .attachFiles, .embedLinks,
          .addReactions, .pinMessages,
        ] : []
    }
    var permissions = permissions(of: userID, in: guild)
    guard permissions != .all, let member = guild.members[userID] else { return permissions }
    if channel.kind.isThread {
      guard let parent = channel.parentID.flatMap({ channels[$0] }) else { return [] }
      permissions = self.permissions(of: userID, in: parent)
      if channel.kind == .privateThread, channel.thread?.members[userID] == nil,
        !permissions.contains(.manageThreads)
      {
        return []
      }
      return permissions
    }
    apply(channel.overwrites.filter { $0.kind == .role && $0.id == guildID }, to: &permissions)
    apply(
      channel.overwrites.filter { $0.kind == .role && member.roles.contains($0.id) },
      to: &permissions)
    apply(channel.overwrites.filter { $0.kind == .member && $0.id == userID }, to: &permissions)
    // Without the sight of a channel nothing else is left of it.
    return permissions.contains(.viewChannel) ? permissions : []
  }

  /// Denials first, then what is allowed, as Discord merges overwrites of one level.
  private func apply(_ overwrites: [Overwrite], to permissions: inout Permissions) {
    permissions.subtract(overwrites.reduce([]) { $0.union($1.deny) })
    permissions.formUnion(overwrites.reduce([]) { $0.union($1.allow) })
  }

  /// Whether a user can see a channel.
  package func canView(_ userID: ID, _ channel: Channel) -> Bool {
    permissions(of: userID, in: channel).contains(.viewChannel)
  }
}
