/// Pass 1 over one stream: keeps, in bounded memory, what its clock can be fitted to.
///
/// Packets come in the order of arrival. Spurts are told by the headers alone, as the payload is
/// encrypted. The least delay is that of sound, which nobody has before its time: silence frames some
/// senders make up, and send the five behind a spurt at once (discord.py).
struct ClockRecorder {
  /// 100 ms in 48 kHz samples: a shorter pause of a running clock makes no new spurt.
  static let pauseSamples: Int64 = 4_800
  /// A wait, in nanoseconds, that may be a pause with a standing clock, and how many times the usual
  /// jitter it must be, so that jitter does not fill the memory with spurts.
  private static let leastWait: Int64 = 60_000_000
  private static let jitterMultiple: Int64 = 4
  static let binNanoseconds: Int64 = 2_000_000_000
  /// A packet that comes after a later one belongs to the later one's spurt at most so far back.
  private static let reorderReach: Int64 = 100

  private(set) var bins: [ClockBin] = []
  private(set) var spurts: [SpurtMark] = []
  private(set) var baseArrival: Int64 = 0
  private(set) var baseTimestamp: Int64 = 0

  private var highestSequence: Int64 = 0
  private var highestTimestamp: Int64 = 0
  private var highestArrival: Int64 = 0
  /// Samples from one packet to the next, as last seen twice in a row.
  private var frame: Int64 = 960
  private var lastStep: Int64 = 0
  /// Mean unevenness of the waits between packets, in nanoseconds.
  private var jitter: Int64 = 0
  private var unevenness = 0.0
  private var steadyPackets = 0.0

  private var bin = ClockBin(delay: .max, arrival: 0, count: 0)
  private var binStart: Int64 = 0
  /// The spurt's first packet, left out of the least delay: some senders send it one frame early.
  private var first = ClockBin(delay: .max, arrival: 0, count: 0)
  private var spurtCount = 0
  private var previousDelay: Int64 = 0

  init() {}

  /// Nanoseconds of a number of 48 kHz samples.
  static func nanoseconds(_ samples: Int64) -> Int64 { samples &* 62_500 / 3 }

  /// The mean unevenness of the waits over the whole stream, in nanoseconds.
  var meanJitter: Int64 {
    steadyPackets > 0 ? Int64(min(unevenness / steadyPackets, 10e9)) : 0
  }

  /// Takes one packet.
  ///
  /// - Parameters:
  ///   - sequence: Unwrapped.
  ///   - timestamp: Unwrapped, in 48 kHz samples.
  ///   - arrival: Nanoseconds on the session clock.
  ///   - isRestart: The sequence numbers begin anew with this packet.
  ///   - isQuiet: Looks whether it is without sound; asked only where much hangs on it.
  mutating func add(
    sequence: Int64, timestamp: Int64, arrival: Int64, isRestart: Bool = false,
    isQuiet: () -> Bool = { false }
  ) {
    guard !spurts.isEmpty else {
      baseArrival = arrival
      baseTimestamp = timestamp
      begin(.start, sequence: sequence, timestamp: timestamp, arrival: arrival)
      advance(sequence: sequence, timestamp: timestamp, arrival: arrival)
      return
    }
    if sequence > highestSequence || isRestart {
      if let boundary = boundary(
        sequence: sequence, timestamp: timestamp, arrival: arrival, isRestart: isRestart)
      {
        closeSpurt()
        begin(boundary, sequence: sequence, timestamp: timestamp, arrival: arrival)
      } else {
        take(timestamp: timestamp, arrival: arrival, isQuiet: isQuiet)
      }
      advance(sequence: sequence, timestamp: timestamp, arrival: arrival)
    } else {
      takeLate(sequence: sequence, timestamp: timestamp, arrival: arrival, isQuiet: isQuiet)
    }
  }

  /// Ends the stream; nothing may be added afterwards.
  mutating func finish() {
    if !spurts.isEmpty { closeSpurt() }
  }

  private mutating func boundary(
    sequence: Int64, timestamp: Int64, arrival: Int64, isRestart: Bool
  ) -> SpurtMark.Boundary? {
    if isRestart { return .restart }
    let expected = (sequence - highestSequence) &* frame
    let excess = timestamp - highestTimestamp - expected
    if excess >= Self.pauseSamples { return .running }
    if timestamp < highestTimestamp || excess <= -Self.pauseSamples { return .restart }
    let wait = arrival - highestArrival - Self.nanoseconds(timestamp - highestTimestamp)
    if wait >= max(Self.leastWait, Self.jitterMultiple * jitter) { return .standing }
    jitter += (Int64(wait.magnitude) - jitter) / 16
    unevenness += Double(wait.magnitude)
    steadyPackets += 1
    return nil
  }

  private mutating func advance(sequence: Int64, timestamp: Int64, arrival: Int64) {
    let step = timestamp - highestTimestamp
    if sequence == highestSequence + 1 {
      // Twice the same step is a frame size; once may be a pause.
      if step == lastStep, step >= 120, step <= 5_760 { frame = step }
      lastStep = step
    }
    highestSequence = sequence
    highestTimestamp = timestamp
    highestArrival = arrival
    spurts[spurts.count - 1].lastTimestamp = timestamp
  }

  private func delay(timestamp: Int64, arrival: Int64) -> Int64 {
    (arrival - baseArrival) - Self.nanoseconds(timestamp - baseTimestamp)
  }

  private func milliseconds(_ arrival: Int64) -> UInt32 {
    UInt32(clamping: (arrival - baseArrival) / 1_000_000)
  }

  private mutating func begin(
    _ boundary: SpurtMark.Boundary, sequence: Int64, timestamp: Int64, arrival: Int64
  ) {
    spurts.append(
      SpurtMark(
        firstSequence: sequence, firstTimestamp: timestamp, lastTimestamp: timestamp,
        firstBin: Int32(clamping: bins.count), boundary: boundary))
    first = ClockBin(
      delay: delay(timestamp: timestamp, arrival: arrival), arrival: milliseconds(arrival),
      count: 1)
    spurtCount = 1
    bin = ClockBin(delay: .max, arrival: 0, count: 0)
    binStart = arrival
  }

  private mutating func take(timestamp: Int64, arrival: Int64, isQuiet: () -> Bool) {
    if arrival - binStart >= Self.binNanoseconds, bin.count > 0 {
      closeBin()
      binStart = arrival
    }
    let delay = delay(timestamp: timestamp, arrival: arrival)
    if delay < bin.delay, !isQuiet() {
      bin.delay = delay
      bin.arrival = milliseconds(arrival)
    }
    if bin.count < .max { bin.count += 1 }
    spurtCount += 1
  }

  /// A packet behind a later one: never early, so it only matters as the true beginning of a spurt.
  private mutating func takeLate(
    sequence: Int64, timestamp: Int64, arrival: Int64, isQuiet: () -> Bool
  ) {
    let index = spurts.count - 1
    guard sequence < spurts[index].firstSequence else {
      take(timestamp: timestamp, arrival: arrival, isQuiet: isQuiet)
      return
    }
    let delay = delay(timestamp: timestamp, arrival: arrival)
    guard index > 0, spurts[index].firstSequence - sequence <= Self.reorderReach,
      sequence > (spurts[index - 1].firstSequence), first.delay != .max,
      (delay - first.delay).magnitude < (delay - previousDelay).magnitude
    else { return }
    spurts[index].firstSequence = sequence
    spurts[index].firstTimestamp = timestamp
    take(timestamp: timestamp, arrival: arrival, isQuiet: isQuiet)
  }

  private mutating func closeBin() {
    let isFirstOfSpurt = spurts.last.map { Int($0.firstBin) == bins.count } ?? true
    if bin.delay == .max, !isFirstOfSpurt {
      // Silence frames alone say nothing of the clock.
      let count = UInt32(bins[bins.count - 1].count) + UInt32(bin.count)
      bins[bins.count - 1].count = UInt16(clamping: count)
      bin = ClockBin(delay: .max, arrival: 0, count: 0)
      return
    }
    if isFirstOfSpurt, spurtCount < 3 || bin.delay == .max {
      if first.delay < bin.delay {
        bin.delay = first.delay
        bin.arrival = first.arrival
        bin.isWeak = true
      }
    }
    if isFirstOfSpurt, bin.count < .max { bin.count += 1 }
    if bin.count > 0 { bins.append(bin) }
    previousDelay = bin.delay
    bin = ClockBin(delay: .max, arrival: 0, count: 0)
  }

  private mutating func closeSpurt() {
    let hasBin = spurts.last.map { Int($0.firstBin) < bins.count } ?? false
    if bin.count > 0 || !hasBin { closeBin() }
  }
}
