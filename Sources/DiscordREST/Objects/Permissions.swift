import JSONValues

/// A set of Discord permissions; bits that this library does not name are kept.
///
/// Discord writes them as a decimal number in a string.
/// Source: https://docs.discord.com/developers/topics/permissions
public struct Permissions: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: UInt64

  /// The set with the given bits, known or not.
  public init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  /// The set that Discord wrote as a decimal string; nil when it is no number of 64 bits.
  public init?(_ text: String) {
    guard (1...20).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }),
      let bits = UInt64(text)
    else { return nil }
    self.init(rawValue: bits)
  }

  /// The set in a field of an API object: a decimal string, or a number as in very old answers.
  init?(json: JSONValue?) {
    switch json {
    case .string(let text): self.init(text)
    case .integer(let bits): self.init(rawValue: UInt64(bitPattern: bits))
    default: return nil
    }
  }

  /// As Discord writes it: a decimal string.
  public var text: String { String(rawValue) }

  private static func bit(_ index: UInt64) -> Self { Self(rawValue: 1 << index) }

  /// May create invitations.
  public static let createInstantInvite = bit(0)
  /// May kick members.
  public static let kickMembers = bit(1)
  /// May ban members.
  public static let banMembers = bit(2)
  /// Has every permission, past every overwrite.
  public static let administrator = bit(3)
  /// May create, edit and delete channels.
  public static let manageChannels = bit(4)
  /// May edit the guild.
  public static let manageGuild = bit(5)
  /// May be the first to react with an emoji.
  public static let addReactions = bit(6)
  /// May read the audit log.
  public static let viewAuditLog = bit(7)
  /// May speak with priority in a voice channel.
  public static let prioritySpeaker = bit(8)
  /// May share video in a voice channel.
  public static let stream = bit(9)
  /// May see the channel at all.
  public static let viewChannel = bit(10)
  /// May send messages, and start threads in a forum.
  public static let sendMessages = bit(11)
  /// May send messages that are read aloud.
  public static let sendTTSMessages = bit(12)
  /// May delete messages and reactions of others.
  public static let manageMessages = bit(13)
  /// Links are shown with a preview.
  public static let embedLinks = bit(14)
  /// May upload files.
  public static let attachFiles = bit(15)
  /// May read earlier messages.
  public static let readMessageHistory = bit(16)
  /// May mention everyone, here and all roles.
  public static let mentionEveryone = bit(17)
  /// May use emoji of other guilds.
  public static let useExternalEmojis = bit(18)
  /// May see the guild's insights.
  public static let viewGuildInsights = bit(19)
  /// May join a voice channel.
  public static let connect = bit(20)
  /// May speak in a voice channel.
  public static let speak = bit(21)
  /// May mute members in voice channels.
  public static let muteMembers = bit(22)
  /// May deafen members in voice channels.
  public static let deafenMembers = bit(23)
  /// May move members between voice channels; lets a bot enter a full one.
  public static let moveMembers = bit(24)
  /// May speak without push-to-talk.
  public static let useVoiceActivity = bit(25)
  /// May change the own nickname.
  public static let changeNickname = bit(26)
  /// May change nicknames of others.
  public static let manageNicknames = bit(27)
  /// May edit roles and permission overwrites.
  public static let manageRoles = bit(28)
  /// May list, create, edit and delete webhooks.
  public static let manageWebhooks = bit(29)
  /// May edit and delete emoji, stickers and sounds of others.
  public static let manageGuildExpressions = bit(30)
  /// May use application commands.
  public static let useApplicationCommands = bit(31)
  /// May ask to speak in a stage channel.
  public static let requestToSpeak = bit(32)
  /// May edit and delete scheduled events of others.
  public static let manageEvents = bit(33)
  /// May archive and delete threads and see all private ones.
  public static let manageThreads = bit(34)
  /// May start public threads.
  public static let createPublicThreads = bit(35)
  /// May start private threads.
  public static let createPrivateThreads = bit(36)
  /// May use stickers of other guilds.
  public static let useExternalStickers = bit(37)
  /// May send messages in threads.
  public static let sendMessagesInThreads = bit(38)
  /// May use activities.
  public static let useEmbeddedActivities = bit(39)
  /// May time out members.
  public static let moderateMembers = bit(40)
  /// May see what role subscriptions bring in.
  public static let viewCreatorMonetizationAnalytics = bit(41)
  /// May use the soundboard.
  public static let useSoundboard = bit(42)
  /// May create emoji, stickers and sounds.
  public static let createGuildExpressions = bit(43)
  /// May create scheduled events.
  public static let createEvents = bit(44)
  /// May use sounds of other guilds.
  public static let useExternalSounds = bit(45)
  /// May send voice messages.
  public static let sendVoiceMessages = bit(46)
  /// May set the status of a voice channel.
  public static let setVoiceChannelStatus = bit(48)
  /// May send polls.
  public static let sendPolls = bit(49)
  /// Applications that a user installed may answer in public.
  public static let useExternalApps = bit(50)
  /// May pin messages.
  public static let pinMessages = bit(51)
  /// May send in spite of a slow mode.
  public static let bypassSlowmode = bit(52)

  /// Every permission that the documentation names.
  public static let all = known.reduce(into: Permissions()) { $0.formUnion($1.permission) }
}

extension Permissions: CustomStringConvertible {
  /// The documentation's names of the set's permissions, lowest bit first; unnamed bits as
  /// `1 << n`.
  public var names: [String] {
    var names = Self.known.filter { contains($0.permission) }.map { ($0.permission, $0.name) }
    for index in UInt64(0)..<64 {
      let bit = Self.bit(index)
      if contains(bit), !Self.all.contains(bit) { names.append((bit, "1 << \(index)")) }
    }
    return names.sorted { $0.0.rawValue < $1.0.rawValue }.map(\.1)
  }

  /// The names with commas between them, `none` for the empty set.
  public var description: String { isEmpty ? "none" : names.joined(separator: ", ") }

  private static let known: [(permission: Permissions, name: String)] = [
    (.createInstantInvite, "CREATE_INSTANT_INVITE"), (.kickMembers, "KICK_MEMBERS"),
    (.banMembers, "BAN_MEMBERS"), (.administrator, "ADMINISTRATOR"),
    (.manageChannels, "MANAGE_CHANNELS"), (.manageGuild, "MANAGE_GUILD"),
    (.addReactions, "ADD_REACTIONS"), (.viewAuditLog, "VIEW_AUDIT_LOG"),
    (.prioritySpeaker, "PRIORITY_SPEAKER"), (.stream, "STREAM"),
    (.viewChannel, "VIEW_CHANNEL"), (.sendMessages, "SEND_MESSAGES"),
    (.sendTTSMessages, "SEND_TTS_MESSAGES"), (.manageMessages, "MANAGE_MESSAGES"),
    (.embedLinks, "EMBED_LINKS"), (.attachFiles, "ATTACH_FILES"),
    (.readMessageHistory, "READ_MESSAGE_HISTORY"), (.mentionEveryone, "MENTION_EVERYONE"),
    (.useExternalEmojis, "USE_EXTERNAL_EMOJIS"), (.viewGuildInsights, "VIEW_GUILD_INSIGHTS"),
    (.connect, "CONNECT"), (.speak, "SPEAK"), (.muteMembers, "MUTE_MEMBERS"),
    (.deafenMembers, "DEAFEN_MEMBERS"), (.moveMembers, "MOVE_MEMBERS"),
    (.useVoiceActivity, "USE_VAD"), (.changeNickname, "CHANGE_NICKNAME"),
    (.manageNicknames, "MANAGE_NICKNAMES"), (.manageRoles, "MANAGE_ROLES"),
    (.manageWebhooks, "MANAGE_WEBHOOKS"),
    (.manageGuildExpressions, "MANAGE_GUILD_EXPRESSIONS"),
    (.useApplicationCommands, "USE_APPLICATION_COMMANDS"),
    (.requestToSpeak, "REQUEST_TO_SPEAK"), (.manageEvents, "MANAGE_EVENTS"),
    (.manageThreads, "MANAGE_THREADS"), (.createPublicThreads, "CREATE_PUBLIC_THREADS"),
    (.createPrivateThreads, "CREATE_PRIVATE_THREADS"),
    (.useExternalStickers, "USE_EXTERNAL_STICKERS"),
    (.sendMessagesInThreads, "SEND_MESSAGES_IN_THREADS"),
    (.useEmbeddedActivities, "USE_EMBEDDED_ACTIVITIES"),
    (.moderateMembers, "MODERATE_MEMBERS"),
    (.viewCreatorMonetizationAnalytics, "VIEW_CREATOR_MONETIZATION_ANALYTICS"),
    (.useSoundboard, "USE_SOUNDBOARD"), (.createGuildExpressions, "CREATE_GUILD_EXPRESSIONS"),
    (.createEvents, "CREATE_EVENTS"), (.useExternalSounds, "USE_EXTERNAL_SOUNDS"),
    (.sendVoiceMessages, "SEND_VOICE_MESSAGES"),
    (.setVoiceChannelStatus, "SET_VOICE_CHANNEL_STATUS"), (.sendPolls, "SEND_POLLS"),
    (.useExternalApps, "USE_EXTERNAL_APPS"), (.pinMessages, "PIN_MESSAGES"),
    (.bypassSlowmode, "BYPASS_SLOWMODE"),
  ]
}
