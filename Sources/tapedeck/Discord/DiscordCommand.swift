internal import ArgumentParser

/// `tapedeck discord …`: Discord from the command line.
struct DiscordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "discord",
    abstract: "Look around in Discord and post there, as the bot.",
    discussion: """
      The bot's token comes from $CREDENTIALS_DIRECTORY/discord-token, --token-file, \
      DISCORD_BOT_TOKEN, or the file that `tapedeck setup` writes, in this order. Guilds and \
      channels are given by id, by name, or by the address that Discord's Copy Link gives. \
      Exit codes: 64 wrong arguments or an ambiguous name, 65 Discord does not take the input, 66 \
      no such thing, 69 refused, 75 try again, 77 not permitted.
      """,
    subcommands: [
      DiscordGuildsCommand.self,
      DiscordChannelsCommand.self,
      DiscordMembersCommand.self,
      DiscordMessagesCommand.self,
      DiscordSearchCommand.self,
      DiscordTreeCommand.self,
      DiscordSendCommand.self,
      DiscordDirectMessageCommand.self,
      DiscordThreadCommand.self,
      DiscordWebhookCommand.self,
      DiscordEventsCommand.self,
      DiscordDeleteCommand.self,
    ])
}

/// A command that talks to Discord.
protocol DiscordSubcommand: AsyncParsableCommand {
  var discord: DiscordOptions { get }

  func perform(_ session: DiscordSession) async throws
}

extension DiscordSubcommand {
  mutating func run() async throws {
    let command = self
    try await DiscordSession.with(discord) { try await command.perform($0) }
  }
}
