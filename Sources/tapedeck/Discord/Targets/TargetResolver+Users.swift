internal import DiscordREST
internal import JSONValues

extension TargetResolver {
  /// The user that a text means: an id, a mention, or the name of a member of the guild.
  ///
  /// - Throws: 64 for an ambiguous name, 66 for an unknown one.
  func user(_ text: String, guild guildText: String?) async throws -> ID<User> {
    let target = try DiscordTarget(text.hasPrefix("@") ? String(text.dropFirst()) : text)
    switch target {
    case .id(let id):
      if let id = ID<User>(id) { return id }
    case .name(let name):
      return try await user(named: name, guild: guild(guildText))
    case .address: break
    }
    throw CommandFailure(.usage, "\(Terminal.escaped(text, limit: 80)) is no user")
  }

  private func user(named name: String, guild: Candidate) async throws -> ID<User> {
    guard let guildID = ID<Guild>(guild.id) else { throw Self.inNoGuild(client) }
    let members = try await client.searchMembers(name, in: guildID, limit: 100)
    let same = members.filter { member in
      [member.user.username, member.nick ?? "", member.displayName].contains {
        $0.lowercased() == name.lowercased()
      }
    }
    // The username is unique; nicknames and the beginnings of names are not.
    let unique = same.filter { $0.user.username == name.lowercased() }
    let found = unique.count == 1 ? unique : same.isEmpty ? members : same
    if found.count == 1 { return found[0].id }
    if found.isEmpty, let id = ID<User>(name) { return id }
    guard !found.isEmpty else {
      throw CommandFailure(
        .noInput,
        "nobody in \(Terminal.escaped(guild.name)) is called \(Terminal.escaped(name))",
        hint: "give the user's id: in Discord's settings turn on Developer Mode, then right click "
          + "the user, Copy User ID")
    }
    let list = NameLookup.list(
      found.map {
        Candidate(id: $0.id.description, name: $0.displayName, detail: $0.user.username)
      })
    throw CommandFailure(
      .usage, "several members are called \(Terminal.escaped(name)): \(list)", hint: "give the id")
  }
}
