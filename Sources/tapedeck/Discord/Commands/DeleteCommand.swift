internal import ArgumentParser
internal import DiscordREST
internal import JSONValues

/// `tapedeck discord delete`.
struct DiscordDeleteCommand: DiscordSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete messages: named ones, or all that a search finds.",
    discussion: """
      Shows what would be deleted; --yes deletes it, for good. Messages of others need the \
      permission Manage Messages. With --json: {"dry_run", "deleted", "gone", "messages"}.
      """)

  @Argument(help: ArgumentHelp("Messages: URLs, or ids with --channel.", valueName: "message"))
  var messages: [String] = []

  @Option(help: ArgumentHelp("The channel: id, name or URL.", valueName: "channel"))
  var channel: String?

  @OptionGroup var place: GuildOption

  @Option(
    help: ArgumentHelp(
      "Instead of named messages: all in the channel with this text.",
      valueName: "text"))
  var content: String?

  @OptionGroup var filters: SearchFilters

  @Option(help: "At most so many of a search.")
  var limit = 500

  @Flag(help: "Do delete.")
  var yes = false

  @OptionGroup var discord: DiscordOptions

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit must be positive") }
    guard messages.isEmpty != (content == nil) else {
      throw ValidationError("name messages, or search for them by --content")
    }
    if let content {
      guard channel != nil else { throw ValidationError("--content needs --channel") }
      guard !content.trimmed.isEmpty else { throw ValidationError("--content is empty") }
    }
    guard messages.isEmpty || filters.isEmpty else {
      throw ValidationError("filters are for --content")
    }
  }

  func perform(_ session: DiscordSession) async throws {
    do {
      if content != nil { try await searched(session) } else { try await named(session) }
    } catch let error as DiscordError where error.kind == .forbidden && error.discordCode == 50013 {
      var failure = FirstHourFailure.manageMessagesMissing.failure()
      (failure.http, failure.code) = (error.status, error.discordCode)
      throw failure
    }
  }

  private func named(_ session: DiscordSession) async throws {
    let channel = try await channel(session)
    let targets = try messages.map { try session.resolver.message($0, channel: channel) }
    var found: [JSONValue] = []
    var gone = 0
    for target in targets {
      do {
        found.append(
          try await session.client.request(
            .get, "/channels/\(target.channel)/messages/\(target.id)"))
      } catch let error as DiscordError where error.discordCode == 10008 {
        gone += 1
      }
    }
    guard yes else { return tell(session.output, found, deleted: 0, gone: gone) }
    var deleted = 0
    for message in found {
      guard let id = message["id"]?.string.flatMap({ ID<Message>($0) }),
        let channel = message["channel_id"]?.string.flatMap({ ID<Channel>($0) })
      else { continue }
      do {
        try await session.client.deleteMessage(id, in: channel)
        deleted += 1
      } catch let error as DiscordError where error.discordCode == 10008 {
        gone += 1
      }
    }
    tell(session.output, found, deleted: deleted, gone: gone)
  }

  private func searched(_ session: DiscordSession) async throws {
    let scope = try await SearchScopeOption.resolve(session, channel, place.guild)
    guard let found = scope.channel else { return }
    let query = try await filters.query(
      content, channel: found, guild: scope.guild.description, session.resolver)
    let channel = try Channel(json: found.json, client: session.client, guildID: scope.guild)
    let report = try await channel.searchAndDeleteAll(query, limit: limit, dryRun: !yes)
    tell(
      session.output, report.messages.map(\.json), deleted: report.deleted,
      gone: report.alreadyGone)
  }

  private func channel(_ session: DiscordSession) async throws -> TargetResolver.Channel? {
    guard let channel else { return nil }
    return try await session.resolver.channel(channel, guild: place.guild)
  }

  private func tell(_ output: DiscordOutput, _ messages: [JSONValue], deleted: Int, gone: Int) {
    var lines =
      messages.isEmpty ? [] : MessageText.table(messages).lines(width: output.width)
    let missing = gone > 0 ? "; \(gone) were gone already" : ""
    lines.append(
      yes
        ? "\(deleted) deleted\(missing)"
        : "\(messages.count) would be deleted\(missing); --yes deletes them")
    output.result(
      [
        "dry_run": .bool(!yes), "deleted": .integer(Int64(deleted)), "gone": .integer(Int64(gone)),
        "messages": .array(messages),
      ], lines)
  }
}
