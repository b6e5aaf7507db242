extension World {
  /// A person or a bot.
  package struct User: Sendable, Equatable {
    /// The user's id.
    package var id: ID
    /// The name that is unique on Discord.
    package var username: String
    /// The name shown; anything that Unicode allows.
    package var globalName: String?
    /// `"0"` for people; bots still have four digits.
    package var discriminator: String
    /// The avatar's hash.
    package var avatar: String?
    /// Whether it is a bot.
    package var isBot: Bool

    /// A user.
    package init(
      id: ID, username: String, globalName: String? = nil, discriminator: String = "0",
      avatar: String? = nil, isBot: Bool = false
    ) {
      self.id = id
      self.username = username
      self.globalName = globalName
      self.discriminator = discriminator
      self.avatar = avatar
      self.isBot = isBot
    }
  }

  /// An application and its bot.
  package struct Application: Sendable, Equatable {
    /// What the owner has switched on in the developer portal.
    package struct Flags: OptionSet, Sendable, Hashable {
      /// The bits.
      package let rawValue: Int64
      /// Flags of these bits.
      package init(rawValue: Int64) { self.rawValue = rawValue }
      /// The privileged intent for presences, for at most 100 guilds.
      package static let presenceLimited = Flags(rawValue: 1 << 13)
      /// The privileged intent for guild members, for at most 100 guilds.
      package static let guildMembersLimited = Flags(rawValue: 1 << 15)
      /// The privileged intent for guild members, of a verified bot.
      package static let guildMembers = Flags(rawValue: 1 << 14)
      /// The privileged intent for message content, of a verified bot.
      package static let messageContent = Flags(rawValue: 1 << 18)
      /// The privileged intent for message content, for at most 100 guilds.
      package static let messageContentLimited = Flags(rawValue: 1 << 19)
    }

    /// The application's id, and its bot user's.
    package var id: ID
    /// The application's name.
    package var name: String
    /// The person whose application it is.
    package var ownerID: ID
    /// The bot's token, without `Bot `.
    package var token: String
    /// The privileged intents that it may use.
    package var flags: Flags
    /// How many sessions it may still start today.
    package var sessionStartsRemaining = 1000

    /// Whether it may use the privileged intent for guild members.
    package var hasGuildMembers: Bool {
      !flags.isDisjoint(with: [.guildMembers, .guildMembersLimited])
    }
    /// Whether it sees the content of all messages.
    package var hasMessageContent: Bool {
      !flags.isDisjoint(with: [.messageContent, .messageContentLimited])
    }
  }

  /// A user's membership of a guild.
  package struct Member: Sendable, Equatable {
    /// Who it is.
    package var userID: ID
    /// The name in this guild.
    package var nick: String?
    /// The roles besides `@everyone`.
    package var roles: [ID] = []
    /// When they joined.
    package var joinedAt: Time
    /// Deafened for all by a moderator.
    package var isDeafened = false
    /// Muted for all by a moderator.
    package var isMuted = false
    /// Until when a time-out lasts.
    package var timedOutUntil: Time?
  }
}
