package import JSONValues

extension World {
  /// A message.
  package struct Message: Sendable, Equatable {
    /// The message types that the simulator makes.
    package enum Kind: Int64, Sendable {
      /// What people and bots write.
      case normal = 0
      /// Somebody has joined.
      case memberJoin = 7
      /// A thread was started without a message.
      case threadCreated = 18
      /// A reply.
      case reply = 19
      /// The first answer to a command.
      case slashCommand = 20
      /// The first of a thread on a message: it points to that.
      case threadStarter = 21
    }

    /// Bits of the field `flags`.
    package struct Flags: OptionSet, Sendable, Hashable {
      /// The bits.
      package let rawValue: Int64
      /// Flags of these bits.
      package init(rawValue: Int64) { self.rawValue = rawValue }
      /// Embeds are left out.
      package static let suppressEmbeds = Flags(rawValue: 1 << 2)
      /// It has a thread.
      package static let hasThread = Flags(rawValue: 1 << 5)
      /// Only the user of the interaction sees it.
      package static let ephemeral = Flags(rawValue: 1 << 6)
      /// A deferred answer that is still to come.
      package static let loading = Flags(rawValue: 1 << 7)
      /// Without a sound for anybody.
      package static let suppressNotifications = Flags(rawValue: 1 << 12)
    }

    /// The name that a webhook posted under.
    package struct WebhookAuthor: Sendable, Equatable {
      /// The webhook's id.
      package var id: ID
      /// The name shown.
      package var name: String
      /// The avatar's hash.
      package var avatar: String?
    }

    /// What a reply, or a thread's first message, points to.
    package struct Reference: Sendable, Equatable {
      /// The message pointed to.
      package var messageID: ID?
      /// Its channel.
      package var channelID: ID
      /// Its guild.
      package var guildID: ID?
    }

    /// Who reacted, by emoji.
    package struct Reaction: Sendable, Equatable {
      /// The emoji itself, or `name:id` of a guild's own.
      package var emoji: String
      /// Who reacted, in order.
      package var users: [ID]
    }

    /// The interaction that a message answers.
    package struct InteractionSource: Sendable, Equatable {
      /// The interaction's id.
      package var id: ID
      /// Its type.
      package var kind: Int64
      /// The command's name.
      package var name: String
      /// Who used it.
      package var userID: ID
    }

    /// The message's id.
    package var id: ID
    /// Where it is.
    package var channelID: ID
    /// The author; the webhook's id for a webhook's message.
    package var authorID: ID
    /// Set for a webhook's message.
    package var webhook: WebhookAuthor?
    /// The text as it was written, mentions as `<@id>`.
    package var content: String
    /// When it was sent.
    package var sentAt: Time
    /// When it was edited last.
    package var editedAt: Time?
    /// Its type.
    package var kind = Kind.normal
    /// Its flags.
    package var flags: Flags = []
    /// Read aloud.
    package var isTTS = false
    /// The files.
    package var attachments: [Attachment] = []
    /// The embeds, as they were sent.
    package var embeds: [JSONValue] = []
    /// The components, as they were sent.
    package var components: [JSONValue] = []
    /// The users whom it notifies.
    package var mentions: [ID] = []
    /// The roles that it notifies.
    package var mentionedRoles: [ID] = []
    /// Whether it notifies everyone.
    package var mentionsEveryone = false
    /// Whether, and when, it was pinned.
    package var pinnedAt: Time?
    /// What it replies to.
    package var reference: Reference?
    /// Who reacted.
    package var reactions: [Reaction] = []
    /// What the sender gave to know it again: a string or an integer.
    package var nonce: JSONValue?
    /// The interaction that it answers.
    package var interaction: InteractionSource?
    /// The application that sent it by an interaction or a webhook.
    package var applicationID: ID?
    /// The only one who sees it.
    package var ephemeralFor: ID?
  }

  /// A file of a message.
  package struct Attachment: Sendable, Equatable {
    /// The file's id.
    package var id: ID
    /// The name, as Discord has cleaned it.
    package var filename: String
    /// A text for people who cannot see it.
    package var details: String?
    /// The media type.
    package var contentType: String?
    /// Bytes.
    package var size: Int
    /// Where it is on the CDN.
    package var path: String
  }

  /// The bytes behind a CDN address.
  package struct StoredFile: Sendable, Equatable {
    /// What was uploaded.
    package var bytes: [UInt8]
    /// The media type.
    package var contentType: String
  }

  /// A webhook of a channel.
  package struct Webhook: Sendable, Equatable {
    /// The webhook's id.
    package var id: ID
    /// Its guild.
    package var guildID: ID
    /// The channel that it posts to.
    package var channelID: ID
    /// Its name.
    package var name: String
    /// Its avatar's hash.
    package var avatar: String?
    /// What allows posting without an account.
    package var token: String
    /// Who made it.
    package var creatorID: ID
    /// The application of the bot that made it.
    package var applicationID: ID?
  }

  /// A command that an application has registered.
  package struct Command: Sendable, Equatable {
    /// The command's id.
    package var id: ID
    /// Whose it is.
    package var applicationID: ID
    /// The guild that it is for; nil for all.
    package var guildID: ID?
    /// 1 slash, 2 user, 3 message.
    package var kind: Int64
    /// Its name.
    package var name: String
    /// The whole object, as it was registered and with Discord's fields added.
    package var json: JSONValue
  }

  /// A user's use of a command or a component, and what became of it.
  package struct Interaction: Sendable, Equatable {
    /// The interaction's id.
    package var id: ID
    /// What the answers are sent with.
    package var token: String
    /// Whose command it is.
    package var applicationID: ID
    /// 2 command, 3 component.
    package var kind: Int64
    /// The command's name.
    package var name: String
    /// Who used it.
    package var userID: ID
    /// Where.
    package var channelID: ID
    /// In which guild.
    package var guildID: ID?
    /// When.
    package var createdAt: Time
    /// The message whose component was used.
    package var messageID: ID?
    /// The callback's type; nil as long as there was none.
    package var response: Int64?
    /// The first answer.
    package var originalID: ID?
    /// Whether the first answer is for the user alone.
    package var isEphemeral = false
    /// Further answers.
    package var followupIDs: [ID] = []
  }
}
