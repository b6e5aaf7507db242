import DiscordREST
import DiscordSimulator
import FoundationEssentials
import JSONValues

/// A simulated Discord on a port of this machine, and a bot's client of it.
struct SimulatedDiscord {
  let simulator: DiscordSimulator
  let ids: World.Sample
  let client: DiscordClient
  /// What the simulator's calendar said at the beginning.
  let start: World.Time = 1_795_500_000_000

  /// Runs a test against it, and stops it in the end.
  static func run(
    prepare: (inout World, World.Sample, World.Time) -> Void = { _, _, _ in },
    _ test: (SimulatedDiscord) async throws -> Void
  ) async throws {
    let discord = try await SimulatedDiscord(prepare)
    do {
      try await test(discord)
    } catch {
      await discord.simulator.stop()
      throw error
    }
    await discord.simulator.stop()
  }

  private init(_ prepare: (inout World, World.Sample, World.Time) -> Void) async throws {
    var (world, ids) = World.sample(now: start)
    prepare(&world, ids, start)
    simulator = DiscordSimulator(
      world: world, clock: SimulatorClock(ContinuousClock(), start: start))
    self.ids = ids
    let addresses = try await simulator.start()
    var configuration = DiscordClient.Configuration()
    configuration.baseURL = addresses.apiBase
    client = DiscordClient(
      credential: try DiscordCredential(botToken: ids.botToken, userToken: ids.userToken),
      configuration: configuration)
  }

  /// The simulator's present, for calls that count ages.
  var now: Date { Date(timeIntervalSince1970: Double(simulator.clock.now) / 1000) }

  var guild: Guild { get async throws { try await client.guild(.id(Snowflake(ids.guild))) } }

  var general: Channel {
    get async throws { try await client.channel(.id(Snowflake(ids.general))) }
  }

  /// Method and path of the calls so far, without queries.
  var lines: [String] {
    simulator.requests.map { "\($0.method) \($0.target.prefix { $0 != "?" })" }
  }

  /// The gateway's event for what a user did: what a bot would be told.
  func event(_ change: (inout World, World.Time) -> Void) -> JSONValue? {
    simulator.mutate { world, now in
      change(&world, now)
      return world.pendingEvents.last?.data
    }
  }
}

extension ID {
  init(_ number: World.ID) { self.init(Snowflake(number)) }
}
