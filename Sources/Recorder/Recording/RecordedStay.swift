package import DiscordVoice

/// What a recording needs of a stay in a voice channel: mostly a `VoiceSession` of its own, or the
/// stay of somebody who listens and speaks too (VoiceAudio's `VoiceClient`).
///
/// A stay of somebody else goes on when its recording ends: ``join()`` then tells the observer what
/// led to now (server, keys, connection, who speaks), and ``leave()`` only takes the observer away, after
/// ``VoiceEvent/ended(_:)``.
package protocol RecordedStay: Sendable {
  /// Joins; what happens is told to the observer that the stay was made for.
  func join() async throws(VoiceError)
  /// How the stay ended; waits until it has.
  var end: VoiceEnd { get async }
  /// Leaves.
  func leave() async
  /// Gives the connection up and makes a new one, as the watchdog asks.
  func reconnect(_ why: String) async
  /// Frames of a known sender do not open.
  func framesUnreadable() async
  /// The connection that is ready for media; nil in a gap.
  var connection: VoiceConnectionInfo? { get }
  /// Counts of the media sockets so far.
  var udpCounters: VoiceUDPCounters { get }
}

extension VoiceSession: RecordedStay {}
