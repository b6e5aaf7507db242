/// What a datagram of the voice socket is, in the words of `tapedeck_packets_total{kind}`.
package enum PacketKind: Int, CaseIterable, Sendable {
  /// RTP that is not video.
  case voice
  case video
  case rtcp
  /// Requests and answers of IP discovery.
  case discovery
  case keepalive
  /// No RTP, RTCP or Discord datagram.
  case foreign
  /// Cut before the end of its header; 0 and 1 bytes too.
  case short

  package var word: String { String(describing: self) }
}

/// Why a datagram is counted and not stored.
package enum PacketDrop: Int, CaseIterable, Sendable {
  case video
  /// Of an excluded user.
  case excluded
  /// Waited for its user to be named, in vain, while some users are excluded.
  case unmapped
  /// Over a cap of rate.
  case cap
  /// Of one SSRC too many that nobody was named for.
  case unknownSSRC

  package var word: String { self == .unknownSSRC ? "unknown_ssrc" : String(describing: self) }
}
