/// What became of one packet, for tests and diagnosis.
package struct PlacedPacket: Sendable, Equatable {
  package enum Fate: Sendable, Equatable {
    case placed
    case duplicate
    case late
    case excluded
    case undecryptable
    case undecodable
    case other
  }

  package var connection: UInt32
  package var ssrc: UInt32
  /// Unwrapped: the first packet of the stream keeps its 16-bit value.
  package var sequence: Int64
  /// The 32 bits of the header.
  package var timestamp: UInt32
  /// Session clock, nanoseconds since the Unix epoch.
  package var arrival: Int64
  /// Output sample (of the session, not of the window) at which the packet's speech begins, with
  /// the codec's delay taken out: the moment that was given to the sender's encoder as the frame's
  /// first sample. Meaningful for `.placed` only.
  package var position: Double
  package var fate: Fate

  package init(
    connection: UInt32, ssrc: UInt32, sequence: Int64, timestamp: UInt32, arrival: Int64,
    position: Double, fate: Fate
  ) {
    self.connection = connection
    self.ssrc = ssrc
    self.sequence = sequence
    self.timestamp = timestamp
    self.arrival = arrival
    self.position = position
    self.fate = fate
  }
}
