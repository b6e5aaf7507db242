import Bot
import DiscordGateway
import DiscordREST
import DiscordSimulator
import DiscordVoice
import SimulatorTestSupport
import TestSupport
import Testing

@testable import VoiceAudio

/// A guild with two bots of ours and people who talk by script.
@dynamicMemberLookup
struct CallScene: Sendable {
  let place: VoiceGuild

  static func run(
    rules: VoiceRules = VoiceRules(), _ body: (CallScene) async throws -> Void
  ) async throws {
    try await VoiceGuild.run(bots: 2, rules: rules) { try await body(CallScene(place: $0)) }
  }

  subscript<Value>(dynamicMember path: KeyPath<VoiceGuild, Value>) -> Value {
    place[keyPath: path]
  }

  /// Runs a body with a bot of ours in a channel; it leaves afterwards.
  func withVoice(
    _ number: Int, in channel: World.ID, _ body: (VoiceClient) async throws -> Void
  ) async throws {
    let client = try place.client(number)
    let gateway = GatewayClient(client: client, configuration: .init(intents: .recording))
    try await gateway.start()
    let voice = try await VoiceClient.join(
      ID<Channel>(Snowflake(channel)), client: client, gateway: gateway)
    do {
      try await body(voice)
    } catch {
      try await voice.leave()
      await gateway.stop()
      throw error
    }
    try await voice.leave()
    await gateway.stop()
  }

  func user(_ id: World.ID) -> ID<User> { ID(Snowflake(id)) }
}

/// Waits for what other tasks bring about.
func until(_ what: String, _ isTrue: () async throws -> Bool) async throws {
  for _ in 0..<1_500 {
    if try await isTrue() { return }
    try await Task.sleep(for: .milliseconds(10))
  }
  Issue.record("did not come about: \(what)")
  throw CancellationError()
}

extension VoiceEncryption {
  var isMember: Bool { if case .member = self { true } else { false } }
}
