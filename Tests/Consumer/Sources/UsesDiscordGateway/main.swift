import DiscordGateway
import DiscordREST

// Never called: that it compiles is the test.
func use(_ client: DiscordClient) async throws {
  let gateway = GatewayClient(
    client: client, configuration: GatewayConfiguration(intents: [.guilds, .guildMessages]))
  gateway.on(.messageCreate) { message in print(message.content) }
  let ready = try await gateway.start()
  print(ready.username)
  for await event in gateway.events {
    switch event {
    case .voiceStateUpdate(let state): print(state.userID, state.channelID?.description ?? "-")
    case .unknown(let name, let json): print(name, json)
    default: break
    }
  }
  await gateway.stop()
}

print(Intents.recording)
