/// Arrival times for one sender of a recording that has none: when the packets were due by their
/// timestamps, but never before a packet that stands earlier in the file.
struct RTPArrivalClock: Equatable {
  private var start: Int64
  private var last: (timestamp: UInt32, ticks: Int64)?
  private var latest: Int64 = 0

  /// - Parameter start: the first packet's time, nanoseconds.
  init(start: Int64) { self.start = start }

  static func == (left: RTPArrivalClock, right: RTPArrivalClock) -> Bool {
    left.start == right.start && left.latest == right.latest
  }

  /// The arrival of the packet that was asked for last.
  var latestArrival: Int64 { start.addingReportingOverflow(latest).partialValue }

  /// The same clock before its first packet.
  var restarted: RTPArrivalClock { RTPArrivalClock(start: start) }

  mutating func arrival(of timestamp: UInt32) -> Int64 {
    let previous = last ?? (timestamp, 0)
    // The nearest timestamp: without arrival times nothing else can be known.
    let difference = Int64(Int32(bitPattern: timestamp &- previous.timestamp))
    let ticks = previous.ticks + difference
    last = (timestamp, ticks)
    // A packet every second that jumps 12 hours would take 200,000 years to overflow the ticks; the
    // nanoseconds overflow after 292 years.
    let (product, overflow) = ticks.multipliedReportingOverflow(by: 62_500)
    latest = max(latest, overflow ? latest : product / 3)
    return latestArrival
  }
}
