package import Logging
package import NIOCore
internal import NIOPosix

/// One stay in one voice channel, over all its connections.
///
/// ```swift
/// let session = VoiceSession(configuration, signaling: gateway, observer: recording)
/// try await session.join()
/// …
/// await session.leave()
/// ```
package final class VoiceSession: Sendable {
  package let configuration: VoiceConfiguration

  let signaling: any VoiceSignaling
  let observer: any VoiceObserver
  let eventLoopGroup: any EventLoopGroup
  let logger: Logger
  let clock: any Clock<Duration>
  let engine: VoiceEngine
  let state = VoiceSessionState()
  let sender = MediaSender()
  let inlets: Inlets

  /// The other ends of ``VoiceEngine/Outlets``.
  struct Inlets: Sendable {
    var jobs: AsyncStream<VoiceEngine.Job>
    var voiceStates: AsyncStream<ChannelChoice>
    var stores: AsyncStream<(VoiceKeys, connection: UInt32, number: Int)>
  }

  /// Nothing happens before ``join()``.
  ///
  /// - Parameters:
  ///   - observer: hears all that happens; the session holds it until its end.
  ///   - eventLoopGroup: where the WebSockets live; nil: the process' own.
  ///   - logger: never gets tokens or keys.
  ///   - clock: measures heartbeats and waits.
  ///   - random: draws keys, jitter and the beginnings of RTP counters.
  package init(
    _ configuration: VoiceConfiguration, signaling: any VoiceSignaling,
    observer: any VoiceObserver, eventLoopGroup: (any EventLoopGroup)? = nil,
    logger: Logger = Logger(label: "tapedeck.discord.voice"),
    clock: any Clock<Duration> = ContinuousClock(),
    random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
  ) {
    self.configuration = configuration
    self.signaling = signaling
    self.observer = observer
    self.eventLoopGroup = eventLoopGroup ?? MultiThreadedEventLoopGroup.singleton
    var logger = logger
    logger[metadataKey: "guild"] = "\(configuration.guild)"
    self.logger = logger
    self.clock = clock
    let (jobs, job) = AsyncStream<VoiceEngine.Job>.makeStream()
    let (voiceStates, voiceState) = AsyncStream<ChannelChoice>.makeStream()
    let (stores, store) = AsyncStream<(VoiceKeys, connection: UInt32, number: Int)>.makeStream()
    inlets = Inlets(jobs: jobs, voiceStates: voiceStates, stores: stores)
    engine = VoiceEngine(
      configuration: configuration, observer: observer, state: state, sender: sender,
      logger: logger, now: Self.time(of: clock), random: random,
      outlets: VoiceEngine.Outlets(job: job, voiceState: voiceState, store: store))
  }

  /// The time since now, by any clock.
  private static func time<C: Clock<Duration>>(of clock: C) -> @Sendable () -> Duration {
    let start = clock.now
    return { start.duration(to: clock.now) }
  }

  /// Joins the channel; returns when the first connection is ready for media.
  ///
  /// - Throws: ``VoiceError``; the stay is then over. A cancelled task leaves again.
  package func join() async throws(VoiceError) {
    guard state.begin() else {
      throw VoiceError(VoiceEnd(.notJoined, "The session was begun before."))
    }
    Task { await self.run() }
    let (state, engine) = (state, engine)
    await withTaskCancellationHandler {
      await state.waitUntilJoinedOrEnded()
    } onCancel: {
      Task { await engine.take(.leave) }
    }
    if let end = state.ended { throw VoiceError(end) }
  }

  /// How the stay ended; waits until it has and all is closed.
  package var end: VoiceEnd {
    get async { await state.waitUntilEnd() }
  }

  /// Leaves the channel, and returns when all is closed.
  package func leave() async {
    guard state.hasBegun else { return }
    await engine.take(.leave)
    _ = await state.waitUntilEnd()
  }

  /// Gives the connection up and makes a new one, as the watchdog asks; why, as one word.
  package func reconnect(_ why: String) async { await engine.take(.reconnect(why)) }

  /// Tells the DAVE session that frames of a known sender do not open.
  package func framesUnreadable() async { await engine.takeGateway(.framesUnreadable) }

  /// Op 5: 1 while we send sound, 0 after it.
  package func setSpeaking(_ flags: Int) async { await engine.takeGateway(.setSpeaking(flags)) }

  /// Seals and sends one Opus frame; call it in real time, at most once a frame.
  ///
  /// - Parameters:
  ///   - frame: Opus of at most 120 ms.
  ///   - timestamp: samples at 48 kHz since any zero of the caller's.
  /// - Returns: false when there is no connection, or no key to seal with yet.
  @discardableResult
  package func send(opus frame: [UInt8], timestamp: UInt32) -> Bool {
    sender.send(frame, timestamp: timestamp)
  }

  /// The connection that is ready for media; nil in a gap.
  package var connection: VoiceConnectionInfo? { state.connection }

  package var encryption: VoiceEncryption { state.encryption }

  /// The 30 digits that all members of the call can compare; nil unless encrypted end to end.
  package var privacyCode: String? { state.privacyCode }

  /// Counts of the media sockets of the stay so far.
  package var udpCounters: VoiceUDPCounters { state.counters }
}
