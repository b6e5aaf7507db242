import JSONValues

extension DiscordClient {
  /// The user that the client is.
  ///
  /// - Parameter identity: the bot, or the user of the user token.
  /// - Throws: `DiscordError` with kind `unauthorized` for a token that is not valid;
  ///   `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/user#get-current-user
  public func me(as identity: Identity = .bot) async throws -> User {
    try object(try await request(.get, "/users/@me", as: identity))
  }

  /// Any user.
  ///
  /// - Throws: `DiscordError` with kind `notFound`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/user#get-user
  public func user(_ user: some DiscordReference<User>) async throws -> User {
    try object(try await request(.get, "/users/\(user.id)"))
  }

  /// The application that the bot belongs to.
  ///
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/application#get-current-application
  public func currentApplication() async throws -> Application {
    try object(try await request(.get, "/applications/@me"))
  }

  /// The address of the gateway.
  ///
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/events/gateway#get-gateway
  public func gateway() async throws -> GatewayInfo {
    try object(try await request(.get, "/gateway"))
  }

  /// The address of the gateway, the number of connections that Discord suggests, and how often
  /// the bot may begin a new session.
  ///
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/events/gateway#get-gateway-bot
  public func gatewayBot() async throws -> GatewayInfo {
    try object(try await request(.get, "/gateway/bot"))
  }

  /// The channel for direct messages to a user: made if there is none yet.
  ///
  /// - Throws: `DiscordError`; sending there then fails with Discord's code 50007 when the user
  ///   takes no messages from the bot. `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/user#create-dm
  public func createDM(with user: some DiscordReference<User>) async throws -> Channel {
    try object(
      try await request(.post, "/users/@me/channels", json: ["recipient_id": user.id.json]))
  }

  /// The open direct messages of the user whose user token the client has; a bot has no such
  /// list.
  ///
  /// **Discord's terms forbid to automate a user account.** See ``Identity/user``.
  /// - Throws: `DiscordError`; `CancellationError`.
  public func directMessages() async throws -> [Channel] {
    try objects(try await request(.get, "/users/@me/channels", as: .user))
  }
}

extension User {
  /// The channel for direct messages to this user: see ``DiscordClient/createDM(with:)``.
  public func createDM() async throws -> Channel { try await client.createDM(with: self) }
}

extension Member {
  /// The channel for direct messages to this member: see ``DiscordClient/createDM(with:)``.
  public func createDM() async throws -> Channel { try await client.createDM(with: self) }
}
