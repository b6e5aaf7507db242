internal import ArgumentParser
internal import DiscordREST
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
    let range = try range()
    let channel = try await place.resolve(session)
    guard let id = ID<Channel>(channel.id) else { return }
    let messages = try await session.client.messages(in: id, range, limit: limit).map(\.json)
    session.output.list(messages, none: "there are no such messages in \(channel.shown)") {
      MessageText.table(messages)
    }
    if MessageText.lackContent(messages) {
      let (sentence, remedy) = FirstHourFailure.messageContentIntentOff.filled([:])
      session.output.note("\(sentence); \(remedy)")
    }
  }

  private func range() throws -> MessageRange {
    func bound(_ text: String) throws -> ID<Message> {
      ID(Snowflake(try MessageBound.id(text)) ?? 0)
    }
    if let before { return .before(try bound(before)) }
    if let after { return .after(try bound(after)) }
    if let around { return .around(try bound(around)) }
    return .newest
  }
}
