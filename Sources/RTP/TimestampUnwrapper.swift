/// Extends 32-bit RTP timestamps to 64 bits, with arrival times as a guide.
///
/// The nearest candidate to the last timestamp is right for silences up to 2^31 ticks (12 hours at
/// 48 kHz). After longer ones the sender's clock either ran on, so the timestamp is near the one
/// the elapsed time predicts, or stood still, so it is near the last one; the candidate that fits
/// either best is taken.
package struct TimestampUnwrapper: Sendable {
  /// A timestamp further back than this many seconds is a restarted sender, not a late packet.
  private static let deepestReorder: Int64 = 10

  private let ticksPerSecond: Int64
  private var reference: ArrivalReference?

  /// - Parameter ticksPerSecond: the payload's clock rate; 48,000 for Opus.
  package init(ticksPerSecond: Int32 = 48_000) {
    self.ticksPerSecond = Int64(max(ticksPerSecond, 1))
  }

  /// The 64-bit timestamp of a packet. The first one keeps its value; later ones may be negative.
  ///
  /// - Parameters:
  ///   - value: the header's timestamp.
  ///   - arrival: the packet's time, nanoseconds on the session clock.
  package mutating func unwrap(_ value: UInt32, at arrival: Int64) -> Int64 {
    guard let last = reference else {
      reference = ArrivalReference(value: Int64(value), arrival: arrival)
      return Int64(value)
    }
    let elapsed = last.elapsed(until: arrival)
    // Microseconds first: nanoseconds times the rate would overflow after two days.
    let target = last.value + elapsed / 1_000 * ticksPerSecond / 1_000_000
    let near = Self.nearest(value, to: last.value)
    let predicted = Self.nearest(value, to: target)
    let timestamp = abs(predicted - target) < abs(near - last.value) ? predicted : near
    if timestamp > last.value || timestamp < last.value - Self.deepestReorder * ticksPerSecond {
      reference = ArrivalReference(value: timestamp, arrival: arrival)
    }
    return timestamp
  }

  /// The timestamp congruent to `value` that is nearest to `target`.
  private static func nearest(_ value: UInt32, to target: Int64) -> Int64 {
    let difference = Int32(truncatingIfNeeded: Int64(value) - target)
    return target + Int64(difference)
  }
}
