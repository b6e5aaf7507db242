internal import ArgumentParser
internal import DiscordREST
internal import JSONValues

/// `tapedeck discord send`.
struct DiscordSendCommand: DiscordSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "send",
    abstract: "Send a message to a channel or thread.",
    discussion: """
      A text over 2,000 characters becomes several messages. Nobody is notified by what the text \
      says, unless --mention allows it. With --json: an array of the messages.
      """)

  @OptionGroup var content: ContentOptions

  @Option(
    help: ArgumentHelp("The channel or thread: id, name or URL.", valueName: "channel"))
  var channel: String?

  @Option(
    help: ArgumentHelp("A thread of the channel: id, name or URL.", valueName: "thread"))
  var thread: String?

  @Option(
    help: ArgumentHelp("Answer this message: id or URL.", valueName: "message"))
  var reply: String?

  @OptionGroup var place: GuildOption
  @OptionGroup var discord: DiscordOptions

  func validate() throws {
    guard channel != nil || thread != nil || reply?.contains("/") == true else {
      throw ValidationError("say where: --channel, --thread, or --reply with a message's URL")
    }
  }

  func perform(_ session: DiscordSession) async throws {
    let text = try content.content()
    let files = try content.uploads()
    let target = try await target(session)
    let answered = try reply.map { try session.resolver.message($0, channel: target) }
    guard let id = ID<Channel>(answered?.channel ?? target?.id ?? "") else {
      throw CommandFailure(.usage, "say where: --channel")
    }
    let sent = try await session.client.sendAll(
      text, to: id, files: files, reply: answered.flatMap { ID<Message>($0.id) },
      allowedMentions: try content.allowedMentions())
    session.output.sent(sent)
  }

  private func target(_ session: DiscordSession) async throws -> TargetResolver.Channel? {
    if let thread {
      let parent = try await channel.asyncMap {
        try await session.resolver.channel($0, guild: place.guild)
      }
      return try await session.resolver.channel(
        thread, guild: parent?.guild ?? place.guild,
        where: { ChannelKind.threads.contains($0 ?? 0) })
    }
    return try await channel.asyncMap {
      try await session.resolver.channel($0, guild: place.guild)
    }
  }
}

extension Optional where Wrapped: Sendable {
  fileprivate func asyncMap<T>(_ body: (Wrapped) async throws -> T) async rethrows -> T? {
    guard let self else { return nil }
    return try await body(self)
  }
}

extension DiscordOutput {
  /// The messages that were sent: their addresses for people.
  func sent(_ messages: [Message]) {
    result(
      .array(messages.map(\.json)), messages.map { "sent \(Terminal.escaped($0.url, limit: 200))" })
  }
}
