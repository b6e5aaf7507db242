/// The bits of a session's `intents` and the events that each opens.
///
/// <https://discord.com/developers/docs/events/gateway#list-of-intents>
package enum GatewayIntent {
  package static let guilds: UInt64 = 1 << 0
  package static let guildMembers: UInt64 = 1 << 1
  package static let guildModeration: UInt64 = 1 << 2
  package static let guildExpressions: UInt64 = 1 << 3
  package static let guildIntegrations: UInt64 = 1 << 4
  package static let guildWebhooks: UInt64 = 1 << 5
  package static let guildInvites: UInt64 = 1 << 6
  package static let guildVoiceStates: UInt64 = 1 << 7
  package static let guildPresences: UInt64 = 1 << 8
  package static let guildMessages: UInt64 = 1 << 9
  package static let guildMessageReactions: UInt64 = 1 << 10
  package static let guildMessageTyping: UInt64 = 1 << 11
  package static let directMessages: UInt64 = 1 << 12
  package static let directMessageReactions: UInt64 = 1 << 13
  package static let directMessageTyping: UInt64 = 1 << 14
  package static let messageContent: UInt64 = 1 << 15
  package static let guildScheduledEvents: UInt64 = 1 << 16
  package static let autoModerationConfiguration: UInt64 = 1 << 20
  package static let autoModerationExecution: UInt64 = 1 << 21
  package static let guildMessagePolls: UInt64 = 1 << 24
  package static let directMessagePolls: UInt64 = 1 << 25

  /// Every bit that the documentation names; any other is close code 4013.
  package static let known: UInt64 = (1 << 17) - 1 | 3 << 20 | 3 << 24

  /// The privileged intents that an application's flags grant: a bit for approved and one for
  /// limited applications each.
  /// <https://discord.com/developers/docs/resources/application#application-object-application-flags>
  package static func privileged(applicationFlags flags: UInt64) -> UInt64 {
    var granted: UInt64 = 0
    if flags & (3 << 12) != 0 { granted |= guildPresences }
    if flags & (3 << 14) != 0 { granted |= guildMembers }
    if flags & (3 << 18) != 0 { granted |= messageContent }
    return granted
  }

  /// The three intents that an application must have been granted.
  package static let allPrivileged = guildPresences | guildMembers | messageContent

  /// The intents of which one must be asked for to receive the event; 0: it is always sent.
  ///
  /// `direct` says that the event has no guild.
  package static func required(for type: String, direct: Bool) -> UInt64 {
    switch type {
    case "GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE", "GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE",
      "GUILD_ROLE_DELETE", "CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE", "THREAD_CREATE",
      "THREAD_UPDATE", "THREAD_DELETE", "THREAD_LIST_SYNC", "THREAD_MEMBER_UPDATE",
      "THREAD_MEMBERS_UPDATE", "STAGE_INSTANCE_CREATE", "STAGE_INSTANCE_UPDATE",
      "STAGE_INSTANCE_DELETE", "VOICE_CHANNEL_STATUS_UPDATE", "VOICE_CHANNEL_START_TIME_UPDATE":
      guilds
    case "CHANNEL_PINS_UPDATE": direct ? directMessages : guilds
    case "GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE": guildMembers
    case "GUILD_AUDIT_LOG_ENTRY_CREATE", "GUILD_BAN_ADD", "GUILD_BAN_REMOVE": guildModeration
    case "GUILD_EMOJIS_UPDATE", "GUILD_STICKERS_UPDATE", "GUILD_SOUNDBOARD_SOUND_CREATE",
      "GUILD_SOUNDBOARD_SOUND_UPDATE", "GUILD_SOUNDBOARD_SOUND_DELETE",
      "GUILD_SOUNDBOARD_SOUNDS_UPDATE":
      guildExpressions
    case "GUILD_INTEGRATIONS_UPDATE", "INTEGRATION_CREATE", "INTEGRATION_UPDATE",
      "INTEGRATION_DELETE":
      guildIntegrations
    case "WEBHOOKS_UPDATE": guildWebhooks
    case "INVITE_CREATE", "INVITE_DELETE": guildInvites
    case "VOICE_STATE_UPDATE", "VOICE_CHANNEL_EFFECT_SEND": guildVoiceStates
    case "PRESENCE_UPDATE": guildPresences
    case "MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE":
      direct ? directMessages : guildMessages
    case "MESSAGE_DELETE_BULK": guildMessages
    case "MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE", "MESSAGE_REACTION_REMOVE_ALL",
      "MESSAGE_REACTION_REMOVE_EMOJI":
      direct ? directMessageReactions : guildMessageReactions
    case "TYPING_START": direct ? directMessageTyping : guildMessageTyping
    case "GUILD_SCHEDULED_EVENT_CREATE", "GUILD_SCHEDULED_EVENT_UPDATE",
      "GUILD_SCHEDULED_EVENT_DELETE", "GUILD_SCHEDULED_EVENT_USER_ADD",
      "GUILD_SCHEDULED_EVENT_USER_REMOVE":
      guildScheduledEvents
    case "AUTO_MODERATION_RULE_CREATE", "AUTO_MODERATION_RULE_UPDATE",
      "AUTO_MODERATION_RULE_DELETE":
      autoModerationConfiguration
    case "AUTO_MODERATION_ACTION_EXECUTION": autoModerationExecution
    case "MESSAGE_POLL_VOTE_ADD", "MESSAGE_POLL_VOTE_REMOVE":
      direct ? directMessagePolls : guildMessagePolls
    default: 0
    }
  }
}
