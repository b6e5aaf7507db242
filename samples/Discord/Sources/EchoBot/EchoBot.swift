// Answers `!echo hello` and `/echo hello`, until it is interrupted.
//
//     DISCORD_BOT_TOKEN=… swift run EchoBot
//
// `!echo` needs the privileged intent MESSAGE_CONTENT (developer portal, Bot); /echo needs none.
import Bot
import DiscordREST
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

@main enum EchoBot {
  static func main() async throws {
    let environment = ProcessInfo.processInfo.environment
    var configuration = DiscordClient.Configuration()
    // The simulator, for instance.
    if let base = environment["DISCORD_API_BASE"] { configuration.baseURL = base }
    let client = DiscordClient(
      credential: try .load(environment: environment), configuration: configuration)

    let bot = Bot(client: client, intents: .prefixCommands)
    let text = CommandOption.string("text", "What to say", required: true)
    try bot.command("echo", description: "Says it again", options: [text]) { context in
      try await context.reply(context.string("text") ?? "")
    }
    bot.onFailure { failure, _ in print("failed:", failure) }

    let group = ServiceGroup(
      services: [bot], gracefulShutdownSignals: [.sigint, .sigterm],
      logger: Logger(label: "EchoBot"))
    try await group.run()
  }
}
