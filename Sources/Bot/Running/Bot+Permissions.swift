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
    let there = try await client.guild(guild)
    var place = try await client.channel(context.channel)
    let type = place.type
    if place.isThread, let parent = place.parentID { place = try await client.channel(parent) }
    // A webhook has no roles: it may nothing that has to be allowed.
    guard let member = message.member else { return needed.description }
    let has = there.permissions(of: member, in: place, as: type) ?? []
    let lacking = needed.subtracting(has)
    return lacking.isEmpty ? nil : lacking.description
  }
}
