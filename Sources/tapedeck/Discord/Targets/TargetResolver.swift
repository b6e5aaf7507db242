internal import DiscordREST
internal import JSONValues

/// Finds the guild, channel or message that an argument means.
struct TargetResolver: Sendable {
  struct Channel: Sendable {
    var id: String
    /// As Discord sent it.
    var json: JSONValue
    var guild: String? { json["guild_id"]?.string }
    var name: String { json["name"]?.string ?? "a direct message" }
    var type: Int64? { json["type"]?.integer }
    /// For texts: `#general`.
    var shown: String { json["name"]?.string.map { "#\($0)" } ?? "the direct message \(id)" }
  }

  struct Message: Sendable {
    var channel: String
    var id: String
  }

  let client: DiscordClient

  /// The guilds that the bot is in, as Discord sent them.
  func guilds(limit: Int? = nil) async throws -> [JSONValue] {
    try await client.guilds(limit: limit).map(\.json)
  }

  /// The guild that a text means; without one the bot's only guild.
  ///
  /// - Throws: 64 for an ambiguous name, or none where the bot is in several; 66 for an unknown one.
  func guild(_ text: String?) async throws -> Candidate {
    let target = try text.map { text throws(CommandFailure) in try DiscordTarget(text) }
    switch target {
    case .id(let id): return try await guild(id: id)
    case .address(let guild?, _, _): return try await self.guild(id: guild)
    case .address:
      throw CommandFailure(.usage, "the address is that of a direct message, not of a guild")
    case .name, nil: break
    }
    let all = Self.candidates(try await guilds())
    guard case .name(let name) = target else {
      if all.count == 1 { return all[0] }
      guard !all.isEmpty else { throw Self.inNoGuild(client) }
      throw CommandFailure(
        .usage, "the bot is in several guilds: \(NameLookup.list(all))", hint: "say which: --guild")
    }
    switch NameLookup(name, among: all) {
    case .found(let guild): return guild
    case .ambiguous(let guilds):
      throw FirstHourFailure.guildAmbiguous.failure([
        "name": name, "candidates": NameLookup.list(guilds),
      ])
    case .unknown:
      if DiscordTarget.isID(name) { return try await guild(id: name) }
      guard !all.isEmpty else { throw Self.inNoGuild(client) }
      throw FirstHourFailure.guildUnknown.failure([
        "name": name, "guilds": NameLookup.list(all),
      ])
    }
  }

  private func guild(id: String) async throws -> Candidate {
    let guild = try await client.request(.get, "/guilds/\(id)")
    return Candidate(id: id, name: guild["name"]?.string ?? id)
  }

  static func candidates(_ objects: [JSONValue], detail: (JSONValue) -> String = { _ in "" })
    -> [Candidate]
  {
    objects.compactMap { object in
      guard let id = object["id"]?.string else { return nil }
      return Candidate(id: id, name: object["name"]?.string ?? id, detail: detail(object))
    }
  }

  static func inNoGuild(_ client: DiscordClient) -> CommandFailure {
    let id = TokenForm.applicationID(of: client.credential.botToken) ?? "APPLICATION"
    let url = Invitation.url(application: id, site: client.configuration.webBase)
    return FirstHourFailure.inNoGuild.failure(["invite": url])
  }
}
