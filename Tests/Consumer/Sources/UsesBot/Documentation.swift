import Bot
import DiscordGateway
import DiscordREST
import Logging
import ServiceLifecycle
import UnixSignals

// What the documentation shows, compiled by somebody else; never called.

func makeBot(_ client: DiscordClient) throws -> Bot {
  let bot = Bot(client: client, intents: .prefixCommands)
  let text = CommandOption.string("text", "What to say", required: true)
  try bot.command("echo", description: "Says it again", options: [text]) { context in
    try await context.reply(context.string("text") ?? "")
  }
  return bot
}

func addPurge(to bot: Bot) throws {
  try bot.command(
    "purge", description: "Deletes the latest messages of somebody",
    options: [
      .user("who", "Whose messages", required: true),
      .integer("count", "How many of the last 100", range: 1...100),
    ],
    permissions: [.manageMessages], ephemeral: true
  ) { context in
    guard let who = context.user("who") else { return }
    let limit = Int(context.integer("count") ?? 10)
    let latest = try await context.client.messages(in: context.channel, limit: 100)
    let theirs = latest.filter { $0.author.id == who }.suffix(limit)
    guard theirs.count >= 2 else { throw CommandRefusal("They wrote next to nothing here.") }
    try await context.client.bulkDelete(Array(theirs), in: context.channel)
    try await context.reply("\(theirs.count) messages are gone.")
  }
}

func serve(_ bot: Bot) async throws {
  let group = ServiceGroup(
    services: [bot], gracefulShutdownSignals: [.sigint, .sigterm], logger: Logger(label: "bot"))
  try await group.run()
}
