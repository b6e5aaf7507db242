import TestSupport
import Testing

@testable import Recorder

@Suite struct TokenBucketTests {
  @Test func letsTheBurstThroughAndThenTheRate() {
    var bucket = TokenBucket(perSecond: 100, burst: 50)
    let atOnce = (0..<200).count { _ in bucket.take(at: 0) }
    #expect(atOnce == 50)
    let later = (1...1_000).count { bucket.take(at: Int64($0) * 1_000_000) }
    #expect(later == 100)
  }

  @Test func survivesAnyClock() {
    var bucket = TokenBucket(perSecond: .max, burst: .max)
    for now: Int64 in [0, .max, .min, -1, .max, 0, .min] { _ = bucket.take(at: now) }
    var slow = TokenBucket(perSecond: 1, burst: 1)
    #expect(slow.take(at: 5_000_000_000) == true)
    #expect(slow.take(at: 4_000_000_000) == false, "a clock that goes back gives nothing")
  }
}

@Suite struct SequenceWindowTests {
  @Test func passesEachNumberOnce() {
    var random = SplitMix64(seed: 3)
    var window = SequenceWindow()
    var seen: Set<Int> = []
    var highest = 65_000
    #expect(window.insert(UInt16(highest)) == true)
    seen.insert(highest)
    for _ in 0..<20_000 {
      let number = highest + Int(random.next() % 90) - 70
      let isNew = window.insert(UInt16(truncatingIfNeeded: number))
      #expect(isNew == (number > highest - 64 && !seen.contains(number)))
      if isNew { seen.insert(number) }
      highest = max(highest, number)
    }
  }
}

@Suite struct SequenceCountTests {
  @Test func countsLoss() {
    var random = SplitMix64(seed: 4)
    var count = SequenceCount()
    var lost: UInt64 = 0
    count.add(65_000)
    for number in 65_001..<80_000 {
      if random.next() % 10 == 0, number < 79_990 {
        lost += 1
      } else {
        count.add(UInt16(truncatingIfNeeded: number))
      }
    }
    #expect(count.lost == lost && lost > 1_000)
  }

  @Test func aForgedNumberIsNoLoss() {
    var count = SequenceCount()
    for number in 0..<1_000 {
      count.add(UInt16(number))
      if number % 10 == 0 { count.add(UInt16(number + 30_000)) }
    }
    #expect(count.lost == 0)
  }

  @Test func aSenderThatBeginsAnewIsFollowed() {
    var count = SequenceCount()
    for number in 0..<100 { count.add(UInt16(number)) }
    for number in 40_000..<40_100 where number != 40_050 { count.add(UInt16(number)) }
    #expect(count.lost == 1)
  }
}

@Suite struct HoldRingTests {
  /// Against a list that keeps everything.
  @Test("what waits comes out whole, in order, once", arguments: 1...4)
  func againstModel(seed: UInt64) {
    struct Waiting: Equatable {
      var key: UInt64
      var time: Int64
      var bytes: [UInt8]
    }
    var random = SplitMix64(seed: seed)
    var ring = HoldRing(capacity: 8_192)
    var model: [Waiting] = []
    var lost = 0
    var put = 0
    var got = 0
    for step in 0..<30_000 {
      let time = Int64(step)
      switch random.next() % 20 {
      case 0:
        let key = random.next() % 5
        var released: [Waiting] = []
        ring.release(key) { bytes, entry in
          released.append(
            Waiting(
              key: entry.key, time: entry.time, bytes: (0..<bytes.count).map { bytes[$0] }))
        }
        // What it had no room for is gone, the oldest first.
        let expected = model.filter { $0.key == key }
        #expect(released == Array(expected.suffix(released.count)))
        model.removeAll { $0.key == key }
        got += released.count
      case 1:
        ring.expire(before: time - 200) { _ in lost += 1 }
        model.removeAll { $0.time < time - 200 }
      default:
        let bytes = (0..<12 + random.next() % 300).map { _ in
          UInt8(truncatingIfNeeded: random.next())
        }
        let waiting = Waiting(key: random.next() % 5, time: time, bytes: bytes)
        ring.append(bytes.span, key: waiting.key, time: time, kernelTime: nil) { _ in lost += 1 }
        model.append(waiting)
        put += 1
      }
    }
    ring.releaseAll { _, _ in got += 1 }
    #expect(ring.isEmpty && put == got + lost && got > 1_000 && lost > 1_000)
  }
}
