internal import ArgumentParser
internal import DiscordREST
internal import JSONValues

/// `tapedeck discord dm`.
struct DiscordDirectMessageCommand: DiscordSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "dm",
    abstract: "Send a direct message to a user.",
    discussion: """
      The user must share a guild with the bot, and take direct messages from its members. With \
      --json: an array of the messages.
      """)

  @Option(
    name: .customLong("to"),
    help: ArgumentHelp("The user: id, mention, or name in the guild.", valueName: "user"))
  var user: String

  @OptionGroup var content: ContentOptions
  @OptionGroup var place: GuildOption
  @OptionGroup var discord: DiscordOptions

  func perform(_ session: DiscordSession) async throws {
    let text = try content.content()
    let files = try content.uploads()
    let user = try await session.resolver.user(user, guild: place.guild)
    let channel = try await session.client.createDM(with: user)
    let sent = try await session.client.sendAll(
      text, to: channel, files: files, allowedMentions: try content.allowedMentions())
    session.output.sent(sent)
  }
}
