internal import DiscordREST
internal import FoundationEssentials
internal import JSONValues

/// What `doctor` asks Discord.
struct ServiceChecks {
  let session: DiscordSession

  /// The token, the intents, the guilds, the clock; only the token where that is refused.
  func findings() async throws -> [Finding] {
    let application: Application
    do {
      let json = try await session.client.request(.get, "/applications/@me")
      application = try Application(json: json, client: session.client)
    } catch {
      return [try Self.finding("token", error, session.base)]
    }
    let bot = application.bot?.username ?? application.name
    return [
      .ok(
        "token",
        "of the bot \(Terminal.escaped(bot)), application \(application.id), "
          + "from \(session.token.origin)"),
      Self.intents(application.flags), try await guilds(), try await clock(),
    ]
  }

  /// Which privileged intents are on; recording needs none.
  static func intents(_ flags: Application.Flags) -> Finding {
    let named: [(String, Application.Flags)] = [
      ("Presence", [.presence, .presenceLimited]),
      ("Server Members", [.guildMembers, .guildMembersLimited]),
      ("Message Content", [.messageContent, .messageContentLimited]),
    ]
    let on = named.filter { !flags.isDisjoint(with: $0.1) }.map(\.0)
    let list = on.isEmpty ? "none" : on.joined(separator: ", ")
    return .ok("intents", "privileged ones turned on: \(list); recording needs none")
  }

  private func guilds() async throws -> Finding {
    do {
      let guilds = TargetResolver.candidates(try await session.resolver.guilds())
      guard !guilds.isEmpty else {
        return Finding("guilds", TargetResolver.inNoGuild(session.client))
      }
      return .ok("guilds", NameLookup.list(guilds))
    } catch {
      return try Self.finding("guilds", error, session.base)
    }
  }

  private func clock() async throws -> Finding {
    let sent = Date().timeIntervalSince1970
    // Not through the client's limits: a wait would be taken for the way.
    let request = HTTPRequestDescription(method: .get, url: session.base.url + "/gateway")
    let answer = try? await session.client.transport.execute(
      request, maximumBodyBytes: 65_536, timeout: .seconds(10))
    try Task.checkCancellation()
    let received = Date().timeIntervalSince1970
    guard let date = answer?.header("Date"),
      let offset = ClockOffset(sent: sent, received: received, date: date)
    else {
      return Finding(
        check: "clock", state: .warn, message: "Discord's answer has no date to compare with")
    }
    return offset.finding
  }

  /// A failed call as a finding; what is no failure of a command is thrown on.
  static func finding(_ check: String, _ error: any Error, _ base: APIBase) throws -> Finding {
    let named = ConnectionFailure.named(error, base)
    guard let failure = CommandFailure(named) else { throw error }
    return Finding(check, failure)
  }
}
