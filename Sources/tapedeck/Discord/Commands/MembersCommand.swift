internal import ArgumentParser
internal import DiscordREST
internal import JSONValues

/// `tapedeck discord members`.
struct DiscordMembersCommand: DiscordSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "members",
    abstract: "List the members of a guild.",
    discussion: """
      Discord lists all members only to bots with the Server Members intent (developer portal, \
      page Bot). --name needs no intent: it finds those whose name begins so.
      """)

  @OptionGroup var place: GuildOption

  @Option(help: ArgumentHelp("Only those whose name or nickname begins so.", valueName: "text"))
  var name: String?

  @Option(help: "At most so many.")
  var limit = 1000

  @OptionGroup var discord: DiscordOptions

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit must be positive") }
    if let name, name.trimmed.isEmpty { throw ValidationError("--name is empty") }
  }

  func perform(_ session: DiscordSession) async throws {
    let guild = try await session.resolver.guild(place.guild)
    let members: [JSONValue]
    if let name {
      members =
        try await session.client.request(
          .get, "/guilds/\(guild.id)/members/search",
          query: ["query": name, "limit": "\(min(limit, 1000))"]
        ).array ?? []
    } else {
      members = try await all(session.client, guild: guild.id)
    }
    session.output.list(members, none: "nobody is called so") { MemberText.table(members) }
  }

  private func all(_ client: DiscordClient, guild: String) async throws -> [JSONValue] {
    var members: [JSONValue] = []
    do {
      while members.count < limit {
        let size = min(1000, limit - members.count)
        let page = try await client.request(
          .get, "/guilds/\(guild)/members",
          query: ["limit": "\(size)", "after": members.last?["user"]?["id"]?.string])
        let more = page.array ?? []
        members += more
        if more.count < size || more.isEmpty { break }
      }
      return members
    } catch let error as DiscordError where error.kind == .forbidden {
      var failure = FirstHourFailure.membersIntentOff.failure()
      (failure.http, failure.code) = (error.status, error.discordCode)
      throw failure
    }
  }
}
