package import CaptureLog
public import DiscordGateway
public import DiscordREST
public import DiscordVoice
internal import JSONValues
public import Logging
internal import Synchronization

/// Records voice channels: one recording a guild, any number of guilds.
///
/// ```swift
/// let recorder = Recorder(client: client, gateway: gateway)
/// let recording = try await recorder.start(options)
/// …
/// let end = await recording.stop()
/// ```
///
/// What goes wrong in one recording touches no other.
public final class Recorder: Sendable {
  /// What tests put others in the place of.
  package struct Surroundings: Sendable {
    package typealias MakeStay =
      @Sendable (
        VoiceConfiguration, any VoiceSignaling, any VoiceObserver, Logger
      ) -> any RecordedStay

    package var clock: any Clock<Duration> = ContinuousClock()
    package var captureClock: any CaptureClock = SystemCaptureClock()
    package var files: any FileOperations = SystemFileOperations()
    package var makeStay: MakeStay = { configuration, signaling, observer, logger in
      VoiceSession(configuration, signaling: signaling, observer: observer, logger: logger)
    }
    /// Whether a timer ticks by itself.
    package var isTimed = true

    package init() {}
  }

  let client: DiscordClient
  let signaling: any VoiceSignaling
  let logger: Logger
  let surroundings: Surroundings
  private let running = Mutex<[ObjectIdentifier: (core: RecordingCore, recording: Recording)]>([:])

  /// A recorder over a gateway that runs, with the intents `GUILDS` and `GUILD_VOICE_STATES`.
  public convenience init(
    client: DiscordClient, gateway: GatewayClient,
    logger: Logger = Logger(label: "tapedeck.recorder")
  ) {
    self.init(client: client, signaling: gateway, logger: logger)
  }

  /// A recorder over anybody's gateway.
  public convenience init(
    client: DiscordClient, signaling: any VoiceSignaling,
    logger: Logger = Logger(label: "tapedeck.recorder")
  ) {
    self.init(
      client: client, signaling: signaling, logger: logger, surroundings: Surroundings())
  }

  /// The same with surroundings of the caller.
  package init(
    client: DiscordClient, signaling: any VoiceSignaling, logger: Logger,
    surroundings: Surroundings
  ) {
    self.client = client
    self.signaling = signaling
    self.logger = logger
    self.surroundings = surroundings
  }

  /// Joins a channel and records it; returns when the first connection is ready for media.
  ///
  /// - Throws: ``RecorderError``, or `CancellationError`; then nothing is left behind, neither in
  ///   the channel nor on the disk.
  public func start(_ options: RecordingOptions) async throws -> Recording {
    try await start(options, over: nil)
  }

  /// Records a stay that somebody else has made: VoiceAudio's `VoiceClient`.
  ///
  /// - Parameter stay: makes the stay that tells the observer; it is joined and left as a session is.
  /// - Throws: As ``start(_:)``.
  package func start(
    _ options: RecordingOptions,
    over stay: (@Sendable (any VoiceObserver) -> any RecordedStay)?
  ) async throws -> Recording {
    let core = try await prepare(options, over: stay)
    let recording = Recording(core)
    let key = ObjectIdentifier(recording)
    running.withLock { $0[key] = (core, recording) }
    let soundboard = watchSoundboard(core)
    Task { [weak self] in
      await core.run()
      soundboard?.cancel()
      self?.running.withLock { _ = $0.removeValue(forKey: key) }
    }
    return recording
  }

  /// Those that run.
  public var recordings: [Recording] { running.withLock { $0.values.map(\.recording) } }

  /// Metrics of all recordings that run, as Prometheus text.
  public var metrics: String {
    let cores = running.withLock { $0.values.map(\.core) }
    return MetricsText.text(cores.map(\.status).sorted { $0.capture < $1.capture })
  }

  /// Sounds of the soundboard are played by each listener's program, so they are in nobody's
  /// packets; only Discord's own gateway client tells of them.
  private func watchSoundboard(_ core: RecordingCore) -> GatewayHandler? {
    guard let gateway = signaling as? GatewayClient else { return nil }
    return gateway.on(.event("VOICE_CHANNEL_EFFECT_SEND")) { [weak core] json in
      guard let core, json["sound_id"]?.isNull == false,
        let channel = ID<Channel>(json: json["channel_id"]),
        let user = ID<User>(json: json["user_id"])
      else { return }
      core.noteSoundboard(by: user.snowflake.rawValue, in: channel.snowflake.rawValue)
    }
  }
}
