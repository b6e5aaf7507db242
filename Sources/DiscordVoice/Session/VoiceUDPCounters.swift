/// Counts of the media sockets of a stay.
package struct VoiceUDPCounters: Hashable, Sendable {
  /// Datagrams received.
  package var received: UInt64 = 0
  /// Datagrams that the kernel dropped since its buffer was full.
  package var kernelDrops: UInt64 = 0
  /// Datagrams sent.
  package var sent: UInt64 = 0
  /// How often sending or receiving met a closed port or a missing route.
  package var unreachable: UInt64 = 0

  package init() {}
}
