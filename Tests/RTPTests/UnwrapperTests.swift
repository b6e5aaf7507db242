internal import TestSupport
internal import Testing

@testable import RTP

@Suite("Unwrapping with arrival as a guide")
struct UnwrapperTests {
  private static let second: Int64 = 1_000_000_000
  private static let frame: Int64 = 20_000_000

  @Test("wraps, loss, reordering and duplicates come out as they went in", arguments: 0..<8)
  func sequenceProperty(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let start = Int64.random(in: 0...65_535, using: &random)
    var packets: [(number: Int64, arrival: Int64)] = []
    var number = start
    var time: Int64 = 1_795_000_000 * Self.second
    for _ in 0..<50_000 {
      number += 1
      time += Self.frame
      switch Int.random(in: 0..<20_000, using: &random) {
      case 0..<5:  // A pause: time passes, numbers do not.
        time += Int64.random(in: 0...(20 * 3_600), using: &random) * Self.second
      case 5..<8:  // An outage: both go on, up to many wraps.
        let frames = Int64.random(in: 0...500_000, using: &random)
        number += frames
        time += frames * Self.frame
      case 8..<600:  // Loss.
        continue
      default: break
      }
      let delay = Int64.random(in: 0...200_000_000, using: &random)
      packets.append((number, time + delay))
      if Int.random(in: 0..<100, using: &random) == 0 {
        packets.append((number, time + delay + 300_000_000))
      }
    }
    packets.sort { $0.arrival < $1.arrival }
    var unwrapper = SequenceUnwrapper()
    let offset = packets[0].number - Int64(UInt16(truncatingIfNeeded: packets[0].number))
    var wrong = 0
    for packet in packets {
      let value = UInt16(truncatingIfNeeded: packet.number)
      let unwrapped = unwrapper.unwrap(value, at: packet.arrival)
      if unwrapped + offset != packet.number { wrong += 1 }
    }
    #expect(wrong == 0)
  }

  @Test(
    "after a pause of hours the number is the next one",
    arguments: [1, 60, 660, 1_400, 3_600, 7 * 3_600, 30 * 86_400] as [Int64])
  func pause(seconds: Int64) {
    var unwrapper = SequenceUnwrapper()
    #expect(unwrapper.unwrap(65_535, at: 0) == 65_535)
    #expect(unwrapper.unwrap(0, at: seconds * Self.second) == 65_536)
  }

  @Test("after an outage of 12 minutes 40,000 packets are ahead, not 25,536 behind")
  func outage() {
    var unwrapper = SequenceUnwrapper()
    #expect(unwrapper.unwrap(100, at: 0) == 100)
    #expect(unwrapper.unwrap(40_100, at: 40_000 * Self.frame) == 40_100)
    // Half of them in the same time: between pause and outage the number still lies ahead.
    var sparse = SequenceUnwrapper()
    #expect(sparse.unwrap(100, at: 0) == 100)
    #expect(sparse.unwrap(40_100, at: 80_000 * Self.frame) == 40_100)
  }

  @Test("a late packet lies behind and does not pull the reference back")
  func late() {
    var unwrapper = SequenceUnwrapper()
    #expect(unwrapper.unwrap(2, at: 0) == 2)
    #expect(unwrapper.unwrap(65_535, at: 1) == -1)
    #expect(unwrapper.unwrap(3, at: 2) == 3)
  }

  @Test("a restarted sender is followed from its new number")
  func restart() {
    var unwrapper = SequenceUnwrapper()
    #expect(unwrapper.unwrap(30_000, at: 0) == 30_000)
    let restarted = unwrapper.unwrap(10_000, at: Self.frame)
    #expect(restarted == 10_000)
    for step in 1...10_000 as ClosedRange<Int64> {
      let number = unwrapper.unwrap(
        UInt16(10_000 + step), at: Self.frame * (step + 1))
      #expect(number == restarted + step)
    }
  }

  @Test("timestamps come out as they went in", arguments: 0..<8)
  func timestampProperty(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed) + 100)
    let runsOn = seed % 2 == 0
    var timestamp = Int64(UInt32.random(in: 0...UInt32.max, using: &random))
    var time: Int64 = 1_795_000_000 * Self.second
    var packets: [(timestamp: Int64, arrival: Int64)] = []
    for _ in 0..<20_000 {
      timestamp += 960
      time += Self.frame
      if Int.random(in: 0..<1_000, using: &random) == 0 {
        let pause = Int64.random(in: 0...40, using: &random) * 3_600 * Self.second
        time += pause
        if runsOn { timestamp += pause / Self.second * 48_000 * 10_002 / 10_000 }
      }
      packets.append((timestamp, time + Int64.random(in: 0...200_000_000, using: &random)))
    }
    packets.sort { $0.arrival < $1.arrival }
    var unwrapper = TimestampUnwrapper()
    let offset = packets[0].timestamp - Int64(UInt32(truncatingIfNeeded: packets[0].timestamp))
    var wrong = 0
    for packet in packets {
      let value = UInt32(truncatingIfNeeded: packet.timestamp)
      if unwrapper.unwrap(value, at: packet.arrival) + offset != packet.timestamp { wrong += 1 }
    }
    #expect(wrong == 0)
  }

  @Test("hostile times and values do not overflow")
  func hostile() {
    var random = SplitMix64(seed: 9)
    var sequence = SequenceUnwrapper()
    var timestamps = TimestampUnwrapper()
    var jitter = InterarrivalJitter()
    let times: [Int64] = [.min, .max, 0, -1, 1, .max - 1, .min + 1]
    for step in 0..<20_000 {
      let time = times[step % times.count]
      _ = sequence.unwrap(UInt16.random(in: 0...UInt16.max, using: &random), at: time)
      let value = UInt32.random(in: 0...UInt32.max, using: &random)
      _ = timestamps.unwrap(value, at: time)
      jitter.record(timestamp: value, arrival: time)
    }
    #expect(jitter.ticks.isFinite)
  }
}

@Suite("Interarrival jitter")
struct InterarrivalJitterTests {
  @Test("even packets have none, also across a wrap")
  func even() {
    var jitter = InterarrivalJitter()
    for step in 0..<100 as Range<Int64> {
      let timestamp = UInt32(truncatingIfNeeded: 0xFFFF_FF00 + step * 960)
      jitter.record(timestamp: timestamp, arrival: step * 20_000_000)
    }
    #expect(jitter.ticks < 1e-6)
  }

  @Test("packets 5 ms early and late in turn: 10 ms")
  func alternating() {
    var jitter = InterarrivalJitter()
    for step in 0..<500 as Range<Int64> {
      let shift: Int64 = step % 2 == 0 ? 5_000_000 : -5_000_000
      jitter.record(
        timestamp: UInt32(step * 960), arrival: 10_000_000 + step * 20_000_000 + shift)
    }
    #expect(abs(jitter.milliseconds - 10) < 0.01)
    #expect(abs(jitter.ticks - 480) < 0.5)
  }

  @Test("one step of the RFC's formula")
  func oneStep() {
    var jitter = InterarrivalJitter()
    jitter.record(timestamp: 0, arrival: 0)
    jitter.record(timestamp: 960, arrival: 21_000_000)
    #expect(abs(jitter.ticks - 3) < 1e-9)
  }
}
