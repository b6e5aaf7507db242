extension World {
  /// A server.
  package struct Guild: Sendable, Equatable {
    /// The guild's id, also of its role `@everyone`.
    package var id: ID
    /// Its name.
    package var name: String
    /// Who may do everything in it.
    package var ownerID: ID
    /// Its roles by id.
    package var roles: [ID: Role] = [:]
    /// Its members by user id.
    package var members: [ID: Member] = [:]
    /// The voice channel for those who are away: nobody talks or hears there.
    package var afkChannelID: ID?
    /// Where joins are announced.
    package var systemChannelID: ID?
    /// Whether the guild is out of order (an outage), so that it is gone for clients.
    package var isUnavailable = false
  }

  /// A role of a guild.
  package struct Role: Sendable, Equatable {
    /// The role's id.
    package var id: ID
    /// Its name.
    package var name: String
    /// What it allows everywhere in the guild.
    package var permissions: Permissions
    /// Its rank; `@everyone` has 0.
    package var position: Int
    /// Its colour, 0 for none.
    package var color: Int64 = 0
    /// Whether its members are listed apart.
    package var isHoisted = false
    /// Whether everybody may mention it.
    package var isMentionable = false
    /// The bot that it belongs to.
    package var botID: ID?
  }

  /// What a role or a member may do otherwise in one channel.
  package struct Overwrite: Sendable, Equatable {
    /// Whom an overwrite is for.
    package enum Kind: Int64, Sendable { case role = 0, member = 1 }
    /// The role's or user's id.
    package var id: ID
    /// Whom it is for.
    package var kind: Kind
    /// What is allowed.
    package var allow: Permissions
    /// What is denied.
    package var deny: Permissions

    /// An exception for a role or a member.
    package init(id: ID, kind: Kind, allow: Permissions, deny: Permissions) {
      self.id = id
      self.kind = kind
      self.allow = allow
      self.deny = deny
    }
  }

  /// A channel of a guild, a thread or a conversation of two.
  package struct Channel: Sendable, Equatable {
    /// The channel types of Discord's documentation.
    package enum Kind: Int64, Sendable, CaseIterable {
      /// Text.
      case text = 0
      /// A conversation of two.
      case dm = 1
      /// Voice.
      case voice = 2
      /// A heading over other channels.
      case category = 4
      /// Announcements.
      case announcement = 5
      /// A thread of announcements.
      case announcementThread = 10
      /// A thread for all.
      case publicThread = 11
      /// A thread for those invited.
      case privateThread = 12
      /// A stage with an audience.
      case stage = 13
      /// A forum, whose posts are threads.
      case forum = 15

      /// Whether it is a thread.
      package var isThread: Bool { (10...12).contains(rawValue) }
      /// Whether messages can be sent to it.
      package var holdsMessages: Bool { self != .category && self != .forum }
      /// Whether one can speak in it.
      package var isVoice: Bool { self == .voice || self == .stage }
    }

    /// The channel's id.
    package var id: ID
    /// Its type.
    package var kind: Kind
    /// The guild, for all but direct messages.
    package var guildID: ID?
    /// Its name; nil for direct messages.
    package var name: String?
    /// Its topic.
    package var topic: String?
    /// Its place in the list.
    package var position = 0
    /// The category, or the channel of a thread.
    package var parentID: ID?
    /// Exceptions from the guild's permissions.
    package var overwrites: [Overwrite] = []
    /// The seconds between a person's messages.
    package var slowmode = 0
    /// Whether it is for adults.
    package var isNSFW = false
    /// Bits per second, of voice channels.
    package var bitrate: Int64 = 64_000
    /// How many may be in a voice channel; 0 for any number.
    package var userLimit = 0
    /// The voice region chosen by hand.
    package var region: String?
    /// The newest message, which may be deleted since.
    package var lastMessageID: ID?
    /// The two people of a direct message.
    package var recipientIDs: [ID] = []
    /// Who started the thread.
    package var ownerID: ID?
    /// What only threads have.
    package var thread: Thread?
  }

  /// What only threads have.
  package struct Thread: Sendable, Equatable {
    /// Whether it is put away.
    package var isArchived = false
    /// Whether only moderators can take it out of the archive.
    package var isLocked = false
    /// Whether members may invite others to a private thread.
    package var isInvitable = true
    /// Minutes without a message until it is archived.
    package var autoArchiveMinutes: Int64 = 1440
    /// When it was archived, or taken out, last.
    package var archivedAt: Time
    /// When it was made.
    package var createdAt: Time
    /// Who has joined it, and when.
    package var members: [ID: Time] = [:]
    /// Messages sent in all, without the first of a forum's post.
    package var messagesSent = 0
  }

  /// An invitation.
  package struct Invite: Sendable, Equatable {
    /// What follows `discord.gg/`.
    package var code: String
    /// The channel that it leads to.
    package var channelID: ID
    /// Who made it.
    package var inviterID: ID
    /// Seconds until it ends; 0 for never.
    package var maximumAge: Int64
    /// How often it can be used; 0 for any number.
    package var maximumUses: Int64
    /// When it was made.
    package var createdAt: Time
  }

  /// A meeting with a date.
  package struct ScheduledEvent: Sendable, Equatable {
    /// The event's id.
    package var id: ID
    /// Its guild.
    package var guildID: ID
    /// Its channel; nil for one at an outside place.
    package var channelID: ID?
    /// Who made it.
    package var creatorID: ID
    /// Its name.
    package var name: String
    /// Its description.
    package var details: String?
    /// When it begins.
    package var startsAt: Time
    /// When it ends.
    package var endsAt: Time?
    /// 1 scheduled, 2 active, 3 completed, 4 cancelled.
    package var status: Int64 = 1
    /// 1 stage, 2 voice, 3 external.
    package var entityType: Int64
    /// The place of an external event.
    package var location: String?
    /// Who is interested.
    package var subscriberIDs: Set<ID> = []
  }

  /// Where somebody is heard.
  package struct VoiceState: Sendable, Equatable {
    /// Who.
    package var userID: ID
    /// The channel; never nil in the world (who left has no state).
    package var channelID: ID
    /// The voice session's id.
    package var sessionID: String
    /// Muted by themselves.
    package var selfMute = false
    /// Deafened by themselves.
    package var selfDeaf = false
    /// Sharing the screen.
    package var selfStream = false
    /// With a camera.
    package var selfVideo = false
    /// In a stage's audience.
    package var isSuppressed = false
  }
}
