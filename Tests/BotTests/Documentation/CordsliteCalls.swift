import Bot
import DiscordGateway
import DiscordREST
import FoundationEssentials
import JSONValues
import VoiceAudio

// The right-hand column of the article "Coming from cordslite", compiled:
// `ComingFromCordsliteTests` looks for each of its pieces in this file.

private func connecting(
  token: String, userToken: String, environment: [String: String]
) throws -> [DiscordClient] {
  let client = DiscordClient(credential: try DiscordCredential(botToken: token))
  let both = DiscordClient(
    credential: try DiscordCredential(botToken: token, userToken: userToken))
  let byEnvironment = DiscordClient(credential: try .load(environment: environment))
  return [client, both, byEnvironment]
}

private func anyCall(_ client: DiscordClient, guild: Guild, channels: [Channel]) async throws {
  let invites = try await client.request(.get, "/guilds/1/invites", query: ["limit": "5"])
  _ = try await client.request(.get, "/channels/7", as: .user)
  do {
    _ = try await client.guild(.id(1))
  } catch let error as DiscordError {
    print(error.status ?? 0, error.discordCode ?? 0, error.message)
  }
  print(guild["description"] ?? .null, guild.json.text(), "\(guild)", invites)
  print(channels.table)
}

private func guilds(_ client: DiscordClient) async throws {
  let guild = try await client.guild(.id(1))
  let guilds = try await client.guilds(limit: 5)
  let channels = try await guild.channels(limit: 10)
  let member = try await guild.findMember("ada")
  let members = try await guild.members(limit: 100)
  let threads = try await guild.threads()
  let tree = try await guild.tree(includesMembers: true, memberLimit: 1000).text
  print(guilds, channels, member?.id ?? 0, members, threads, tree, guild.url)
  print(members.map(\.displayName))
}

private func channels(_ client: DiscordClient) async throws {
  let channel = try await client.channel(.id(7))
  let asUser = try await client.channel(.id(7), as: .user)
  let thread = try await client.thread(.id(8))
  print(asUser, thread, channel.type == .text, channel.isText, channel.isThread, channel.url)
  let guild = try await channel.guild
  let parent = try await channel.parent
  let threads = try await channel.threads()
  try await channel.showTyping()
  print(guild, parent?.name ?? "", threads, client.configuration.webBase)
}

private func messages(_ channel: Channel, _ message: Message) async throws {
  let newest = try await channel.messages(limit: 50)
  let earlier = try await channel.messages(.before(message), limit: 50)
  let later = try await channel.messages(.after(message), limit: 50)
  let around = try await channel.messages(.around(message), limit: 11)
  print(newest, earlier, later, around)
  _ = try await message.before(limit: 5)
  _ = try await message.after(limit: 5)
  _ = try await message.around(limit: 11)
  print(message.content, message.rawContent, message.url)
  print(message.author, message.mentions, message.referenced ?? message)
  print(try await message.channel)
}

private func sending(_ client: DiscordClient, _ channel: Channel, _ message: Message) async throws {
  try await channel.send("Hello")
  try await channel.send("The notes", files: [FileUpload(path: "notes.txt")])
  try await message.reply("Hello")
  try await channel.send("Hello", reply: message)
  let direct = try await client.createDM(with: .id(2))
  let open = try await client.directMessages()
  let thread = try await message.createThread("Notes")
  print(direct, open, thread)
}

private func search(_ guild: Guild, _ channel: Channel) async throws {
  let found = try await guild.search(SearchQuery("tape", after: SearchBound("2026-05-01")))
  let here = try await channel.search("tape")
  let all = try await guild.searchAll("tape", limit: 500, maximumAge: .seconds(86_400)).array()
  let allHere = try await channel.searchAll("tape", progress: { print($0.found) }).array()
  print(found, here, all, allHere)
  for try await message in guild.searchAll("tape") { print(message) }
  let snowflake = try SearchBound("2026-05-01").snowflake
  print(snowflake, Snowflake(date: Date()), snowflake.date)
}

private func attachments(_ message: Message) async throws {
  for attachment in message.attachments {
    let bytes = try await attachment.fetch()
    let file = try await attachment.save(to: "downloads")
    print(bytes.count, file, attachment.contentType)
  }
}

private func users(_ client: DiscordClient) async throws {
  let me = try await client.me()
  print(me.isBot, me.username)
}

private func deleting(_ channel: Channel, _ message: Message, _ old: [Message]) async throws {
  try await message.delete()
  try await channel.deleteMessage(.id(50))
  try await channel.bulkDelete(old)
  let report = try await channel.searchAndDeleteAll("tape", dryRun: true)
  print(report.messages)
}

private func webhooks(_ client: DiscordClient, _ channel: Channel, _ guild: Guild) async throws {
  let webhook = try await channel.createWebhook("Tape")
  print(try await channel.webhooks(), try await guild.webhooks())
  print(try await client.webhook(.id(9)))
  try await webhook.send("Hello", username: "Tape", avatarURL: "https://example.com/a.png")
  try await webhook.edit(name: "Deck", channel: channel)
  try await webhook.delete()
}

private func gateway(_ client: DiscordClient, presence: JSONValue) async throws {
  let gateway = GatewayClient(
    client: client, configuration: .init(intents: [.guilds, .guildMessages]))
  gateway.on(.messageCreate) { message in print(message.content) }
  try await gateway.start()
  print(gateway.ready?.userID ?? 0, gateway.ready?.sessionID ?? "")
  for await event in gateway.events {
    if case .unknown(let name, let json) = event { print(name, json) }
  }
  try await gateway.send(op: 3, d: presence)
  await gateway.reconnect(resume: true)
  await gateway.stop()
}

private func bot(_ client: DiscordClient, _ channel: Channel) async throws {
  let bot = Bot(client: client, intents: .prefixCommands)
  try bot.command("echo", description: "Says it again") { context in
    try await context.reply(context.text)
  }
  bot.onFailure { failure, context in print(failure) }
  try await bot.start()
  print(bot.failures, bot.commands.map(\.name))
  try await bot.joinVoice(channel)
  if let guild = channel.guildID { try await bot.leaveVoice(guild) }
  try await bot.stop()
}
