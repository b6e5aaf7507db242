public import FoundationEssentials

/// An exception for a role or a member in one channel.
///
/// Source: https://docs.discord.com/developers/resources/channel#overwrite-object
public struct PermissionOverwrite: Hashable, Sendable {
  /// Whom an overwrite is for.
  public enum Kind: Hashable, Sendable {
    /// All who have a role; `@everyone` is the role with the guild's id.
    case role
    /// One member.
    case member
  }

  /// The role's or user's id.
  public let id: Snowflake
  /// Whom it is for.
  public let kind: Kind
  /// What it adds.
  public let allow: Permissions
  /// What it takes away.
  public let deny: Permissions

  /// The exception with the given parts.
  public init(id: Snowflake, kind: Kind, allow: Permissions, deny: Permissions) {
    self.id = id
    self.kind = kind
    self.allow = allow
    self.deny = deny
  }
}

/// What the permissions of a member in a channel depend on; a value, so that the rules are a
/// function without a network.
public struct PermissionQuestion: Sendable {
  /// The guild, whose id is also that of the role `@everyone`.
  public var guildID: ID<Guild>
  /// Who owns the guild.
  public var ownerID: ID<User>
  /// The permissions of each role of the guild.
  public var roles: [ID<Role>: Permissions]
  /// Who asks.
  public var userID: ID<User>
  /// The member's roles.
  public var memberRoles: [ID<Role>]
  /// The end of the member's time-out; nil without one.
  public var timedOutUntil: Date?

  /// The question with the given parts.
  public init(
    guildID: ID<Guild>, ownerID: ID<User>, roles: [ID<Role>: Permissions], userID: ID<User>,
    memberRoles: [ID<Role>], timedOutUntil: Date? = nil
  ) {
    self.guildID = guildID
    self.ownerID = ownerID
    self.roles = roles
    self.userID = userID
    self.memberRoles = memberRoles
    self.timedOutUntil = timedOutUntil
  }
}

extension Permissions {
  /// What a member may in a guild, before any channel's overwrites.
  ///
  /// - Parameters:
  ///   - question: the member and the guild.
  ///   - now: the time at which a time-out is judged.
  /// Source: https://docs.discord.com/developers/topics/permissions#permission-overwrites
  public static func base(_ question: PermissionQuestion, at now: Date = Date()) -> Permissions {
    if question.ownerID == question.userID { return .all }
    let everyone = question.roles[ID<Role>(question.guildID.snowflake)] ?? []
    let permissions = question.memberRoles.reduce(everyone) {
      $0.union(question.roles[$1] ?? [])
    }
    if permissions.contains(.administrator) { return .all }
    return afterTimeOut(permissions, question, now)
  }

  /// What a member may in a channel: roles, then the overwrites of everyone, of the roles, of the
  /// member; owner and administrator past all of them; a member in time-out only looks and reads.
  ///
  /// What follows by sense is taken away as Discord does: without `VIEW_CHANNEL` nothing is left,
  /// without `SEND_MESSAGES` no attachments, links, mentions or reading aloud, without `CONNECT`
  /// nothing of a voice channel. In a thread `SEND_MESSAGES_IN_THREADS` decides about sending.
  /// - Parameters:
  ///   - question: the member and the guild.
  ///   - overwrites: those of the channel; of a thread, those of the channel it belongs to.
  ///   - type: what the channel is.
  ///   - now: the time at which a time-out is judged.
  /// Source: https://docs.discord.com/developers/topics/permissions
  public static func inChannel(
    _ question: PermissionQuestion, overwrites: [PermissionOverwrite], type: ChannelType,
    at now: Date = Date()
  ) -> Permissions {
    if question.ownerID == question.userID { return .all }
    let everyone = ID<Role>(question.guildID.snowflake)
    // The time-out comes last: it leaves only what the overwrites leave too.
    var permissions = question.memberRoles.reduce(question.roles[everyone] ?? []) {
      $0.union(question.roles[$1] ?? [])
    }
    if permissions.contains(.administrator) { return .all }

    let roles = overwrites.filter { $0.kind == .role }
    for overwrite in roles where overwrite.id == everyone.snowflake {
      permissions = permissions.subtracting(overwrite.deny).union(overwrite.allow)
    }
    let mine = Set(question.memberRoles.map(\.snowflake)).subtracting([everyone.snowflake])
    let ofRoles = roles.filter { mine.contains($0.id) }
    permissions.subtract(ofRoles.reduce(into: Permissions()) { $0.formUnion($1.deny) })
    permissions.formUnion(ofRoles.reduce(into: Permissions()) { $0.formUnion($1.allow) })
    for overwrite in overwrites
    where overwrite.kind == .member && overwrite.id == question.userID.snowflake {
      permissions = permissions.subtracting(overwrite.deny).union(overwrite.allow)
    }
    return afterTimeOut(implied(permissions, in: type), question, now)
  }

  private static func implied(_ permissions: Permissions, in type: ChannelType) -> Permissions {
    guard permissions.contains(.viewChannel) else { return [] }
    var permissions = permissions
    if type.isThread {
      // Inherited except for sending, which has a permission of its own.
      if permissions.contains(.sendMessagesInThreads) {
        permissions.insert(.sendMessages)
      } else {
        permissions.remove(.sendMessages)
      }
    }
    if !permissions.contains(.sendMessages) {
      permissions.subtract([.mentionEveryone, .sendTTSMessages, .attachFiles, .embedLinks])
    }
    if type.isVoice, !permissions.contains(.connect) {
      permissions.subtract([
        .manageChannels, .manageRoles, .speak, .stream, .useVoiceActivity, .prioritySpeaker,
        .muteMembers, .deafenMembers, .moveMembers, .requestToSpeak, .useSoundboard,
        .sendMessages, .sendTTSMessages, .attachFiles, .embedLinks, .mentionEveryone,
        .readMessageHistory,
      ])
    }
    return permissions
  }

  private static func afterTimeOut(
    _ permissions: Permissions, _ question: PermissionQuestion, _ now: Date
  ) -> Permissions {
    guard let until = question.timedOutUntil, until > now else { return permissions }
    return permissions.intersection([.viewChannel, .readMessageHistory])
  }
}
