internal import DiscordREST

extension Bot {
  /// What the caller of a prefix command lacks, in Discord's words; nil if nothing.
  ///
  /// Computed from the roles and overwrites of this moment, fetched for each call: a cache could
  /// let somebody act after the role was taken away. Slash commands are checked by Discord.
  func lackingPermissions(of context: CommandContext) async throws -> String? {
    guard let needed = context.command.permissions, case .message(let message) = context.source,
      let guild = context.guild
    else { return nil }
    let there = try Guild(json: try await client.request(.get, "/guilds/\(guild)"), client: client)
    var place = try await fetch(context.channel)
    let type = place.type
    if place.isThread, let parent = place.parentID { place = try await fetch(parent) }
    // A webhook has no roles: it may nothing that has to be allowed.
    guard let member = message.member else { return needed.description }
    let has = there.permissions(of: member, in: place, as: type) ?? []
    let lacking = needed.subtracting(has)
    return lacking.isEmpty ? nil : lacking.description
  }

  private func fetch(_ channel: ID<Channel>) async throws -> Channel {
    try Channel(json: try await client.request(.get, "/channels/\(channel)"), client: client)
  }
}
