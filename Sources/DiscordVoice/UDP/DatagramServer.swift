internal import CSockets
internal import Glibc
internal import Synchronization
internal import Threads

/// A UDP port with a thread of its own that receives from anybody: the other end of
/// ``VoiceSocket``, for the simulator.
package final class DatagramServer: Sendable {
  /// Gets a datagram, whom it came from, and its CLOCK_REALTIME nanoseconds, on the receiving
  /// thread. The bytes are only lent.
  package typealias Receiver =
    @Sendable (
      _ datagram: Span<UInt8>, _ source: DatagramAddress, _ kernelTime: Int64?
    ) -> Void

  private let socket: DatagramSocket
  private let isStopped: StopMark
  private let thread: JoinableThread

  /// Binds and starts to receive.
  ///
  /// - Parameters:
  ///   - host: an address as text.
  ///   - port: 0 for any free one.
  ///   - receiveBufferBytes: asked of the kernel.
  ///   - received: is called for each datagram up to 2,048 bytes.
  package init(
    host: String = "127.0.0.1", port: UInt16 = 0, receiveBufferBytes: Int = 4 << 20,
    received: @escaping Receiver
  ) throws(DatagramError) {
    guard let local = DatagramAddress(host: host, port: port) else {
      throw DatagramError("bind a UDP socket to \(host)", errno: EINVAL)
    }
    let socket = try DatagramSocket(
      local: local, remote: nil, receiveBufferBytes: receiveBufferBytes)
    let isStopped = StopMark()
    do throws(ThreadError) {
      thread = try JoinableThread { Self.run(socket, isStopped, received) }
    } catch {
      throw DatagramError("start the thread of a UDP socket", errno: error.errno)
    }
    self.socket = socket
    self.isStopped = isStopped
  }

  deinit { close() }

  /// What it is bound to, with the port that the system chose.
  package var address: DatagramAddress { socket.localAddress }

  /// Sends; false when the system refused.
  @discardableResult
  package func send(_ datagram: Span<UInt8>, to remote: DatagramAddress) -> Bool {
    socket.send(datagram, to: remote) == 0
  }

  /// Ends the thread and closes the port. Not to be called from the receiving thread.
  package func close() {
    isStopped.set()
    socket.wake()
    thread.join()
    socket.close()
  }

  private static func run(
    _ socket: DatagramSocket, _ isStopped: StopMark, _ received: Receiver
  ) {
    let batch = ReceiveBatch(withSources: true)
    while !isStopped.isSet {
      socket.wait(nanoseconds: 1_000_000_000)
      let count = socket.receive(into: batch)
      // An error is that of a client which is gone; one that stays must not keep the thread busy.
      if count < 0 { usleep(1_000) }
      for index in 0..<Int(max(0, count)) where batch.length(index) <= ReceiveBatch.longestDatagram
      {
        guard let source = batch.source(index) else { continue }
        batch.withDatagram(index) { received($0, source, batch.time(index)) }
      }
    }
  }
}

/// Tells a thread to end.
private final class StopMark: Sendable {
  private let mark = Atomic<Bool>(false)
  var isSet: Bool { mark.load(ordering: .acquiring) }
  func set() { mark.store(true, ordering: .releasing) }
}
