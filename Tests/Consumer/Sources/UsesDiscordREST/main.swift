import DiscordREST
import JSONValues

// Never called: that it compiles is the test.
func use(_ client: DiscordClient) async throws {
  let guild = try await client.guild(.id(123))
  for channel in try await guild.channels() where channel.type == .text {
    print(channel.id, channel.name, channel.url)
  }
  let message = try await client.send("Hello", to: .id(456))
  try await message.reply(Markdown.escape("*"), allowedMentions: AllowedMentions(repliedUser: true))
  print(message["flags"]?.integer ?? 0, message.id.snowflake.date)
  let answer = try await client.request(
    .get, "/guilds/\(guild.id)", query: ["with_counts": "true"])
  print(answer["approximate_member_count"]?.integer ?? 0)
  do {
    _ = try await client.channel(.id(1))
  } catch let error as DiscordError where error.kind == .notFound {
    print(error.hint ?? error.message)
  }
}

let client = DiscordClient(credential: try DiscordCredential(botToken: "token"))
print(client.configuration.baseURL)
