// Our bot among the peers: answers `!echo TEXT` and `/echo TEXT`, other bots too (discord.py is one),
// until it is interrupted. The address of the simulator comes by DISCORD_API_BASE.
internal import Bot
internal import DiscordGateway
internal import DiscordREST
internal import Foundation
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

@main enum PeerBot {
  static func main() async throws {
    let environment = ProcessInfo.processInfo.environment
    var configuration = DiscordClient.Configuration()
    if let base = environment["DISCORD_API_BASE"] { configuration.baseURL = base }
    let client = DiscordClient(
      credential: try .load(environment: environment), configuration: configuration)
    var behaviour = BotConfiguration()
    behaviour.answersBots = true
    let bot = Bot(client: client, intents: .prefixCommands, configuration: behaviour)
    let text = CommandOption.string("text", "What to say", required: true)
    try bot.command("echo", description: "Says it again", options: [text]) { context in
      try await context.reply(context.string("text") ?? "")
    }
    bot.onFailure { failure, _ in print("failed:", failure) }
    let group = ServiceGroup(
      services: [bot], gracefulShutdownSignals: [.sigint, .sigterm],
      logger: Logger(label: "PeerBot"))
    try await group.run()
  }
}
