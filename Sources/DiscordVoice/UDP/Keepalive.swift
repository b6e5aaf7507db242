/// The counter that keeps address translators on the way from forgetting us: 8 bytes, little-endian.
struct Keepalive {
  static let length = 8

  private let interval: Int64?
  private var counter: UInt64 = 0
  /// When the next one is due, nanoseconds.
  private(set) var deadline: Int64
  private var bytes = [UInt8](repeating: 0, count: Self.length)

  init(interval: Int64?, now: Int64) {
    self.interval = interval
    deadline = interval.map { now + $0 } ?? .max
  }

  /// The datagram to send, if it is time.
  mutating func due(at now: Int64) -> [UInt8]? {
    guard let interval, now >= deadline else { return nil }
    // One and not many after the process was stopped for a while.
    deadline = max(deadline + interval, now + interval / 2)
    for index in 0..<Self.length {
      bytes[index] = UInt8(truncatingIfNeeded: counter >> UInt64(8 * index))
    }
    counter &+= 1
    return bytes
  }
}
