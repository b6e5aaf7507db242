/// Extends 16-bit sequence numbers to 64 bits, with arrival times as a guide.
///
/// The nearest candidate to the last number is right as long as fewer than 32,768 packets lie
/// between (11 minutes of 20 ms frames). After longer silence two things are likely: the sender
/// paused, so the number is near the last one, or it went on unheard, so the number is near the one
/// its packet rate predicts. The candidate that fits either best is taken. Packets do not arrive
/// half a minute late, so after that long a number that seems to lie far back lies ahead, if the
/// time allows so many packets at all.
package struct SequenceUnwrapper: Sendable {
  /// Nanoseconds a frame of the usual length lasts.
  private static let usualFrame: Int64 = 20_000_000
  /// Nanoseconds of Opus' shortest frame: no sender is faster.
  private static let shortestFrame: Int64 = 2_500_000
  /// Nothing is reordered by more than this, nanoseconds.
  private static let longestDelay: Int64 = 30_000_000_000
  /// A number further back than this, in packets, is a restarted sender and not a late packet.
  private static let deepestReorder: Int64 = 1_024

  private var reference: ArrivalReference?

  package init() {}

  /// The 64-bit number of a packet. The first one keeps its value; later ones may be negative.
  ///
  /// - Parameters:
  ///   - value: the header's sequence number.
  ///   - arrival: the packet's time, nanoseconds on the session clock.
  package mutating func unwrap(_ value: UInt16, at arrival: Int64) -> Int64 {
    guard let last = reference else {
      reference = ArrivalReference(value: Int64(value), arrival: arrival)
      return Int64(value)
    }
    let elapsed = last.elapsed(until: arrival)
    let number = Self.number(value, after: last.value, elapsed: elapsed)
    // A late packet must not pull the reference back; a restarted sender takes it along.
    if number > last.value || number < last.value - Self.deepestReorder {
      reference = ArrivalReference(value: number, arrival: arrival)
    }
    return number
  }

  private static func number(_ value: UInt16, after last: Int64, elapsed: Int64) -> Int64 {
    let near = nearest(value, to: last)
    let target = last + elapsed / usualFrame
    let predicted = nearest(value, to: target)
    let offPrediction = abs(predicted - target)
    if elapsed > longestDelay, near < last - deepestReorder {
      let ahead = near + 0x1_0000
      guard ahead - last <= elapsed / shortestFrame else { return near }
      return offPrediction <= deepestReorder ? max(ahead, predicted) : ahead
    }
    return offPrediction < abs(near - last) ? predicted : near
  }

  /// The number congruent to `value` that is nearest to `target`.
  private static func nearest(_ value: UInt16, to target: Int64) -> Int64 {
    let difference = Int16(truncatingIfNeeded: Int64(value) - target)
    return target + Int64(difference)
  }
}
