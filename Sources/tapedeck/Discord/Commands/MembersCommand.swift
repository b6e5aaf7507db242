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
    guard let id = ID<Guild>(guild.id) else { return }
    let members: [JSONValue]
    do {
      members =
        if let name {
          try await session.client.searchMembers(name, in: id, limit: limit).map(\.json)
        } else { try await session.client.members(of: id, limit: limit).map(\.json) }
    } catch let error as DiscordError where error.kind == .forbidden && name == nil {
      var failure = FirstHourFailure.membersIntentOff.failure()
      (failure.http, failure.code) = (error.status, error.discordCode)
      throw failure
    }
    session.output.list(members, none: "nobody is called so") { MemberText.table(members) }
  }
}
