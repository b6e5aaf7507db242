import JSONValues

extension DiscordClient {
  /// The registered commands of an application: those for all guilds, or those of one.
  ///
  /// - Parameters:
  ///   - application: the bot's application or its id.
  ///   - guild: the guild; nil for the commands of all guilds.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source:
  /// https://docs.discord.com/developers/interactions/application-commands#get-global-application-commands
  public func commands(
    of application: some DiscordReference<Application>,
    in guild: (any DiscordReference<Guild>)? = nil
  ) async throws -> [ApplicationCommand] {
    try objects(try await request(.get, Self.commandsPath(application.id, guild?.id)))
  }

  /// Registers exactly these commands: others are removed, unchanged ones keep their ids.
  ///
  /// Those of one guild can be used at once; those for all guilds as soon as a client has noticed.
  /// - Parameters:
  ///   - commands: at most 100.
  ///   - application: the bot's application or its id.
  ///   - guild: the guild; nil for all guilds.
  /// - Throws: `DiscordError` with kind `forbidden` when the bot was added to the guild without
  ///   the scope `applications.commands`; `CancellationError`.
  /// Source:
  /// https://docs.discord.com/developers/interactions/application-commands#bulk-overwrite-global-application-commands
  @discardableResult
  public func overwriteCommands(
    _ commands: [ApplicationCommandDefinition],
    of application: some DiscordReference<Application>,
    in guild: (any DiscordReference<Guild>)? = nil
  ) async throws -> [ApplicationCommand] {
    try objects(
      try await request(
        .put, Self.commandsPath(application.id, guild?.id), json: .array(commands.map(\.json))))
  }

  private static func commandsPath(
    _ application: ID<Application>, _ guild: ID<Guild>?
  ) -> String {
    "/applications/\(application)" + (guild.map { "/guilds/\($0)" } ?? "") + "/commands"
  }
}
