/// What Discord shall tell over the gateway.
///
/// Recording needs ``guilds`` and ``guildVoiceStates`` only, and slash commands need no intent at
/// all. The three ``privileged`` intents must be switched on for the application in the developer
/// portal (Bot, "Privileged Gateway Intents"), or Discord closes the connection with code 4014.
/// Source: Discord documentation, "Gateway Intents".
public struct Intents: OptionSet, Hashable, Sendable {
  /// The bits, as sent with Identify.
  public let rawValue: Int

  /// Makes a set of the bits as Discord numbers them; bits without a name here are kept.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Guilds, roles, channels, threads and stage instances.
  public static let guilds = Intents(rawValue: 1 << 0)
  /// Members that join, change and leave. **Privileged.**
  public static let guildMembers = Intents(rawValue: 1 << 1)
  /// Bans and the audit log.
  public static let guildModeration = Intents(rawValue: 1 << 2)
  /// Emojis, stickers and sounds.
  public static let guildExpressions = Intents(rawValue: 1 << 3)
  /// Integrations.
  public static let guildIntegrations = Intents(rawValue: 1 << 4)
  /// Webhooks.
  public static let guildWebhooks = Intents(rawValue: 1 << 5)
  /// Invites.
  public static let guildInvites = Intents(rawValue: 1 << 6)
  /// Who is in which voice channel.
  public static let guildVoiceStates = Intents(rawValue: 1 << 7)
  /// Presences. **Privileged.**
  public static let guildPresences = Intents(rawValue: 1 << 8)
  /// Messages in guilds; their text comes only with ``messageContent``, but for messages to the bot.
  public static let guildMessages = Intents(rawValue: 1 << 9)
  /// Reactions in guilds.
  public static let guildMessageReactions = Intents(rawValue: 1 << 10)
  /// Typing in guilds.
  public static let guildMessageTyping = Intents(rawValue: 1 << 11)
  /// Messages to the bot itself; their text needs no privileged intent.
  public static let directMessages = Intents(rawValue: 1 << 12)
  /// Reactions in direct messages.
  public static let directMessageReactions = Intents(rawValue: 1 << 13)
  /// Typing in direct messages.
  public static let directMessageTyping = Intents(rawValue: 1 << 14)
  /// The text of messages that neither mention the bot nor are sent to it, which prefix commands
  /// need. **Privileged.**
  public static let messageContent = Intents(rawValue: 1 << 15)
  /// Scheduled events.
  public static let guildScheduledEvents = Intents(rawValue: 1 << 16)
  /// Rules of the automatic moderation.
  public static let autoModerationConfiguration = Intents(rawValue: 1 << 20)
  /// What the automatic moderation did.
  public static let autoModerationExecution = Intents(rawValue: 1 << 21)
  /// Votes in guilds.
  public static let guildMessagePolls = Intents(rawValue: 1 << 24)
  /// Votes in direct messages.
  public static let directMessagePolls = Intents(rawValue: 1 << 25)

  /// The intents that must be switched on in the developer portal.
  public static let privileged: Intents = [.guildMembers, .guildPresences, .messageContent]

  /// What a recorder needs; nothing of it is privileged.
  public static let recording: Intents = [.guilds, .guildVoiceStates]

  /// All intents known here that need no switch in the developer portal.
  public static let unprivileged = Intents(names.map(\.intent)).subtracting(.privileged)

  private static let names: [(intent: Intents, name: String)] = [
    (.guilds, "GUILDS"), (.guildMembers, "GUILD_MEMBERS"), (.guildModeration, "GUILD_MODERATION"),
    (.guildExpressions, "GUILD_EXPRESSIONS"), (.guildIntegrations, "GUILD_INTEGRATIONS"),
    (.guildWebhooks, "GUILD_WEBHOOKS"), (.guildInvites, "GUILD_INVITES"),
    (.guildVoiceStates, "GUILD_VOICE_STATES"), (.guildPresences, "GUILD_PRESENCES"),
    (.guildMessages, "GUILD_MESSAGES"), (.guildMessageReactions, "GUILD_MESSAGE_REACTIONS"),
    (.guildMessageTyping, "GUILD_MESSAGE_TYPING"), (.directMessages, "DIRECT_MESSAGES"),
    (.directMessageReactions, "DIRECT_MESSAGE_REACTIONS"),
    (.directMessageTyping, "DIRECT_MESSAGE_TYPING"), (.messageContent, "MESSAGE_CONTENT"),
    (.guildScheduledEvents, "GUILD_SCHEDULED_EVENTS"),
    (.autoModerationConfiguration, "AUTO_MODERATION_CONFIGURATION"),
    (.autoModerationExecution, "AUTO_MODERATION_EXECUTION"),
    (.guildMessagePolls, "GUILD_MESSAGE_POLLS"), (.directMessagePolls, "DIRECT_MESSAGE_POLLS"),
  ]

  /// The names of the intents in Discord's documentation, lowest bit first.
  public var names: [String] {
    Self.names.filter { contains($0.intent) }.map(\.name)
  }
}

extension Intents: CustomStringConvertible {
  /// The names, or `none`.
  public var description: String {
    isEmpty ? "none" : names.joined(separator: ", ")
  }
}
