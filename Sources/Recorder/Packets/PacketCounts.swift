/// What became of the datagrams of a recording so far: a snapshot, for status and watchdog.
package struct PacketCounts: Sendable, Equatable {
  /// One SSRC of a connection.
  package struct Stream: Sendable, Equatable {
    package var connection: UInt32
    package var ssrc: UInt32
    /// Nil until the SSRC is mapped; kept when the user left.
    package var user: UInt64?
    /// Voice packets that came, stored or not.
    package var packets: UInt64 = 0
    /// By sequence numbers.
    package var lost: UInt64 = 0
    /// When the last one came, nanoseconds of CLOCK_BOOTTIME; nil before the first.
    package var lastArrival: Int64?
    /// Packets that the watch opened, and that it could not: one in N is tried. No third party can
    /// raise `opened`.
    package var opened: UInt64 = 0
    package var failed: UInt64 = 0
    /// When the last one was opened, like ``lastArrival``.
    package var lastOpened: Int64?

    package init(connection: UInt32, ssrc: UInt32, user: UInt64? = nil) {
      self.connection = connection
      self.ssrc = ssrc
      self.user = user
    }
  }

  /// Datagrams that came, of any kind.
  package var received: UInt64 = 0
  /// The same by kind, the words of ``PacketKind``.
  package var kinds: [String: UInt64] = [:]
  /// Voice packets given to the writer.
  package var voice: UInt64 = 0
  /// Datagrams that were counted in place of being stored: `video`, `excluded`, `unmapped`, `cap`,
  /// `unknown_ssrc`.
  package var counted: [String: UInt64] = [:]
  /// Packets that the watch opened, and those that it could not, by reason: `transport`, `no_epoch`,
  /// `bad_tag`, `replay`, `not_dave`, `unmapped`.
  package var opened: UInt64 = 0
  package var undecryptable: [String: UInt64] = [:]
  /// Whether there is a watch at all: the system may have had no thread for it.
  package var isWatching = true
  /// When the last datagram came, nanoseconds of CLOCK_BOOTTIME; nil before the first.
  package var lastArrival: Int64?
  /// Streams of all connections, those that were removed for lack of room left out.
  package var streams: [Stream] = []

  package init() {}
}

extension PacketCounts.Stream {
  init(_ source: PacketSource) {
    self.init(connection: source.connection, ssrc: source.ssrc, user: source.user)
    packets = source.packets
    lost = source.sequence.lost
    lastArrival = source.lastArrival
    opened = source.opened
    failed = source.failed
    lastOpened = source.lastOpened
  }
}
