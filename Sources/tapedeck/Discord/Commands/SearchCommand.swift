internal import ArgumentParser
internal import DiscordREST
internal import JSONValues

/// `tapedeck discord search`.
struct DiscordSearchCommand: DiscordSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Search the messages of a guild or channel.",
    discussion: """
      Without --all: one page of at most 25. Discord builds the index of a guild at its first \
      search, which is waited for. It finds texts of others only with the Message Content intent.
      """)

  @Argument(help: ArgumentHelp("Words that the message has.", valueName: "text"))
  var text: String?

  @Option(help: ArgumentHelp("Only in this channel: id, name or URL.", valueName: "channel"))
  var channel: String?

  @OptionGroup var place: GuildOption
  @OptionGroup var filters: SearchFilters

  @Flag(help: "All pages, up to --limit.")
  var all = false

  @Option(help: "At most so many: 25, with --all 500.")
  var limit: Int?

  @Option(help: "Leave out so many (not with --all).")
  var offset = 0

  @Option(
    name: .customLong("max-age"),
    help: ArgumentHelp("Only younger ones, with --all: such as 36h or 90m.", valueName: "time"))
  var maximumAge: TimeLength?

  @Option(help: ArgumentHelp("Wait so long between pages, with --all.", valueName: "time"))
  var delay: TimeLength?

  @OptionGroup var discord: DiscordOptions

  func validate() throws {
    if let limit {
      guard limit > 0 else { throw ValidationError("--limit must be positive") }
      guard all || limit <= 25 else { throw ValidationError("more than 25 need --all") }
    }
    guard offset >= 0, offset <= 9975, !all || offset == 0 else {
      throw ValidationError("--offset is 0 to 9975, and not for --all")
    }
    guard all || (maximumAge == nil && delay == nil) else {
      throw ValidationError("--max-age and --delay are for --all")
    }
    guard text != nil || !filters.isEmpty || channel != nil else {
      throw ValidationError("say what to search for: a text or a filter")
    }
  }

  func perform(_ session: DiscordSession) async throws {
    let scope = try await SearchScopeOption.resolve(session, channel, place.guild)
    var query = try await filters.query(
      text, channel: scope.channel, guild: scope.guild.description, session.resolver)
    let found: [Message]
    if all {
      let output = session.output
      let search = session.client.searchAll(
        query, in: scope.guild, limit: limit ?? 500, delay: delay?.duration ?? .zero,
        maximumAge: maximumAge?.duration,
        progress: { output.note("\($0.found) of \($0.total) messages") })
      found = try await search.array()
    } else {
      query.limit = limit ?? 25
      query.offset = offset
      found = try await session.client.search(query, in: scope.guild)
    }
    session.output.list(found.map(\.json), none: "nothing was found") {
      MessageText.table(found.map(\.json))
    }
  }
}

/// Where a search looks.
enum SearchScopeOption {
  static func resolve(
    _ session: DiscordSession, _ channel: String?, _ guild: String?
  ) async throws -> (guild: ID<Guild>, channel: TargetResolver.Channel?) {
    if let channel {
      let found = try await session.resolver.channel(channel, guild: guild)
      guard let id = found.guild.flatMap({ ID<Guild>($0) }) else {
        throw CommandFailure(.badInput, "a bot can search the channels of guilds only")
      }
      return (id, found)
    }
    let found = try await session.resolver.guild(guild)
    guard let id = ID<Guild>(found.id) else { throw TargetResolver.inNoGuild(session.client) }
    return (id, nil)
  }
}

extension TimeLength {
  var duration: Duration { .nanoseconds(nanoseconds) }
}
