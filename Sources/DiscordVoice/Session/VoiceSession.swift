package import Logging
package import NIOCore
internal import Synchronization

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

  /// Nothing happens before ``join()``.
  ///
  /// - Parameters:
  ///   - observer: hears all that happens; the session holds it until its end.
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
  }

  /// Joins the channel; returns when the first connection is ready for media.
  ///
  /// - Throws: ``VoiceError``; the stay is then over. A cancelled task leaves again.
  package func join() async throws(VoiceError) {}

  /// How the stay ended; waits until it has.
  package var end: VoiceEnd {
    get async { VoiceEnd(.left, "The bot left.") }
  }

  /// Leaves the channel, and returns when all is closed.
  package func leave() async {}

  /// Gives the connection up and makes a new one, as the watchdog asks.
  package func reconnect(_ why: String) async {}

  /// Tells the DAVE session that frames of a known sender do not open.
  package func framesUnreadable() async {}

  /// Op 5: 1 while we send sound, 0 after it.
  package func setSpeaking(_ flags: Int) async {}

  /// Seals and sends one Opus frame; call it in real time, at most once a frame.
  ///
  /// - Parameters:
  ///   - frame: Opus of at most 120 ms.
  ///   - timestamp: samples at 48 kHz since any zero of the caller's.
  /// - Returns: false when there is no connection, or no key to seal with yet.
  @discardableResult
  package func send(opus frame: [UInt8], timestamp: UInt32) -> Bool { false }

  /// The connection that is ready for media; nil in a gap.
  package var connection: VoiceConnectionInfo? { nil }

  package var encryption: VoiceEncryption { .off }

  /// The 30 digits that all members of the call can compare; nil unless encrypted end to end.
  package var privacyCode: String? { nil }

  /// Counts of the media sockets of the stay so far.
  package var udpCounters: VoiceUDPCounters { VoiceUDPCounters() }
}

/// Counts of the media sockets of a stay.
package struct VoiceUDPCounters: Hashable, Sendable {
  /// Datagrams received.
  package var received: UInt64 = 0
  /// Datagrams that the kernel dropped since its buffer was full.
  package var kernelDrops: UInt64 = 0
  /// Datagrams sent.
  package var sent: UInt64 = 0
  /// How often sending or receiving met a closed port or a missing route.
  package var unreachable: UInt64 = 0

  package init() {}
}
