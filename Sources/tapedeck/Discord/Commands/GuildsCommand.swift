internal import ArgumentParser
internal import JSONValues

/// `tapedeck discord guilds`.
struct DiscordGuildsCommand: DiscordSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "guilds", abstract: "List the guilds (servers) that the bot is in.")

  @Option(help: "At most so many.")
  var limit: Int?

  @OptionGroup var discord: DiscordOptions

  func validate() throws {
    guard limit ?? 1 > 0 else { throw ValidationError("--limit must be positive") }
  }

  func perform(_ session: DiscordSession) async throws {
    let guilds = try await session.resolver.guilds(limit: limit)
    session.output.list(guilds, none: TargetResolver.inNoGuild(session.client).message) {
      ColumnTable(
        [.init(title: "ID"), .init(title: "NAME", isFlexible: true), .init(title: "BOT IS")],
        rows: guilds.map { guild in
          let permissions = guild["permissions"]?.string.flatMap { UInt64($0) } ?? 0
          return [
            guild["id"]?.string ?? "", guild["name"]?.string ?? "",
            permissions & 8 != 0 ? "administrator" : "member",
          ]
        })
    }
  }
}
