internal import DiscordREST

/// What changes in a bot.
struct BotState {
  var router: CommandRouter
  var failures: FailureLog
  var failureHandlers: [@Sendable (BotFailure, CommandContext?) async -> Void] = []
  /// How many commands run.
  var running = 0
  /// Whether the missing intent was spoken of.
  var hasWarnedOfContent = false
  /// Known when connected; slash commands are registered for it.
  var application: ID<Application>?
  /// The run begun by ``Bot/start()``.
  var run: Task<Void, any Error>?
  var isRunning = false
  /// Stays in voice channels, one a server.
  var stays: [ID<Guild>: any VoiceHandle] = [:]
}
