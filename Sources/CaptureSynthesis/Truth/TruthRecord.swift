/// What became of a packet on its way to the capture.
package enum PacketFate: String, Sendable, Codable, CaseIterable {
  case delivered
  /// Lost in the network.
  case lost
  /// It arrived when the recorder was not connected (any more).
  case unheard
}

/// What a packet was.
package enum PacketKind: String, Sendable, Codable, CaseIterable {
  case speech, silence, comfort, undecodable
}

/// The truth about one packet of a synthetic capture: one line of `<capture>.truth.jsonl`.
///
/// Times are nanoseconds from the session's zero. A renderer that is right places sample 0 of the
/// packet at `trueTime + leastDelay`.
package struct TruthRecord: Sendable, Equatable, Codable {
  package var speaker: Int
  package var spurt: Int
  package var connection: UInt32
  package var ssrc: UInt32
  /// Unwrapped from the stream's first value, which is below 65,536.
  package var sequence: Int64
  /// Unwrapped from the stream's first value, which is below 2^32.
  package var timestamp: Int64
  /// Samples at 48 kHz.
  package var samples: Int
  package var kind: PacketKind
  /// When the packet's first sample met the microphone.
  package var trueTime: Int64
  /// The least delay from the microphone to the recorder at that time: sender, then network.
  package var leastDelay: Int64
  /// When the packet reached the recorder; nil unless delivered.
  package var arrival: Int64?
  package var fate: PacketFate
  /// Further copies in the capture.
  package var duplicates: Int
  /// Sample of the speaker's voice (48 kHz) that the packet begins with; speech only.
  package var position: Int64?
  package var isFirstOfSpurt: Bool
  /// The epoch of the connection's group that the packet is end-to-end encrypted in; nil when it is
  /// not.
  package var epoch: UInt64?

  /// How much longer than the least delay the packet took, ns.
  package var excessDelay: Int64? { arrival.map { $0 - trueTime - leastDelay } }

  private enum CodingKeys: String, CodingKey {
    case speaker = "s"
    case spurt = "sp"
    case connection = "c"
    case ssrc
    case sequence = "seq"
    case timestamp = "ts"
    case samples = "n"
    case kind = "k"
    case trueTime = "true"
    case leastDelay = "least"
    case arrival = "at"
    case fate
    case duplicates = "dup"
    case position = "pos"
    case isFirstOfSpurt = "first"
    case epoch
  }
}
