package import JSONValues

extension World: GatewayWorld {
  package func gatewayAccount(token: String) -> GatewayAccount? {
    guard let application = applications.values.first(where: { $0.token == token }) else {
      return nil
    }
    return GatewayAccount(
      user: json(ownUser: application.id), userID: application.id, applicationID: application.id,
      applicationFlags: UInt64(bitPattern: application.flags.rawValue),
      guilds: guilds.values.filter { $0.members[application.id] != nil }.map(\.id).sorted())
  }

  package func isMember(user: UInt64, of guild: UInt64) -> Bool {
    guilds[guild]?.members[user] != nil
  }

  package func isVisible(channel: UInt64, to user: UInt64) -> Bool {
    channels[channel].map { canView(user, $0) } ?? false
  }

  package func gatewayGuild(_ id: UInt64) -> JSONValue? {
    guilds[id].flatMap { $0.isUnavailable ? nil : json(createdGuild: $0) }
  }
}
