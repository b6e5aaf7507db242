public import DiscordGateway
public import DiscordREST
public import Logging
public import ServiceLifecycle
internal import Synchronization

/// A Discord bot: commands over `DiscordREST` and `DiscordGateway`.
///
/// ```swift
/// let bot = Bot(client: client, intents: .prefixCommands)
/// try bot.command(
///   "echo", description: "Says it again", options: [.string("text", "What to say", required: true)]
/// ) { context in
///   try await context.reply(context.string("text") ?? "")
/// }
/// try await bot.run()
/// ```
///
/// Each command can be called in two ways: `!echo hello` in a message (or `@bot echo hello`), and as
/// the slash command `/echo`. **For messages in servers the bot needs the privileged intent
/// MESSAGE_CONTENT**, which has to be turned on in the developer portal (Bot, Privileged Gateway
/// Intents); mentions of the bot, direct messages and slash commands work without it.
public final class Bot: Sendable, Service {
  /// The client that answers go through.
  public let client: DiscordClient
  /// The gateway that events come from. The bot runs it.
  public let gateway: GatewayClient
  /// How the bot listens and answers.
  public let configuration: BotConfiguration

  let logger: Logger
  let clock: any Clock<Duration>
  let registrar: CommandRegistrar
  let state: Mutex<BotState>

  /// A bot over a gateway, which it runs: the gateway must not be run by anybody else.
  ///
  /// - Parameters:
  ///   - client: The client that answers go through.
  ///   - gateway: The gateway; its intents decide which messages the bot sees.
  ///   - configuration: How the bot listens and answers.
  ///   - logger: Hears of failures.
  ///   - clock: Measures when to defer.
  public init(
    client: DiscordClient, gateway: GatewayClient, configuration: BotConfiguration = .init(),
    logger: Logger = Logger(label: "tapedeck.discord.bot"),
    clock: any Clock<Duration> = ContinuousClock()
  ) {
    self.client = client
    self.gateway = gateway
    self.configuration = configuration
    self.logger = logger
    self.clock = clock
    registrar = CommandRegistrar(
      directory: RESTCommandDirectory(client: client), delay: configuration.registrationDelay,
      clock: clock)
    state = Mutex(
      BotState(
        router: CommandRouter(
          prefix: configuration.prefix, answersBots: configuration.answersBots),
        failures: FailureLog(limit: configuration.maximumFailures)))
  }

  /// A bot with a gateway of its own.
  ///
  /// - Parameters:
  ///   - client: The client that answers and events go through.
  ///   - intents: What Discord shall tell: ``DiscordGateway/Intents/prefixCommands``, or
  ///     ``DiscordGateway/Intents/mentionCommands`` without a privileged intent; none are needed for
  ///     slash commands.
  ///   - configuration: How the bot listens and answers.
  ///   - logger: Hears of failures.
  public convenience init(
    client: DiscordClient, intents: Intents, configuration: BotConfiguration = .init(),
    logger: Logger = Logger(label: "tapedeck.discord.bot")
  ) {
    self.init(
      client: client,
      gateway: GatewayClient(client: client, configuration: .init(intents: intents)),
      configuration: configuration, logger: logger)
  }

  /// The commands, by name.
  public var commands: [Command] {
    state.withLock { $0.router.commands.values.sorted { $0.name < $1.name } }
  }

  /// The last errors of commands and of their registration, oldest first; at most
  /// ``BotConfiguration/maximumFailures``.
  public var failures: [BotFailure] { state.withLock(\.failures.failures) }

  /// Adds a command, or replaces the one of the same name; also while the bot runs: slash commands
  /// are then registered again after ``BotConfiguration/registrationDelay``.
  ///
  /// - Throws: `BotError` with code `invalidCommand` for what Discord would refuse.
  public func add(_ command: Command) throws(BotError) {
    // The lock cannot pass on a typed error.
    let result = state.withLock { state -> Result<Void, BotError> in
      do throws(BotError) {
        try state.router.add(command)
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try result.get()
    registrar.commandsChanged()
  }

  /// Adds a command made of these parts; see ``Command``.
  ///
  /// - Parameters:
  ///   - name: 1 to 32 lower-case letters, digits, `-`, `_` or `'`.
  ///   - description: What it does, 1 to 100 characters.
  ///   - options: Typed arguments, required ones first.
  ///   - permissions: What a member needs to use it.
  ///   - ephemeral: Whether answers are for the caller's eyes only.
  ///   - handler: What it does.
  /// - Throws: `BotError` with code `invalidCommand` for what Discord would refuse.
  public func command(
    _ name: String, description: String, options: [CommandOption] = [],
    permissions: Permissions? = nil, ephemeral: Bool = false,
    _ handler: @escaping Command.Handler
  ) throws(BotError) {
    try add(
      Command(
        name, description: description, options: options, permissions: permissions,
        isEphemeral: ephemeral, handler: handler))
  }

  /// Removes a command, also while the bot runs.
  ///
  /// - Returns: False if there is no command of that name.
  @discardableResult
  public func removeCommand(_ name: String) -> Bool {
    let wasThere = state.withLock { $0.router.remove(name) }
    if wasThere { registrar.commandsChanged() }
    return wasThere
  }

  /// Calls a handler for each failure, besides keeping it; several can be added.
  ///
  /// The call is nil for a failure of registration.
  public func onFailure(
    _ handler: @escaping @Sendable (BotFailure, CommandContext?) async -> Void
  ) {
    state.withLock { $0.failureHandlers.append(handler) }
  }

  /// Removes all slash commands that are registered in a place, whoever registered them; entries
  /// of context menus stay.
  ///
  /// - Throws: `DiscordError`, `CancellationError`.
  public func removeSlashCommands(from place: BotConfiguration.SlashCommands) async throws {
    let application = try await client.currentApplication().id
    for path in place.paths(application: application) {
      try await registrar.register([], at: path)
    }
  }
}
