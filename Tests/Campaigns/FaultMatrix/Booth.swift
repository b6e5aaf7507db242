import CaptureLog
import CaptureSynthesis
import DiscordGateway
import DiscordREST
import DiscordSimulator
import Logging
import Recorder
import SystemPackage
import TestSupport

/// A Discord of its own with people who talk, and a recorder in it, over sockets.
final class Booth: Sendable {
  /// Of the voice gateway: Discord's 13.75 s would make each campaign hours long.
  static let heartbeatInterval = Duration.seconds(4)
  static let heartbeatSeconds = 4.0
  private static let now: World.Time = 1_795_500_000_000

  let simulator: DiscordSimulator
  let ids: World.Sample
  let otherChannel: World.ID
  let afkChannel: World.ID
  let key: OperatorKey
  let folder: TemporaryFolder
  let captures: FilePath
  let log: TimedLog
  private let client: DiscordClient
  private let gateway: GatewayClient
  private let recorder: Recorder
  private let clips: [VoiceClip]

  /// - Parameter clips: What people say, shared by all booths.
  init(seed: UInt64, clips: [VoiceClip]) async throws {
    var (world, ids) = World.sample(now: Self.now)
    otherChannel =
      world.createChannel(.voice, name: "Elsewhere", in: ids.guild, now: Self.now).id
    afkChannel = world.createChannel(.voice, name: "Asleep", in: ids.guild, now: Self.now).id
    if var guild = world.guilds[ids.guild] {
      guild.afkChannelID = afkChannel
      world.update(guild)
    }
    _ = world.takeEvents()
    var rules = VoiceRules()
    rules.heartbeatInterval = Self.heartbeatInterval
    rules.seed = seed
    var gatewayRules = GatewayRules()
    gatewayRules.heartbeatInterval = Self.heartbeatInterval
    simulator = DiscordSimulator(
      world: world, clock: SimulatorClock(ContinuousClock(), start: Self.now),
      gatewayRules: gatewayRules, voiceRules: rules)
    self.ids = ids
    self.clips = clips
    let addresses = try await simulator.start()
    var configuration = DiscordClient.Configuration()
    configuration.baseURL = addresses.apiBase
    log = TimedLog()
    let logger = log.logger
    client = DiscordClient(
      credential: try DiscordCredential(botToken: ids.botToken), configuration: configuration,
      logger: logger)
    gateway = GatewayClient(
      client: client, configuration: GatewayConfiguration(intents: .recording), logger: logger)
    folder = try TemporaryFolder()
    captures = try folder.makeFolder("captures")
    key = try OperatorKey.generate()
    recorder = Recorder(client: client, gateway: gateway, logger: logger)
    try await gateway.start()
  }

  /// Makes a booth for `body`, and stops it whatever comes of that.
  static func use<Result>(
    seed: UInt64, clips: [VoiceClip], _ body: (Booth) async throws -> Result
  ) async throws -> Result {
    let booth = try await Booth(seed: seed, clips: clips)
    do {
      let result = try await body(booth)
      await booth.stop()
      return result
    } catch {
      await booth.stop()
      throw error
    }
  }

  var isGatewayConnected: Bool { gateway.isConnected }
  var channel: World.ID { ids.voice }
  /// Those who talk all the time, and the guest.
  var people: [World.ID] { [ids.alice, ids.bob, ids.carol, ids.mallory] }

  func start() async throws -> Recording {
    var options = RecordingOptions(
      guild: ID(Snowflake(UInt64(ids.guild))), channel: ID(Snowflake(UInt64(channel))),
      captures: captures, recipients: [key.publicKey])
    options.lockFolder = folder.path.appending("locks")
    return try await recorder.start(options)
  }

  func stop() async {
    for recording in recorder.recordings { await recording.stop() }
    await gateway.stop()
    await simulator.stop()
  }

  // MARK: People

  /// Three people talk nearly without a pause, each with another program's habits.
  func talk(from first: Int) {
    for (index, user) in [ids.alice, ids.bob, ids.carol].enumerated() {
      speak(user, clip: first + index, clockPPM: [0, 60, -60][index], index == 1)
    }
  }

  private func speak(
    _ user: World.ID, clip: Int, clockPPM: Double, _ isLikeDavey: Bool
  ) {
    var script = VoiceScript(
      [clips[clip % clips.count]], pause: .milliseconds(260), repetitions: nil)
    script.clockPPM = clockPPM
    if isLikeDavey { script.keyChange = .atCommit }
    simulator.speak(user, in: channel, script)
  }

  func guestComes() { speak(ids.mallory, clip: 3, clockPPM: 0, false) }

  func guestGoes() {
    simulator.stopSpeaking(ids.mallory)
  }

  func guestVisits(for time: Duration) async throws {
    guestComes()
    try await Task.sleep(for: time)
    guestGoes()
    try await Task.sleep(for: .milliseconds(500))
  }

  // MARK: Faults

  func inject(_ effect: VoiceFault.Effect) {
    simulator.inject(VoiceFault(effect, user: ids.bot))
  }

  func injectMain(_ effect: GatewayFault.Effect) {
    simulator.inject(GatewayFault(.now, effect))
  }
}
