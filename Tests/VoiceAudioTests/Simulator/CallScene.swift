import Bot
import DiscordGateway
import DiscordREST
import DiscordSimulator
import DiscordVoice
import Logging
import TestSupport
import Testing

@testable import VoiceAudio

/// A simulated guild with two bots of ours and people who talk by script, over real sockets.
struct CallScene: Sendable {
  static let tokens = ["scene-token-0", "scene-token-1"]

  let simulator: DiscordSimulator
  let apiBase: String
  let bots: [World.ID]
  let people: [World.ID]
  let guild: World.ID
  let voice: World.ID
  let cellar: World.ID
  let stage: World.ID

  static func run(
    rules: VoiceRules = VoiceRules(), _ body: (CallScene) async throws -> Void
  ) async throws {
    var world = World()
    let now: World.Time = 1_795_000_000_000
    let people = (0..<4).map { world.createUser("person-\($0)", now: now).id }
    let bots = tokens.map {
      world.createApplication("bot \($0)", owner: people[0], token: $0, flags: [], now: now).id
    }
    let guild = world.createGuild("Tape Club", owner: people[0], now: now).id
    for user in people.dropFirst() + bots { world.addMember(user, to: guild, now: now) }
    let voice = world.createChannel(.voice, name: "Studio", in: guild, now: now).id
    let cellar = world.createChannel(.voice, name: "Cellar", in: guild, now: now).id
    let stage = world.createChannel(.stage, name: "Stage", in: guild, now: now).id
    _ = world.takeEvents()
    let simulator = DiscordSimulator(
      world: world, clock: SimulatorClock(ContinuousClock(), start: now), voiceRules: rules)
    let addresses = try await simulator.start()
    let scene = CallScene(
      simulator: simulator, apiBase: addresses.apiBase, bots: bots, people: people, guild: guild,
      voice: voice, cellar: cellar, stage: stage)
    do {
      try await body(scene)
    } catch {
      await simulator.stop()
      throw error
    }
    await simulator.stop()
  }

  func client(_ number: Int) throws -> DiscordClient {
    var configuration = DiscordClient.Configuration()
    configuration.baseURL = apiBase
    return DiscordClient(
      credential: try DiscordCredential(botToken: Self.tokens[number]),
      configuration: configuration)
  }

  /// Runs a body with a bot of ours in a channel; it leaves afterwards.
  func withVoice(
    _ number: Int, in channel: World.ID, _ body: (VoiceClient) async throws -> Void
  ) async throws {
    let client = try client(number)
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
