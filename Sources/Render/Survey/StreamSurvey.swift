/// What pass 1 learns of one stream: an SSRC of a connection while it belongs to one user.
package struct StreamSurvey: Sendable {
  package var connection: UInt32
  package var ssrc: UInt32
  /// The user the server named; nil when it never did.
  package var user: String?
  /// Arrival of the first and the last packet.
  package var firstArrival: Int64
  package var lastArrival: Int64
  package var packets: UInt64
  /// By sequence numbers; late packets count as lost until they come.
  package var missing: UInt64
  package var duplicates: UInt64
  /// RFC 3550 section 6.4.1, nanoseconds.
  package var jitter: Double
  package var clock: StreamClock
}
