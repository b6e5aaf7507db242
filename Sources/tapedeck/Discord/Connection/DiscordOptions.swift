internal import ArgumentParser
internal import Logging

/// What every command that talks to Discord takes.
struct DiscordOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Read the bot's token from a file that nobody else can read.", valueName: "file"))
  var tokenFile: String?

  @Option(
    name: .customLong("api-base"),
    help: ArgumentHelp(
      "Another address of the API, with its version, such as a simulator's.", valueName: "url"))
  var apiBase = APIBase.discord

  @Option(
    name: .customLong("ca-file"),
    help: ArgumentHelp(
      "Trust the certificates in this PEM file instead of the system's ($SSL_CERT_FILE).",
      valueName: "file"))
  var caFile: String?

  @Option(
    help: ArgumentHelp(
      "Give up on a call after so long, with all its waits: 120s.", valueName: "time"))
  var timeout: TimeLength?

  @Option(
    name: .customLong("log-level"),
    help: ArgumentHelp(
      "Log to standard error: trace, debug, info, notice, warning, error.", valueName: "level"))
  var logLevel: LogLevel?

  @Flag(help: "Print one JSON value; errors too, on standard error.")
  var json = false
}

/// The levels of swift-log by name.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
  case trace, debug, info, notice, warning, error

  var level: Logger.Level {
    switch self {
    case .trace: .trace
    case .debug: .debug
    case .info: .info
    case .notice: .notice
    case .warning: .warning
    case .error: .error
    }
  }
}
