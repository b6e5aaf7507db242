/// What pass 1 learns of one stream: an SSRC of a connection while it belongs to one user.
package struct StreamSurvey: Sendable {
  package var connection: UInt32
  package var ssrc: UInt32
  /// The user the server named, or whose key opens it; nil when neither is known.
  package var user: String?
  /// The server did not name the user, or not when the user had it: the key did.
  package var isLearned: Bool
  /// Arrival of the first and the last packet.
  package var firstArrival: Int64
  package var lastArrival: Int64
  /// Which packet of the log is the stream's first, counting all packets from 0; later streams of
  /// the same SSRC and connection begin later.
  package var firstPacket: UInt64
  /// Inbound RTP packets.
  package var packets: UInt64
  /// Of them, those of a voice payload type.
  package var audioPackets: UInt64
  /// Expected by the sequence numbers minus received, as in RFC 3550 section 6.4.1: duplicates count
  /// against losses.
  package var missing: Int64
  /// RFC 3550 section 6.4.1, in milliseconds.
  package var jitterMilliseconds: Double
  package var clock: StreamClock
}
