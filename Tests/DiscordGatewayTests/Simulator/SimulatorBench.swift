import DiscordGateway
import DiscordREST
import DiscordSimulator
import Logging
import TestSupport
import WebSocket

/// A client and a simulator, over real sockets, on a clock that runs faster.
struct SimulatorBench {
  let simulator: DiscordSimulator
  let ids: World.Sample
  let client: GatewayClient
  let log: RecordingLogHandler.Log
  let clock: ScaledClock

  init(
    factor: Int = 1, intents: Intents = [.guilds, .guildVoiceStates, .guildMessages],
    token: String? = nil, faults: [GatewayFault] = [], seed: UInt64 = 1,
    certificates: TestCertificates? = nil, trustRootsFile: String? = nil
  ) async throws {
    let clock = ScaledClock(factor: factor)
    self.clock = clock
    let start: World.Time = 1_795_000_000_000
    let (world, ids) = World.sample(now: start)
    self.ids = ids
    simulator = DiscordSimulator(world: world, clock: SimulatorClock(clock, start: start))
    let addresses = try await simulator.start(
      tls: certificates.map {
        .init(certificateChain: $0.certificate, privateKey: $0.privateKey)
      })
    simulator.inject(faults)
    let (logger, log) = RecordingLogHandler.makeLogger(level: .debug)
    self.log = log
    var configuration = DiscordClient.Configuration()
    configuration.baseURL = addresses.apiBase
    var gateway = GatewayConfiguration(intents: intents)
    gateway.trustRootsFile = trustRootsFile
    // The REST client has no authority of its own to trust; so it is not asked.
    if certificates != nil { gateway.url = addresses.gateway }
    client = GatewayClient(
      client: DiscordClient(
        credential: try DiscordCredential(botToken: token ?? ids.botToken),
        configuration: configuration, logger: logger, clock: clock),
      configuration: gateway, logger: logger, clock: clock)
  }

  func stop() async {
    await client.stop()
    await simulator.stop()
  }
}
