internal import ArgumentParser
internal import DiscordREST
internal import JSONValues

/// `tapedeck discord thread …`.
struct DiscordThreadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "thread", abstract: "List and start threads.",
    subcommands: [DiscordThreadListCommand.self, DiscordThreadCreateCommand.self])
}

/// `tapedeck discord thread list`.
struct DiscordThreadListCommand: DiscordSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the active threads of a guild or channel.")

  @Option(help: ArgumentHelp("Only of this channel: id, name or URL.", valueName: "channel"))
  var channel: String?

  @OptionGroup var place: GuildOption
  @OptionGroup var discord: DiscordOptions

  func perform(_ session: DiscordSession) async throws {
    let scope = try await SearchScopeOption.resolve(session, channel, place.guild)
    var threads = try await session.resolver.threads(of: scope.guild.description)
    if let channel = scope.channel {
      threads = threads.filter { $0["parent_id"]?.string == channel.id }
    }
    let shown = threads
    session.output.list(shown, none: "no thread is active") {
      ColumnTable(
        [
          .init(title: "ID"), .init(title: "KIND"), .init(title: "NAME", isFlexible: true),
          .init(title: "MESSAGES", isNumber: true), .init(title: "IN"),
        ],
        rows: shown.map { thread in
          [
            thread["id"]?.string ?? "", thread["type"]?.integer == 12 ? "private" : "public",
            thread["name"]?.string ?? "", thread["message_count"]?.integer.map { "\($0)" } ?? "",
            thread["parent_id"]?.string ?? "",
          ]
        })
    }
  }
}

/// `tapedeck discord thread create`.
struct DiscordThreadCreateCommand: DiscordSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Start a thread, by itself, from a message, or in a forum.")

  @Argument(help: ArgumentHelp("The thread's name, 1 to 100 characters.", valueName: "name"))
  var name: String

  @Option(help: ArgumentHelp("The channel: id, name or URL.", valueName: "channel"))
  var channel: String?

  @Option(
    help: ArgumentHelp(
      "Start it from this message: URL, or id with --channel.",
      valueName: "message"))
  var message: String?

  @Option(help: ArgumentHelp("Its first message, which a forum needs.", valueName: "text"))
  var text: String?

  @Flag(name: .customLong("private"), help: "Only the invited see it.")
  var isPrivate = false

  @Option(
    name: .customLong("archive-after"),
    help: ArgumentHelp(
      "Hide it after so many quiet minutes: 60, 1440, 4320 or 10080.", valueName: "minutes"))
  var archiveAfter: Int?

  @OptionGroup var place: GuildOption
  @OptionGroup var discord: DiscordOptions

  func validate() throws {
    guard channel != nil || message != nil else { throw ValidationError("--channel is missing") }
    guard (1...100).contains(name.unicodeScalars.count), !name.trimmed.isEmpty else {
      throw ValidationError("a thread's name has 1 to 100 characters")
    }
    if let archiveAfter, ![60, 1440, 4320, 10_080].contains(archiveAfter) {
      throw ValidationError("--archive-after is 60, 1440, 4320 or 10080")
    }
    guard message == nil || !isPrivate else {
      throw ValidationError("a thread from a message cannot be private")
    }
    guard text == nil || (message == nil && !isPrivate && archiveAfter == nil) else {
      throw ValidationError("--text is for forums, without --message, --private, --archive-after")
    }
  }

  func perform(_ session: DiscordSession) async throws {
    var parent: TargetResolver.Channel?
    if let channel {
      parent = try await session.resolver.channel(channel, guild: place.guild)
    }
    let start = try message.map { try session.resolver.message($0, channel: parent) }
    guard let channel = ID<Channel>(start?.channel ?? parent?.id ?? "") else { return }
    let thread: Channel
    if start == nil, let parent, ChannelKind.forums.contains(parent.type ?? 0) {
      guard let text else {
        throw CommandFailure(
          .usage, "\(Terminal.escaped(parent.shown)) is a forum: a thread there begins with a text",
          hint: "say it: --text")
      }
      thread = try await session.client.createPost(name, in: channel, content: text)
    } else if text != nil {
      throw CommandFailure(
        .usage, "--text is for forums", hint: "send it afterwards: send --thread")
    } else if let start, let message = ID<Message>(start.id) {
      thread = try await session.client.createThread(
        name, from: message, in: channel, archiveAfterMinutes: archiveAfter)
    } else {
      thread = try await session.client.createThread(
        name, in: channel, type: isPrivate ? .privateThread : .publicThread,
        archiveAfterMinutes: archiveAfter)
    }
    session.output.result(
      thread.json, ["thread \(thread.id): \(Terminal.escaped(thread.url, limit: 200))"])
  }
}
