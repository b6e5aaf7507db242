internal import ArgumentParser
internal import DiscordREST
internal import JSONValues

/// `tapedeck discord webhook …`.
struct DiscordWebhookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "webhook", abstract: "List, make, use and delete webhooks.",
    discussion: """
      A webhook's token lets anybody post: it is never shown, unless `list --with-tokens` asks for \
      it. These commands need the permission Manage Webhooks.
      """,
    subcommands: [
      DiscordWebhookListCommand.self, DiscordWebhookCreateCommand.self,
      DiscordWebhookSendCommand.self, DiscordWebhookDeleteCommand.self,
    ])

  /// As Discord sent it, without what lets others post.
  static func withoutSecrets(_ webhook: JSONValue) -> JSONValue {
    guard var fields = webhook.object else { return webhook }
    fields["token"] = nil
    fields["url"] = nil
    return .object(fields)
  }
}

/// `tapedeck discord webhook list`.
struct DiscordWebhookListCommand: DiscordSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the webhooks of a guild or channel.")

  @Option(help: ArgumentHelp("Only of this channel: id, name or URL.", valueName: "channel"))
  var channel: String?

  @Flag(help: "With --json: also the tokens, which let anybody post.")
  var withTokens = false

  @OptionGroup var place: GuildOption
  @OptionGroup var discord: DiscordOptions

  func perform(_ session: DiscordSession) async throws {
    let scope = try await SearchScopeOption.resolve(session, channel, place.guild)
    let webhooks: [Webhook]
    if let channel = scope.channel.flatMap({ ID<Channel>($0.id) }) {
      webhooks = try await session.client.webhooks(in: channel)
    } else {
      webhooks = try await session.client.webhooks(of: scope.guild)
    }
    let objects = webhooks.map {
      withTokens && discord.json ? $0.json : DiscordWebhookCommand.withoutSecrets($0.json)
    }
    session.output.list(objects, none: "there is no webhook") {
      ColumnTable(
        [
          .init(title: "ID"), .init(title: "NAME", isFlexible: true), .init(title: "CHANNEL"),
          .init(title: "USABLE"),
        ],
        rows: webhooks.map {
          [
            $0.id.description, $0.name ?? "", $0.channelID?.description ?? "",
            $0.token == nil ? "" : "yes",
          ]
        })
    }
  }
}

/// `tapedeck discord webhook create`.
struct DiscordWebhookCreateCommand: DiscordSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a webhook in a channel.")

  @Argument(help: ArgumentHelp("What it is called, 1 to 80 characters.", valueName: "name"))
  var name: String

  @OptionGroup var place: ChannelOption
  @OptionGroup var discord: DiscordOptions

  func perform(_ session: DiscordSession) async throws {
    let channel = try await place.resolve(session)
    guard let id = ID<Channel>(channel.id) else { return }
    let webhook = try await session.client.createWebhook(name, in: id)
    session.output.result(
      DiscordWebhookCommand.withoutSecrets(webhook.json),
      ["webhook \(webhook.id) in \(Terminal.escaped(channel.shown))"])
  }
}

/// `tapedeck discord webhook send`.
struct DiscordWebhookSendCommand: DiscordSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "send",
    abstract: "Send a message through a webhook that this bot made.",
    discussion: "Discord shows a webhook's token only to the application that made it.")

  @Option(help: ArgumentHelp("The webhook's id.", valueName: "id"))
  var webhook: String

  @OptionGroup var content: ContentOptions

  @Option(help: ArgumentHelp("Send under this name.", valueName: "name"))
  var name: String?

  @Option(help: ArgumentHelp("Send with the picture at this address.", valueName: "url"))
  var avatar: String?

  @Option(help: ArgumentHelp("The id of a thread of its channel.", valueName: "id"))
  var thread: String?

  @OptionGroup var discord: DiscordOptions

  func validate() throws {
    try DiscordWebhookDeleteCommand.check(webhook)
    if let thread, ID<Channel>(thread) == nil {
      throw ValidationError("--thread takes the thread's id")
    }
  }

  func perform(_ session: DiscordSession) async throws {
    let text = try content.content()
    let files = try content.uploads()
    guard let id = ID<Webhook>(webhook) else { return }
    let found = try await session.client.webhook(id)
    let sent = try await found.send(
      text, username: name, avatarURL: avatar, files: files,
      thread: thread.flatMap { ID<Channel>($0) }, allowedMentions: try content.allowedMentions())
    session.output.sent(sent.map { [$0] } ?? [])
  }
}

/// `tapedeck discord webhook delete`.
struct DiscordWebhookDeleteCommand: DiscordSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete a webhook, for good.")

  @Argument(help: ArgumentHelp("The webhook's id.", valueName: "id"))
  var webhook: String

  @OptionGroup var discord: DiscordOptions

  /// An address with a token in it would show in the list of processes.
  static func check(_ webhook: String) throws {
    guard ID<Webhook>(webhook) != nil else {
      throw ValidationError("give the webhook's id, which `webhook list` shows")
    }
  }

  func validate() throws { try Self.check(webhook) }

  func perform(_ session: DiscordSession) async throws {
    guard let id = ID<Webhook>(webhook) else { return }
    try await session.client.delete(webhook: id)
    session.output.result(["deleted": .string(webhook)], ["webhook \(webhook) is deleted"])
  }
}
