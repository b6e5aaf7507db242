internal import CSockets
internal import Glibc
internal import Synchronization

/// A UDP socket with the descriptor that wakes its receiving thread.
final class DatagramSocket: Sendable {
  let localAddress: DatagramAddress
  /// What the kernel gave, bytes; it counts its own overhead in.
  let receiveBufferBytes: Int
  private let descriptor: Int32
  private let wakeDescriptor: Int32
  /// A descriptor that was closed may be another file's: senders look here first.
  private let isOpen = Mutex(true)

  /// - Parameters:
  ///   - local: what to bind to; nil for any address and port.
  ///   - remote: whom to connect to; nil to receive from anybody.
  init(
    local: DatagramAddress?, remote: DatagramAddress?, receiveBufferBytes: Int
  ) throws(DatagramError) {
    let attempt =
      "open a UDP socket " + (remote.map { "to \($0)" } ?? local.map { "on \($0)" } ?? "")
    var granted: Int32 = 0
    let size = Int32(clamping: receiveBufferBytes)
    let descriptor = Self.withAddress(local) { local in
      Self.withAddress(remote) { tapedeck_udp_open(local, $0, size, &granted) }
    }
    guard descriptor >= 0 else { throw DatagramError(attempt, errno: -descriptor) }
    var address = tapedeck_address()
    let result = tapedeck_udp_local_address(descriptor, &address)
    let wake = tapedeck_wake_open()
    guard result == 0, wake >= 0 else {
      tapedeck_close(descriptor)
      if wake >= 0 { tapedeck_close(wake) }
      throw DatagramError(attempt, errno: -min(result, wake))
    }
    self.descriptor = descriptor
    wakeDescriptor = wake
    localAddress = DatagramAddress(address)
    self.receiveBufferBytes = Int(granted)
  }

  deinit { close() }

  private static func withAddress<R>(
    _ address: DatagramAddress?, _ body: (UnsafePointer<tapedeck_address>?) -> R
  ) -> R {
    guard let address else { return body(nil) }
    return withUnsafePointer(to: address.system, body)
  }

  /// Returns 0, or why it was not sent (`errno`).
  func send(_ datagram: Span<UInt8>, to remote: DatagramAddress? = nil) -> Int32 {
    isOpen.withLock { isOpen in
      guard isOpen else { return EBADF }
      return datagram.withUnsafeBufferPointer { bytes in
        -Self.withAddress(remote) {
          tapedeck_udp_send(descriptor, bytes.baseAddress, UInt32(clamping: bytes.count), $0)
        }
      }
    }
  }

  /// Datagrams that the kernel dropped since the receive buffer was full; nil if it does not say.
  var kernelDrops: UInt32? {
    isOpen.withLock { isOpen in
      var drops: UInt32 = 0
      guard isOpen, tapedeck_udp_drops(descriptor, &drops) == 0 else { return nil }
      return drops
    }
  }

  /// Wakes the receiving thread.
  func wake() {
    isOpen.withLock { if $0 { tapedeck_wake(wakeDescriptor) } }
  }

  /// Closes both descriptors; the receiving thread must have ended.
  func close() {
    isOpen.withLock { isOpen in
      guard isOpen else { return }
      isOpen = false
      tapedeck_close(descriptor)
      tapedeck_close(wakeDescriptor)
    }
  }

  // MARK: The receiving thread

  /// Waits until there is something to receive, somebody wakes, or the time is over.
  func wait(nanoseconds: Int64) {
    let milliseconds = (max(0, nanoseconds) + 999_999) / 1_000_000
    _ = tapedeck_udp_wait(descriptor, wakeDescriptor, Int32(clamping: milliseconds))
  }

  /// Waits for the time to pass; somebody may wake before.
  func pause(nanoseconds: Int64) {
    let milliseconds = (nanoseconds + 999_999) / 1_000_000
    _ = tapedeck_udp_wait(-1, wakeDescriptor, Int32(clamping: milliseconds))
  }

  /// Reads what waits, up to the size of the batch; returns the count, or -errno.
  func receive(into batch: borrowing ReceiveBatch) -> Int32 {
    batch.receive(from: descriptor)
  }
}
