internal import Synchronization
internal import Threads

/// The UDP side of a voice connection: a socket connected to the voice server, with a thread of its
/// own that receives.
///
/// Nothing the network does ends it: errors are counted (``statistics``), and it goes on until
/// ``close()``. Datagrams are handed on in the order of their arrival, discovery answers and
/// keepalive echoes too, with the kernel's time of arrival.
package final class VoiceSocket: Sendable {
  package struct Options: Sendable {
    /// Asked for; the kernel may give less: ``VoiceSocket/receiveBufferBytes``.
    package var receiveBufferBytes = 4 << 20
    /// Nanoseconds to let datagrams gather before they are read together: that costs a tenth of
    /// reading each alone, and no accuracy, as the kernel notes the times.
    package var gatherTime: Int64 = 4_000_000
    /// Nanoseconds between keepalives; nil for none.
    package var keepaliveInterval: Int64? = 5_000_000_000
    package init() {}
  }

  /// Gets a datagram of the server and its CLOCK_REALTIME nanoseconds, on the receiving thread,
  /// which must not be kept waiting. The bytes are only lent.
  package typealias Receiver = @Sendable (_ datagram: Span<UInt8>, _ kernelTime: Int64?) -> Void
  /// Gets what was sent, on the thread that sent it.
  package typealias SentObserver = @Sendable (_ datagram: Span<UInt8>) -> Void

  package let remoteAddress: DatagramAddress
  private let receiver: VoiceReceiver
  private let thread: JoinableThread

  /// Opens the socket and starts its thread.
  ///
  /// - Throws: when the system gives no socket or thread, or has no route to `remote`.
  package init(
    remote: DatagramAddress, options: Options = Options(),
    sent: @escaping SentObserver = { _ in }, received: @escaping Receiver
  ) throws(DatagramError) {
    let socket = try DatagramSocket(
      local: nil, remote: remote, receiveBufferBytes: options.receiveBufferBytes)
    let receiver = VoiceReceiver(
      socket: socket, options: options, sent: sent, received: received)
    do throws(ThreadError) {
      thread = try JoinableThread { receiver.run() }
    } catch {
      throw DatagramError("start the thread of a UDP socket", errno: error.errno)
    }
    self.receiver = receiver
    remoteAddress = remote
  }

  deinit { close() }

  /// Ours, as the kernel chose it for this server.
  package var localAddress: DatagramAddress { receiver.socket.localAddress }
  /// The receive buffer that the kernel granted, with its own overhead: twice what was asked for.
  package var receiveBufferBytes: Int { receiver.socket.receiveBufferBytes }
  package var statistics: VoiceSocketStatistics { receiver.statistics }

  /// Sends to the voice server; false when that failed, which is counted.
  @discardableResult
  package func send(_ datagram: Span<UInt8>) -> Bool { receiver.send(datagram) }

  /// Asks the server for our address from outside, up to 5 times within 5 s.
  package func discover(ssrc: UInt32) async throws(UDPDiscoveryError) -> DatagramAddress {
    try await receiver.discover(ssrc: ssrc)
  }

  /// Ends the thread and closes the socket; returns when nothing more will be handed on. Not to be
  /// called from the receiving thread.
  package func close() {
    receiver.stop()
    thread.join()
    receiver.finish()
  }

  /// The address that datagrams to `remote` would be sent from now; nil when there is no route.
  package static func localAddress(towards remote: DatagramAddress) -> DatagramAddress? {
    try? DatagramSocket(local: nil, remote: remote, receiveBufferBytes: 4096).localAddress
  }
}
