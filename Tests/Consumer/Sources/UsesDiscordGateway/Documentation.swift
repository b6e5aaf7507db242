import DiscordGateway
import DiscordREST

// What the documentation shows, compiled by somebody else; never called.

func follow(_ client: DiscordClient) async throws {
  let gateway = GatewayClient(
    client: client, configuration: .init(intents: [.guilds, .guildMessages]))
  gateway.on(.messageCreate) { message in print(message.authorName, message.content) }
  try await gateway.run()
}

func watch(_ channel: ID<Channel>, with client: DiscordClient) async throws {
  let gateway = GatewayClient(client: client, configuration: .init(intents: .recording))
  // Before the start, so that no event is missed.
  let events = gateway.events
  try await gateway.start()
  var present: [String] = []
  for await event in events {
    switch event {
    case .guildCreate, .voiceStateUpdate:
      let now = gateway.voiceStates.participants(in: channel).map(\.name)
      if now != present { print("now here:", now.joined(separator: ", ")) }
      present = now
    case .missed(let count): print(count, "events were missed: read faster")
    default: break
    }
  }
  // The events end when the client is stopped, or cannot go on.
  if let failure = gateway.failure { throw failure }
}
