public import Bot
public import DiscordGateway
public import DiscordREST
public import DiscordVoice
public import Logging

/// A stay in a voice channel: listen, speak, record.
///
/// ```swift
/// let voice = try await VoiceClient.join(channel, client: client, gateway: gateway)
/// try await voice.speak(file: "hello.wav")
/// for await sound in voice.pcm(of: user, .speech) { … }
/// try await voice.leave()
/// ```
///
/// It goes through reconnects, moves of the voice server and changes of the end-to-end encryption
/// by itself. Who only wants to record whole sessions, unattended, is better served by `Recorder`.
public final class VoiceClient: VoiceHandle {
  /// The server.
  public let guild: ID<Guild>
  /// How it was set up.
  public let configuration: VoiceClientConfiguration
  let client: DiscordClient
  let gateway: GatewayClient
  let session: VoiceSession
  let observer: StayObserver
  let speaker: Speaker
  let logger: Logger

  private init(
    guild: ID<Guild>, configuration: VoiceClientConfiguration, client: DiscordClient,
    gateway: GatewayClient, session: VoiceSession, observer: StayObserver, logger: Logger
  ) {
    self.guild = guild
    self.configuration = configuration
    self.client = client
    self.gateway = gateway
    self.session = session
    self.observer = observer
    self.logger = logger
    speaker = Speaker(link: session, clock: ContinuousClock())
  }

  /// Joins a voice or stage channel; returns when sound can flow.
  ///
  /// A bot is in one channel a server: leave the one it is in first.
  ///
  /// - Parameters:
  ///   - channel: The channel.
  ///   - client: Asks for what is to be known of the channel.
  ///   - gateway: Where voice states are sent and heard; it must be connected, with the intent
  ///     `GUILD_VOICE_STATES`.
  ///   - configuration: How the client behaves.
  ///   - logger: Hears of connections; never of keys or tokens.
  /// - Throws: `VoiceError` if Discord does not let the bot in, `DiscordError` if the channel cannot be
  ///   had.
  public static func join(
    _ channel: some DiscordReference<Channel>, client: DiscordClient, gateway: GatewayClient,
    configuration: VoiceClientConfiguration = .init(),
    logger: Logger = Logger(label: "tapedeck.discord.voice")
  ) async throws -> VoiceClient {
    guard let guild = try await client.channel(channel).guildID else {
      throw VoiceClientError(.notInServer, "The channel \(channel.id) is not in a server.")
    }
    return try await join(
      guild: guild, channel: channel.id, client: client, gateway: gateway,
      configuration: configuration, logger: logger)
  }

  static func join(
    guild: ID<Guild>, channel: ID<Channel>, client: DiscordClient, gateway: GatewayClient,
    configuration: VoiceClientConfiguration, logger: Logger
  ) async throws -> VoiceClient {
    var stay = VoiceConfiguration(guild: guild, channel: channel)
    stay.selfMute = configuration.selfMute
    stay.followsMoves = configuration.followsMoves
    stay.joinTimeout = configuration.joinTimeout
    stay.allowsLoopback = client.isLoopback
    stay.usesTLSOnLoopback = client.isSecure
    stay.trustRootsFile = gateway.configuration.trustRootsFile
    // Those of this channel are asked for first: whether it is a stage decides what is said of it.
    let facts = VoiceChannelFacts(try await client.channel(channel))
    stay.channelFacts = { other in
      if other == channel { return facts }
      return (try? await client.channel(other)).map { VoiceChannelFacts($0) }
    }
    let listener = Listener()
    let observer = StayObserver(listener: listener, channel: channel.snowflake.rawValue)
    let session = VoiceSession(stay, signaling: gateway, observer: observer, logger: logger)
    let voice = VoiceClient(
      guild: guild, configuration: configuration, client: client, gateway: gateway,
      session: session, observer: observer, logger: logger)
    try listener.start { [weak session] in
      Task { await session?.framesUnreadable() }
    }
    do {
      try await session.join()
    } catch {
      listener.stop()
      throw error
    }
    return voice
  }

  /// Leaves the channel; returns when nothing is sent or received any more. Sequences of frames and
  /// PCM end.
  public func leave() async throws {
    await session.leave()
    observer.listener.stop()
  }

  /// The channel; another one after somebody has moved the bot.
  public var channel: ID<Channel> { ID(Snowflake(observer.channel)) }

  /// Where end-to-end encryption stands.
  public var encryption: VoiceEncryption { session.encryption }

  /// The 30 digits that the people in the call can compare; nil unless it is encrypted end to end.
  public var privacyCode: String? { session.privacyCode }

  /// How the stay ended; waits until it has. Whoever was kicked learns it here.
  public var end: VoiceEnd { get async { await session.end } }
}
