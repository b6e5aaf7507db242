/// What went over a voice socket, since it was made.
package struct VoiceSocketStatistics: Equatable, Sendable {
  /// Datagrams handed on, and their bytes.
  package var received: UInt64 = 0
  package var receivedBytes: UInt64 = 0
  /// Datagrams longer than 2,048 bytes, which no voice server sends; not handed on.
  package var oversized: UInt64 = 0
  package var sent: UInt64 = 0
  package var sendFailures: UInt64 = 0
  /// ICMP errors and missing routes, on sending and on receiving.
  package var unreachable: UInt64 = 0
  /// Errors of receiving of any other kind.
  package var receiveFailures: UInt64 = 0
  /// Datagrams the kernel dropped because the receive buffer was full.
  package var kernelDrops: UInt64 = 0
  package var keepalivesSent: UInt64 = 0
  /// Keepalives that the server sent back.
  package var keepaliveEchoes: UInt64 = 0

  package init() {}
}
