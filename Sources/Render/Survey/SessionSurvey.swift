package import CaptureLog

/// What pass 1 learns of a capture without opening a packet.
package struct SessionSurvey: Sendable {
  /// Datagrams that belong to the session and to no speaker.
  package struct Counts: Sendable, Equatable {
    package var outbound: UInt64 = 0
    package var rtcp: UInt64 = 0
    package var keepalive: UInt64 = 0
    package var discovery: UInt64 = 0
    /// RTP of SSRCs that never sent audio.
    package var otherRTP: UInt64 = 0
    /// No RTP, RTCP or Discord datagram, or too short to tell.
    package var foreign: UInt64 = 0

    package init() {}
  }

  /// Somebody who sent audio.
  package struct Speaker: Sendable, Equatable {
    /// User id, or `ssrc-<n>`.
    package var id: String
    package var userID: String?
    /// Inbound RTP packets of the speaker's streams.
    package var packets: UInt64
    /// Indices into ``SessionSurvey/streams``, by first packet.
    package var streams: [Int]
  }

  package var session: SessionInfo
  /// How far the log was read: pass 2 reads exactly as far.
  package var extent: CaptureExtent
  /// The last segment was closed with `segment_end`.
  package var isComplete: Bool
  /// Nanoseconds since the Unix epoch, session clock.
  package var zero: Int64
  package var end: Int64
  /// Sorted by id.
  package var speakers: [Speaker]
  /// Users that were named and sent no audio, sorted.
  package var participants: [String]
  package var counts: Counts
  /// All events but the many `clock`, `speaking` and epoch ones, in order; at most 10,000 are
  /// kept.
  package var events: [CaptureEvent]
  /// Packets that were not stored, by `where`.
  package var drops: [String: UInt64]
  /// The host was restarted in the session, and its wall clock had to tell for how long.
  package var isClockBridged: Bool
  /// The first 1,000.
  package var damages: [CaptureDamage]
  package var damageCount: Int
  package var streams: [StreamSurvey]
  /// SSRCs that the server gave to another user; the first few hundred.
  package var handovers: [Handover]
  package var connections: [UInt32: Connection]
  /// When the end-to-end encryption changed its keys.
  package var epochs: EpochTimes
  /// Which payload types are voice: any in an import, else only Discord's 120.
  package var takesAnyPayloadType: Bool

  /// What the `connection` event says of a voice connection.
  package struct Connection: Sendable, Equatable {
    /// Transport encryption mode, or `none`.
    package var mode: String
    /// DAVE protocol version; 0 is none.
    package var dave: Int
  }

  /// Whether a payload type is voice.
  func isAudio(_ payloadType: UInt8) -> Bool { takesAnyPayloadType || payloadType == 120 }
}
