package import DiscordREST
package import DiscordSimulator

/// A listening simulator of a guild with people, bots of ours, two voice channels and a stage.
package struct VoiceGuild: Sendable {
  package let simulator: DiscordSimulator
  package let addresses: DiscordSimulator.Addresses
  /// The owner of everything first.
  package let people: [World.ID]
  package let bots: [World.ID]
  package let guild: World.ID
  package let voice: World.ID
  package let other: World.ID
  package let stage: World.ID

  /// The first bot.
  package var bot: World.ID { bots[0] }

  /// The token of a bot, by its place among them.
  package static func token(of bot: Int = 0) -> String { "voice-guild-token-\(bot)" }

  /// Runs a body with a guild, and stops the simulator whatever comes of it.
  package static func run(
    bots count: Int = 1, rules: VoiceRules = VoiceRules(),
    _ body: (VoiceGuild) async throws -> Void
  ) async throws {
    var world = World()
    let now: World.Time = 1_795_000_000_000
    let people = (0..<4).map { world.createUser("person-\($0)", now: now).id }
    let bots = (0..<count).map { number in
      world.createApplication(
        "bot-\(number)", owner: people[0], token: token(of: number), flags: [], now: now
      ).id
    }
    let guild = world.createGuild("Tape Club", owner: people[0], now: now).id
    for user in people.dropFirst() + bots { world.addMember(user, to: guild, now: now) }
    let voice = world.createChannel(.voice, name: "Studio", in: guild, now: now).id
    let other = world.createChannel(.voice, name: "Cellar", in: guild, now: now).id
    let stage = world.createChannel(.stage, name: "Stage", in: guild, now: now).id
    _ = world.takeEvents()
    let simulator = DiscordSimulator(
      world: world, clock: SimulatorClock(ContinuousClock(), start: now), voiceRules: rules)
    let addresses = try await simulator.start()
    do {
      try await body(
        VoiceGuild(
          simulator: simulator, addresses: addresses, people: people, bots: bots, guild: guild,
          voice: voice, other: other, stage: stage))
    } catch {
      await simulator.stop()
      throw error
    }
    await simulator.stop()
  }

  /// A client of the REST API with the token of a bot.
  package func client(_ bot: Int = 0) throws -> DiscordClient {
    var configuration = DiscordClient.Configuration()
    configuration.baseURL = addresses.apiBase
    return DiscordClient(
      credential: try DiscordCredential(botToken: Self.token(of: bot)),
      configuration: configuration)
  }
}
