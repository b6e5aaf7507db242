/// A packet of speech that was sent to a client: what a test compares a recording with.
package struct ForwardedPacket: Sendable, Equatable {
  /// Who got it.
  package var receiver: World.ID
  /// Who spoke.
  package var user: World.ID
  package var ssrc: UInt32
  package var sequence: UInt16
  package var timestamp: UInt32
  /// When the speech was, by the system's real-time clock: nanoseconds since 1970. For a scripted
  /// speaker when the frame's first sample was due; for others when the packet came to the server.
  package var speechTime: Int64
  /// When the server sent it, on the same clock; with a fault of delay, when it left at last.
  package var sentTime: Int64
  /// The Opus packet; nil if the server cannot open it: of a client that is no scripted speaker and
  /// end-to-end encrypted.
  package var opus: [UInt8]?
  /// The payload as it was sent, before transport encryption.
  package var payload: [UInt8]
  /// What a fault did to it.
  package var fate: Fate

  package enum Fate: String, Sendable, Equatable {
    case sent, lost, corrupted
    /// A second time the same datagram.
    case repeated
  }
}

/// A frame that a scripted speaker said, whoever heard it: what a recorder that was away has missed.
package struct SpokenFrame: Sendable, Equatable {
  package var user: World.ID
  package var ssrc: UInt32
  package var sequence: UInt16
  /// When its first sample was due, by the system's real-time clock: nanoseconds since 1970.
  package var time: Int64
}
