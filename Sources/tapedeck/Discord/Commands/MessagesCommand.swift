internal import ArgumentParser
internal import JSONValues

/// `tapedeck discord messages`.
struct DiscordMessagesCommand: DiscordSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "messages",
    abstract: "List the messages of a channel, the oldest first.",
    discussion: """
      Texts of others come empty unless the bot has the Message Content intent (developer portal, \
      page Bot).
      """)

  @OptionGroup var place: ChannelOption

  @Option(help: "At most so many.")
  var limit = 50

  @Option(
    help: ArgumentHelp("Only older ones than this id, URL or date.", valueName: "message"))
  var before: String?

  @Option(
    help: ArgumentHelp("Only newer ones than this id, URL or date.", valueName: "message"))
  var after: String?

  @Option(
    help: ArgumentHelp("Those around this id, URL or date; at most 100.", valueName: "message"))
  var around: String?

  @OptionGroup var discord: DiscordOptions

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit must be positive") }
    guard [before, after, around].compactMap({ $0 }).count <= 1 else {
      throw ValidationError("--before, --after and --around exclude each other")
    }
    guard around == nil || limit <= 100 else {
      throw ValidationError("--around gives at most 100 messages")
    }
  }

  func perform(_ session: DiscordSession) async throws {
    let before = try before.map(MessageBound.id)
    let after = try after.map(MessageBound.id)
    let around = try around.map(MessageBound.id)
    let channel = try await place.resolve(session)
    let messages = try await MessagePages(client: session.client, channel: channel.id)
      .messages(limit: limit, before: before, after: after, around: around)
    session.output.list(messages, none: "there are no such messages in \(channel.shown)") {
      MessageText.table(messages)
    }
  }
}
