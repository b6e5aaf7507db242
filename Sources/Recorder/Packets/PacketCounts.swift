/// What became of the datagrams of a recording so far: a snapshot, for status and watchdog.
package struct PacketCounts: Sendable, Equatable {
  /// One SSRC of a connection.
  package struct Stream: Sendable, Equatable {
    package var connection: UInt32
    package var ssrc: UInt32
    /// Nil until the SSRC is mapped.
    package var user: UInt64?
    /// Voice packets that came, stored or not.
    package var packets: UInt64 = 0
    /// By sequence numbers.
    package var lost: UInt64 = 0
    /// When the last one came, nanoseconds of CLOCK_BOOTTIME; nil before the first.
    package var lastArrival: Int64?
    /// Packets that the watch opened, and that it could not: one in N is tried.
    package var opened: UInt64 = 0
    package var failed: UInt64 = 0

    package init(connection: UInt32, ssrc: UInt32, user: UInt64? = nil) {
      self.connection = connection
      self.ssrc = ssrc
      self.user = user
    }
  }

  /// Datagrams that came, of any kind.
  package var received: UInt64 = 0
  /// Voice packets given to the writer.
  package var voice: UInt64 = 0
  /// Datagrams that were counted in place of being stored: `video`, `excluded`, `cap`, ….
  package var counted: [String: UInt64] = [:]
  /// Packets that the watch could not open, by reason: `transport`, `no_epoch`, `bad_tag`, ….
  package var undecryptable: [String: UInt64] = [:]
  /// When the last datagram came, nanoseconds of CLOCK_BOOTTIME; nil before the first.
  package var lastArrival: Int64?
  /// Streams of all connections, those that were removed for lack of room left out.
  package var streams: [Stream] = []

  package init() {}
}
