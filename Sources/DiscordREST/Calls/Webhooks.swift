import JSONValues

extension DiscordClient {
  /// The webhooks of a channel. Needs `MANAGE_WEBHOOKS`.
  ///
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/webhook#get-channel-webhooks
  public func webhooks(in channel: some DiscordReference<Channel>) async throws -> [Webhook] {
    try objects(try await request(.get, "/channels/\(channel.id)/webhooks"))
  }

  /// The webhooks of a guild. Needs `MANAGE_WEBHOOKS`.
  ///
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/webhook#get-guild-webhooks
  public func webhooks(of guild: some DiscordReference<Guild>) async throws -> [Webhook] {
    try objects(try await request(.get, "/guilds/\(guild.id)/webhooks"))
  }

  /// A webhook. Needs `MANAGE_WEBHOOKS`, or the webhook's token.
  ///
  /// - Parameters:
  ///   - webhook: the webhook or its id.
  ///   - token: its token, which then stands for every permission.
  /// - Throws: `DiscordError` with kind `notFound`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/webhook#get-webhook
  public func webhook(
    _ webhook: some DiscordReference<Webhook>, token: String? = nil
  ) async throws -> Webhook {
    try object(try await request(.get, Self.path(webhook.id, token)))
  }

  /// Makes a webhook that posts to a channel. Needs `MANAGE_WEBHOOKS`.
  ///
  /// - Parameters:
  ///   - name: 1 to 80 characters, without `clyde` or `discord`.
  ///   - channel: the channel or its id.
  ///   - reason: why, for the audit log.
  /// - Throws: `DiscordError`, with Discord's code 30007 when the channel has 15 already;
  ///   `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/webhook#create-webhook
  public func createWebhook(
    _ name: String, in channel: some DiscordReference<Channel>, reason: String? = nil
  ) async throws -> Webhook {
    try object(
      try await request(
        .post, "/channels/\(channel.id)/webhooks", json: ["name": .string(name)], reason: reason))
  }

  /// Renames a webhook, or moves it to another channel of its guild. Needs `MANAGE_WEBHOOKS`.
  ///
  /// - Parameters:
  ///   - webhook: the webhook or its id.
  ///   - name: the new name; nil leaves it.
  ///   - channel: the new channel; nil leaves it.
  ///   - reason: why, for the audit log.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/webhook#modify-webhook
  @discardableResult
  public func edit(
    webhook: some DiscordReference<Webhook>, name: String? = nil,
    channel: (any DiscordReference<Channel>)? = nil, reason: String? = nil
  ) async throws -> Webhook {
    var fields: [String: JSONValue] = [:]
    if let name { fields["name"] = .string(name) }
    if let channel { fields["channel_id"] = channel.id.json }
    return try object(
      try await request(
        .patch, Self.path(webhook.id, nil), json: .object(fields), reason: reason))
  }

  /// Deletes a webhook for good. Needs `MANAGE_WEBHOOKS`, or the webhook's token.
  ///
  /// - Parameters:
  ///   - webhook: the webhook or its id.
  ///   - token: its token, which then stands for every permission.
  ///   - reason: why, for the audit log.
  /// - Throws: `DiscordError`; `CancellationError`.
  /// Source: https://docs.discord.com/developers/resources/webhook#delete-webhook
  public func delete(
    webhook: some DiscordReference<Webhook>, token: String? = nil, reason: String? = nil
  ) async throws {
    _ = try await request(.delete, Self.path(webhook.id, token), reason: reason)
  }

  /// The path of a webhook, or of an interaction's answers.
  static func path(_ webhook: ID<Webhook>, _ token: String?) -> String {
    "/webhooks/\(webhook)" + (token.map { "/" + APIPath.encoded($0) } ?? "")
  }
}

extension Channel {
  /// The channel's webhooks: see ``DiscordClient/webhooks(in:)``.
  public func webhooks() async throws -> [Webhook] { try await client.webhooks(in: self) }

  /// Makes a webhook: see ``DiscordClient/createWebhook(_:in:reason:)``.
  public func createWebhook(_ name: String, reason: String? = nil) async throws -> Webhook {
    try await client.createWebhook(name, in: self, reason: reason)
  }
}

extension Guild {
  /// The guild's webhooks: see ``DiscordClient/webhooks(of:)``.
  public func webhooks() async throws -> [Webhook] { try await client.webhooks(of: self) }
}

extension Webhook {
  /// Renames or moves the webhook: see ``DiscordClient/edit(webhook:name:channel:reason:)``.
  @discardableResult
  public func edit(
    name: String? = nil, channel: (any DiscordReference<Channel>)? = nil, reason: String? = nil
  ) async throws -> Webhook {
    try await client.edit(webhook: self, name: name, channel: channel, reason: reason)
  }

  /// Deletes the webhook for good: see ``DiscordClient/delete(webhook:token:reason:)``.
  public func delete(reason: String? = nil) async throws {
    try await client.delete(webhook: self, reason: reason)
  }
}
