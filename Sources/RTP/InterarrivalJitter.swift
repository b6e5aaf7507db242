/// The interarrival jitter of RFC 3550 section 6.4.1: a running mean of how unevenly packets come,
/// compared with their timestamps.
package struct InterarrivalJitter: Sendable {
  private let ticksPerSecond: Double
  private var last: (timestamp: UInt32, arrival: Int64)?

  /// The estimate in ticks of the payload's clock.
  package private(set) var ticks: Double = 0

  /// The estimate in milliseconds.
  package var milliseconds: Double { ticks / ticksPerSecond * 1_000 }

  /// - Parameter ticksPerSecond: the payload's clock rate; 48,000 for Opus.
  package init(ticksPerSecond: Int32 = 48_000) {
    self.ticksPerSecond = Double(max(ticksPerSecond, 1))
  }

  /// Takes in one packet, in the order of arrival.
  ///
  /// - Parameters:
  ///   - timestamp: the header's timestamp.
  ///   - arrival: nanoseconds on the session clock.
  package mutating func record(timestamp: UInt32, arrival: Int64) {
    defer { last = (timestamp, arrival) }
    guard let last else { return }
    let exact = arrival.subtractingReportingOverflow(last.arrival)
    let nanoseconds =
      exact.overflow ? Double(arrival) - Double(last.arrival) : Double(exact.partialValue)
    let sent = Double(Int32(truncatingIfNeeded: Int64(timestamp) - Int64(last.timestamp)))
    let difference = nanoseconds * ticksPerSecond / 1e9 - sent
    ticks += (abs(difference) - ticks) / 16
  }
}
