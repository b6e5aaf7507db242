/// The numbers that a stream has had: what tells a packet that comes once more, long after its time, from
/// a sender that began anew.
///
/// Both have numbers far behind. But whoever begins anew does so at random numbers (RFC 3550, section
/// 5.1), while a packet that is replayed has just those of one before: its timestamp is the one that
/// its sequence number had. Such pairs lie on lines, since within a talk spurt each packet is as long
/// as the one before, so that a few numbers for each spurt hold all of them.
struct NumberRuns {
  /// Samples of Opus' packets (RFC 6716, section 3.1: frames of 2.5 to 60 ms, packets of up to 120 ms).
  private static let packetLengths: Set<UInt32> = [
    120, 240, 480, 960, 1_920, 2_880, 3_840, 4_800, 5_760,
  ]
  /// Runs that are kept, of all lines and of one. Whoever's numbers make more of them is no speaker, and
  /// is to cost neither memory nor time; only their own replays are then taken for beginnings.
  private static let mostRuns = 1 << 15
  private static let mostRunsOfALine = 64

  /// Consecutive sequence numbers whose timestamps are a step apart.
  private struct Run {
    var sequence: UInt16
    var timestamp: UInt32
    /// Of the last packet, unwrapped.
    var last: Int64
    /// Packets behind the first, lost ones included.
    var count: Int64 = 0
    /// Samples a packet; 0 while there is one packet only.
    var step: UInt32 = 0
  }

  /// What runs of the same line have in common, however often their numbers wrapped around: 65,536
  /// steps are a multiple of 2^16, so that the line's lowest 16 bits do not change.
  private struct Line: Hashable {
    var step: UInt32
    var origin: UInt16
  }

  /// Runs that have ended. A talk spurt each, so some thousands in an hour at most.
  private var lines: [Line: [Run]] = [:]
  private var steps: Set<UInt32> = []
  /// Runs that are kept.
  private(set) var kept = 0
  private var current: Run?

  /// Takes the packet with the highest number so far.
  ///
  /// - Parameter number: Unwrapped.
  mutating func append(sequence: UInt16, timestamp: UInt32, number: Int64) {
    guard var run = current, number > run.last else {
      keepCurrent()
      current = Run(sequence: sequence, timestamp: timestamp, last: number)
      return
    }
    let ahead = number - run.last
    let first = run.timestamp &+ run.step &* UInt32(truncatingIfNeeded: run.count)
    let samples = timestamp &- first
    if run.step == 0, ahead <= 1_024, samples > 0 {
      let step = samples / UInt32(ahead)
      if step * UInt32(ahead) == samples, Self.packetLengths.contains(step) { run.step = step }
    }
    guard run.step > 0, samples == run.step &* UInt32(truncatingIfNeeded: ahead) else {
      keepCurrent()
      current = Run(sequence: sequence, timestamp: timestamp, last: number)
      return
    }
    run.last = number
    run.count += ahead
    current = run
  }

  /// Whether a packet goes on where the highest one left off.
  func isNext(sequence: UInt16, timestamp: UInt32) -> Bool {
    guard let current else { return false }
    let next = UInt32(truncatingIfNeeded: current.count + 1)
    return sequence == current.sequence &+ UInt16(truncatingIfNeeded: next)
      && timestamp == current.timestamp &+ current.step &* next
  }

  /// The unwrapped number of an earlier packet with these numbers; nil when there was none.
  func number(sequence: UInt16, timestamp: UInt32) -> Int64? {
    if let current, let number = Self.number(sequence, timestamp, in: current) { return number }
    for step in steps {
      for run in lines[Self.line(sequence, timestamp, step)] ?? [] {
        if let number = Self.number(sequence, timestamp, in: run) { return number }
      }
    }
    return nil
  }

  private mutating func keepCurrent() {
    guard let run = current, kept < Self.mostRuns else { return }
    let line = Self.line(run.sequence, run.timestamp, run.step)
    guard lines[line]?.count ?? 0 < Self.mostRunsOfALine else { return }
    steps.insert(run.step)
    lines[line, default: []].append(run)
    kept += 1
  }

  private static func line(_ sequence: UInt16, _ timestamp: UInt32, _ step: UInt32) -> Line {
    Line(
      step: step,
      origin: UInt16(truncatingIfNeeded: timestamp &- step &* UInt32(sequence)))
  }

  private static func number(
    _ sequence: UInt16, _ timestamp: UInt32, in run: Run
  ) -> Int64? {
    var place = Int64(sequence &- run.sequence)
    while place <= run.count {
      if timestamp == run.timestamp &+ run.step &* UInt32(truncatingIfNeeded: place) {
        return run.last - run.count + place
      }
      place += 0x1_0000
    }
    return nil
  }
}
