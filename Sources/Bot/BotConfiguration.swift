public import DiscordREST

/// How a ``Bot`` listens and answers.
public struct BotConfiguration: Sendable {
  /// Where slash commands are registered.
  public enum SlashCommands: Hashable, Sendable {
    /// Everywhere; people may see a change only after they reload Discord.
    case everywhere
    /// In these servers only, at once. What is registered everywhere stays as it is.
    case guilds([ID<Guild>])
    /// Nowhere; what is registered already stays. ``Bot/removeSlashCommands(from:)`` removes it.
    case off
  }

  /// What prefix commands begin with; nil or empty: only a mention of the bot calls them.
  ///
  /// Discord withholds the text of messages from a bot without the privileged intent
  /// MESSAGE_CONTENT, except of direct messages and of messages that mention the bot.
  public var prefix: String?
  /// Where slash commands are registered.
  public var slashCommands: SlashCommands
  /// Whether messages of other bots and of webhooks can call commands. The bot's own never do.
  public var answersBots: Bool
  /// How long a slash command may take before Discord is told to wait. Discord gives up after 3
  /// seconds, the way to it included.
  public var deferAfter: Duration
  /// How long registration waits for further commands to be added or removed.
  public var registrationDelay: Duration
  /// How many commands may run at once; more are refused with ``BotError/Code/busy``.
  public var maximumConcurrentCommands: Int
  /// How many failures are kept; the oldest go first.
  public var maximumFailures: Int
  /// How long running commands may go on when the bot stops.
  public var stopGrace: Duration

  /// The defaults, with what is given in their place.
  public init(
    prefix: String? = "!", slashCommands: SlashCommands = .everywhere, answersBots: Bool = false,
    deferAfter: Duration = .milliseconds(1500), registrationDelay: Duration = .seconds(2),
    maximumConcurrentCommands: Int = 64, maximumFailures: Int = 100,
    stopGrace: Duration = .seconds(5)
  ) {
    self.prefix = prefix
    self.slashCommands = slashCommands
    self.answersBots = answersBots
    self.deferAfter = deferAfter
    self.registrationDelay = registrationDelay
    self.maximumConcurrentCommands = maximumConcurrentCommands
    self.maximumFailures = maximumFailures
    self.stopGrace = stopGrace
  }
}
