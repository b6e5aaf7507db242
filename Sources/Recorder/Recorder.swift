public import DiscordGateway
public import DiscordREST
package import DiscordVoice
public import Logging

/// Records voice channels: one recording a guild, any number of guilds.
///
/// ```swift
/// let recorder = Recorder(client: client, gateway: gateway)
/// let recording = try await recorder.start(options)
/// …
/// let end = await recording.stop()
/// ```
public final class Recorder: Sendable {
  private let client: DiscordClient
  private let logger: Logger

  /// A recorder over a gateway that runs, with the intents `GUILDS` and `GUILD_VOICE_STATES`.
  public init(
    client: DiscordClient, gateway: GatewayClient,
    logger: Logger = Logger(label: "tapedeck.recorder")
  ) {
    self.client = client
    self.logger = logger
  }

  /// Joins a channel and records it; returns when the first connection is ready for media.
  ///
  /// - Throws: ``RecorderError``, or `CancellationError`; then nothing is left behind, neither in
  ///   the channel nor on the disk.
  public func start(_ options: RecordingOptions) async throws -> Recording {
    throw RecorderError(.internal, "not there yet")
  }

  /// Records a stay that somebody else has made: VoiceAudio's `VoiceClient`.
  ///
  /// - Parameter stay: makes the stay that tells the observer; it is joined and left as a session is.
  /// - Throws: As ``start(_:)``.
  package func start(
    _ options: RecordingOptions,
    over stay: @escaping @Sendable (any VoiceObserver) -> any RecordedStay
  ) async throws -> Recording {
    throw RecorderError(.internal, "not there yet")
  }

  /// Those that run, by guild.
  public var recordings: [Recording] { [] }

  /// Metrics of all recordings that run, as Prometheus text.
  public var metrics: String { "" }
}
