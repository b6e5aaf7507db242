/// Maps kernel receive stamps, which are wall-clock time, to the session clock.
///
/// A packet's time is boot time now - (wall clock now - stamp), on the session clock. The age in
/// brackets is short, so the wall clock's rate does not matter; a step of the wall clock between
/// stamp and reading does. Around a step two ages are possible, by the clock before and the clock
/// after it. Those that contradict when the step was seen are ruled out; of two that remain the
/// smaller is taken, since packets are read within milliseconds. What has no possible age (below
/// 0, over 2 s) gets the read time and is counted.
package struct StampMapper: Sendable {
  /// The oldest a stamp may be, nanoseconds.
  package static let greatestAge: Int64 = 2_000_000_000
  /// A change of the clocks' offset beyond this and 1000 ppm of the time passed is a step: the
  /// kernel slews by 500 ppm at most.
  static let leastStep: Int64 = 1_000_000

  private struct Step {
    var size: Int64
    /// The boot times it happened between.
    var after: Int64
    var before: Int64
  }

  private let clock: SessionClock
  private var last: ClockReading?
  private var step: Step?
  /// Stamps that were out of range so far.
  package private(set) var replaced: UInt64 = 0

  package init(clock: SessionClock) {
    self.clock = clock
  }

  /// The session time of a packet that the kernel stamped `stamp` (nil: no stamp, not counted) and
  /// that was read at `reading`.
  package mutating func time(stamp: Int64?, reading: ClockReading) -> Int64 {
    noteStep(reading)
    let now = clock.time(atBoottime: reading.boottime)
    guard let stamp else { return now }
    guard let age = age(of: stamp, reading) else {
      replaced &+= 1
      return now
    }
    return now &- age
  }

  private func age(of stamp: Int64, _ reading: ClockReading) -> Int64? {
    let range = 0...Self.greatestAge
    let (age, overflow) = reading.realtime.subtractingReportingOverflow(stamp)
    guard !overflow else { return nil }
    guard let step, reading.boottime &- step.before < Self.greatestAge else {
      return range.contains(age) ? age : nil
    }
    let (earlier, earlierOverflow) = age.subtractingReportingOverflow(step.size)
    // Stamped after the step: not before the last reading that had not seen it.
    let byNewClock = range.contains(age) && reading.boottime &- age >= step.after
    // Stamped before the step: not after the first reading that had seen it.
    let byOldClock =
      !earlierOverflow && range.contains(earlier) && reading.boottime &- earlier <= step.before
    switch (byNewClock, byOldClock) {
    case (true, true): return min(age, earlier)
    case (true, false): return age
    case (false, true): return earlier
    case (false, false): return nil
    }
  }

  private mutating func noteStep(_ reading: ClockReading) {
    defer { last = reading }
    guard let last else { return }
    let change = reading.offset &- last.offset
    let elapsed = max(0, reading.boottime &- last.boottime)
    guard change.magnitude > (Self.leastStep &+ elapsed / 1000).magnitude else { return }
    if let step, reading.boottime &- step.before < Self.greatestAge {
      // Steps within two seconds of each other count as one.
      self.step = Step(
        size: step.size &+ change, after: step.after, before: reading.boottime)
    } else {
      step = Step(size: change, after: last.boottime, before: reading.boottime)
    }
  }
}
