package import CaptureLog

/// What can be told of a capture without decoding it, most of it without a key.
package struct CaptureInspection: Sendable {
  /// Somebody who sent voice.
  package struct Speaker: Sendable, Equatable {
    /// User id, or `ssrc-<n>`.
    package var id: String
    package var userID: String?
    package var names: Manifest.Names
    package var isBot: Bool
    package var ssrcs: [UInt32]
    package var packets: Int64
    /// By sequence numbers.
    package var missing: Int64
    /// Runs of missing packets.
    package var gaps: Int64
    package var duplicates: Int64
    /// RFC 3550 section 6.4.1, milliseconds, the largest of the speaker's streams.
    package var jitterMilliseconds: Double
    /// How much faster the sender's clock runs; of the longest stream. Nil when that is too short
    /// to tell.
    package var ppm: Double?
    package var talkSeconds: Double
    /// Arrival of the first and the last packet, seconds from the session's zero.
    package var first: Double
    package var last: Double
    package var e2ee: EndToEnd
    /// Talk in each part of the session, 0 to 1.
    package var activity: [Double]

    /// The share of packets that never came, 0 to 1.
    package var loss: Double {
      packets + missing > 0 ? Double(missing) / Double(packets + missing) : 0
    }
  }

  /// End-to-end encryption as far as it can be told.
  package enum EndToEnd: String, Sendable {
    /// The call has none.
    case off
    /// The call has it; whether the sender's keys are there was not looked at, for want of a key.
    case on
    /// The sender's keys are in the key log.
    case keys
    /// They are not.
    case noKeys = "no_keys"
  }

  package var session: SessionInfo
  package var isComplete: Bool
  package var isLive: Bool
  /// Nanoseconds since the Unix epoch.
  package var zero: Int64
  package var seconds: Double
  package var segments: Int
  package var bytes: Int64
  package var counts: SessionSurvey.Counts
  package var speakers: [Speaker]
  package var participants: [String]
  package var connections: [Connection]
  package var drops: [String: UInt64]
  package var damages: [CaptureDamage]
  package var damageCount: Int
  /// Whether the key log could be opened; nil when there is none.
  package var hasKeys: Bool?

  /// One voice connection.
  package struct Connection: Sendable, Equatable {
    package var number: UInt32
    package var mode: String
    package var dave: Int
  }
}
