internal import CSockets

/// The buffers that a receiving thread reads up to 64 datagrams into at once.
struct ReceiveBatch: ~Copyable {
  /// More than any path of the internet carries, and room to see that it is more.
  static let longestDatagram = 2048
  static let count = Int(TAPEDECK_BATCH)

  private let slots: UnsafeMutablePointer<UInt8>
  private let lengths: UnsafeMutablePointer<UInt32>
  private let times: UnsafeMutablePointer<Int64>
  private let sources: UnsafeMutablePointer<tapedeck_address>?
  private let drops: UnsafeMutablePointer<UInt32>

  init(withSources: Bool) {
    slots = .allocate(capacity: Self.count * Self.longestDatagram)
    slots.initialize(repeating: 0, count: Self.count * Self.longestDatagram)
    lengths = .allocate(capacity: Self.count)
    lengths.initialize(repeating: 0, count: Self.count)
    times = .allocate(capacity: Self.count)
    times.initialize(repeating: 0, count: Self.count)
    sources = withSources ? .allocate(capacity: Self.count) : nil
    sources?.initialize(repeating: tapedeck_address(), count: Self.count)
    drops = .allocate(capacity: 1)
    drops.initialize(to: 0)
  }

  deinit {
    slots.deallocate()
    lengths.deallocate()
    times.deallocate()
    sources?.deallocate()
    drops.deallocate()
  }

  /// Datagrams the kernel dropped, as it said with one of those that came.
  var kernelDrops: UInt32 { drops.pointee }

  borrowing func receive(from descriptor: Int32) -> Int32 {
    tapedeck_udp_receive(
      descriptor, slots, UInt32(Self.longestDatagram), UInt32(Self.count), lengths, times, sources,
      drops)
  }

  /// The true length, also of a datagram that did not fit.
  borrowing func length(_ index: Int) -> Int { Int(lengths[index]) }

  /// CLOCK_REALTIME nanoseconds; nil where the kernel gave none.
  borrowing func time(_ index: Int) -> Int64? {
    times[index] == Int64.min ? nil : times[index]
  }

  borrowing func source(_ index: Int) -> DatagramAddress? {
    sources.map { DatagramAddress($0[index]) }
  }

  /// Lends the bytes of a datagram that fitted.
  borrowing func withDatagram(_ index: Int, _ body: (Span<UInt8>) -> Void) {
    let length = min(length(index), Self.longestDatagram)
    let bytes = UnsafeBufferPointer(start: slots + index * Self.longestDatagram, count: length)
    body(bytes.span)
  }
}
