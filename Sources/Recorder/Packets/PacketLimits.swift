/// What one recording takes of its voice socket at most.
///
/// Discord's clients send 50 voice packets a second; Opus' shortest frame allows 400. A server may
/// hold packets back and send them at once, hence the bursts.
package struct PacketLimits: Sendable, Equatable {
  /// Voice packets a second of one SSRC; a burst of so many beyond that. What is over it is stored
  /// all the same if the connection's key opens it and its number was not seen before: a flood of
  /// forgeries with a speaker's SSRC must not silence the speaker.
  package var packetsPerSource: Int64 = 400
  package var burstPerSource: Int64 = 2_000
  /// Datagrams a second of everything that is not voice of a named or proven SSRC, together.
  package var otherPackets: Int64 = 2_000
  package var burstOfOthers: Int64 = 8_000
  /// SSRCs whose numbers are kept, and of those the ones that nobody was named for. One more takes
  /// the place of the one that never proved itself and is silent, or else of nobody: it is dropped.
  package var sources = 512
  package var unknownSources = 64
  /// SSRCs of video that are known.
  package var videoSources = 1_024
  /// How long a packet without a user waits while there are excluded users and no end-to-end
  /// encryption, nanoseconds. The kernel's time of a packet is believed for 2 s, so below that.
  package var longestHold: Int64 = 1_900_000_000
  /// Bytes of packets that wait.
  package var holdBytes = 1 << 20
  /// One voice packet in so many of each SSRC is opened by the watch; all of the first few after a
  /// change.
  package var watchInterval = 16
  package var watchedFirst = 5
  /// Packets a second that the watch opens in all, and its burst.
  package var watchedPackets: Int64 = 1_000
  package var watchedBurst: Int64 = 500

  package init() {}
}
