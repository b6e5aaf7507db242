import Bot
import DiscordGateway
import DiscordREST

// Never called: that it compiles is the test.
func use(_ client: DiscordClient) async throws {
  let bot = Bot(client: client, intents: .prefixCommands)
  try bot.command(
    "roll", description: "Rolls dice", options: [.integer("sides", "How many", range: 2...100)],
    permissions: [.sendMessages], ephemeral: true
  ) { context in
    let sides = context.integer("sides") ?? 6
    try await context.reply("\(Int64.random(in: 1...sides))")
  }
  bot.onFailure { failure, _ in print(failure) }
  try await bot.start()
  print(bot.commands.map(\.name), bot.failures)
  try await bot.stop()
}

print(BotConfiguration().prefix ?? "")
