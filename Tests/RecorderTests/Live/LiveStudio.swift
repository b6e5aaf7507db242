import CaptureLog
import CaptureSynthesis
import DiscordGateway
import DiscordREST
import DiscordSimulator
import FoundationEssentials
import Logging
import Render
import SystemPackage
import TestSupport

@testable import Recorder

/// A recorder as it is, over sockets, in the simulator's sample world.
final class LiveStudio: Sendable {
  let simulator: DiscordSimulator
  let ids: World.Sample
  let apiBase: String
  let client: DiscordClient
  let gateway: GatewayClient
  let folder: TemporaryFolder
  let captures: FilePath
  let key: OperatorKey
  let log: RecordingLogHandler.Log
  let recorder: Recorder

  init(rules: VoiceRules = VoiceRules()) async throws {
    let now: World.Time = 1_795_500_000_000
    let sample = World.sample(now: now)
    ids = sample.ids
    simulator = DiscordSimulator(
      world: sample.world, clock: SimulatorClock(ContinuousClock(), start: now), voiceRules: rules)
    let addresses = try await simulator.start()
    var configuration = DiscordClient.Configuration()
    apiBase = addresses.apiBase
    configuration.baseURL = apiBase
    let (logger, log) = RecordingLogHandler.makeLogger()
    self.log = log
    client = DiscordClient(
      credential: try DiscordCredential(botToken: sample.ids.botToken),
      configuration: configuration, logger: logger)
    gateway = GatewayClient(
      client: client, configuration: GatewayConfiguration(intents: .recording), logger: logger)
    try await gateway.start()
    folder = try TemporaryFolder()
    captures = try folder.makeFolder("captures")
    key = try OperatorKey.generate()
    recorder = Recorder(client: client, gateway: gateway, logger: logger)
  }

  var options: RecordingOptions {
    var options = RecordingOptions(
      guild: ID(Snowflake(UInt64(ids.guild))), channel: ID(Snowflake(UInt64(ids.voice))),
      captures: captures, recipients: [key.publicKey])
    options.lockFolder = folder.path.appending("locks")
    return options
  }

  /// Runs a test's body, and stops everything whatever comes of it.
  static func run(
    rules: VoiceRules = VoiceRules(), _ body: (LiveStudio) async throws -> Void
  ) async throws {
    let studio = try await LiveStudio(rules: rules)
    do { try await body(studio) } catch {
      await studio.stop()
      throw error
    }
    await studio.stop()
  }

  /// Speech of so many seconds, other for each seed.
  static func clip(_ seconds: Int, seed: UInt64) throws -> VoiceClip {
    try VoiceClip(
      Voice.synthetic(seconds: Double(seconds), seed: seed), for: .seconds(seconds))
  }

  /// Another guild that the bot is in.
  func makeGuild(_ name: String, members: [World.ID]) -> (guild: World.ID, voice: World.ID) {
    simulator.mutate { [ids] world, now in
      let guild = world.createGuild(name, owner: ids.alice, now: now).id
      for user in members + [ids.bot] { world.addMember(user, to: guild, now: now) }
      let voice = world.createChannel(.voice, name: "Studio", in: guild, now: now).id
      return (guild, voice)
    }
  }

  /// A voice channel of the guild for those who are away.
  func makeAFKChannel() -> World.ID {
    simulator.mutate { [ids] world, now in
      let channel = world.createChannel(.voice, name: "Away", in: ids.guild, now: now).id
      if var guild = world.guilds[ids.guild] {
        guild.afkChannelID = channel
        world.update(guild)
      }
      return channel
    }
  }

  func stop() async {
    for recording in recorder.recordings { await recording.stop() }
    await gateway.stop()
    await simulator.stop()
  }

  func render(_ capture: FilePath, to name: String = "tracks") throws -> Manifest {
    try RenderJob(capture: capture, output: folder.path.appending(name), keys: [key]).run()
      .manifest
  }

  /// Where a speaker's speech is in the rendered track, compared with what was sent to the bot.
  func placement(
    of user: World.ID, _ capture: FilePath, _ manifest: Manifest, in name: String = "tracks"
  ) throws -> LivePlacement {
    let server = try Studio.events(capture).first { $0.kind == VoiceServerEvent.kind }
    guard let zero = server?.time,
      let speaker = manifest.speakers.first(where: { $0.userID == "\(user)" })
    else { throw Errno.noSuchFileOrDirectory }
    let sent = simulator.truth.filter {
      $0.receiver == ids.bot && $0.user == user && $0.fate == .sent
    }
    return try LivePlacement(
      packets: sent, zero: zero, track: folder.path.appending(name).appending(speaker.file))
  }
}
