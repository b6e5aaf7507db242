import TestSupport
internal import Testing

@testable import DAVEFrames

@Suite("Frames that wait for their key")
struct RetryRingTests {
  private static let millisecond: Int64 = 1_000_000

  @Test("they come back in their order, and those that still do not open stay")
  func order() {
    var ring = RetryRing<Int>()
    for number in 0..<30 {
      let bytes = [UInt8](repeating: UInt8(number), count: number)
      ring.hold(
        bytes.span, ssrc: 5, at: Int64(number), context: number, lost: { _ in Issue.record("lost") }
      )
    }
    var seen: [Int] = []
    ring.retry(ssrc: 5, at: 30, lost: { _ in Issue.record("lost") }) { frame, time, number in
      #expect(frame.count == number && time == Int64(number))
      seen.append(number)
      return number % 3 != 0
    }
    #expect(seen == Array(0..<30))
    seen = []
    ring.retryAll(at: 31, lost: { _ in Issue.record("lost") }) { frame, _, number in
      #expect(frame.count == number)
      seen.append(number)
      return true
    }
    #expect(seen == stride(from: 0, to: 30, by: 3).map { $0 })
    #expect(ring.count == 0)
  }

  @Test("of an SSRC 100 frames wait, for 2 s; every frame is accounted for")
  func bounds() {
    var random = SplitMix64(seed: 2)
    var ring = RetryRing<Int>()
    var lost: [Int] = []
    var opened: [Int] = []
    var now: Int64 = 0
    for number in 0..<5000 {
      now += Int64.random(in: 1...60, using: &random) * Self.millisecond
      let bytes: [UInt8] = [UInt8(truncatingIfNeeded: number)]
      ring.hold(bytes.span, ssrc: UInt32(number % 2), at: now, context: number) { lost.append($0) }
      #expect(ring.count <= 2 * RetryRing<Int>.mostFrames)
      if number % 700 == 699 {
        ring.retryAll(at: now, lost: { lost.append($0) }) { frame, time, number in
          #expect(frame[0] == UInt8(truncatingIfNeeded: number))
          #expect(now - time <= RetryRing<Int>.longestWait)
          guard number % 5 == 0 else { return false }
          opened.append(number)
          return true
        }
      }
    }
    ring.expire(at: now + 3_000 * Self.millisecond) { lost.append($0) }
    #expect(ring.count == 0)
    #expect((lost + opened).sorted() == Array(0..<5000))
    #expect(!opened.isEmpty)
  }

  @Test("of many SSRCs the one that is silent longest gives way")
  func sources() {
    var ring = RetryRing<UInt32>()
    var lost: [UInt32] = []
    let most = UInt32(RetryRing<UInt32>.mostSources)
    for ssrc in 0...most {
      ring.hold([1].span, ssrc: ssrc, at: Int64(ssrc), context: ssrc) { lost.append($0) }
    }
    #expect(lost == [0])
    #expect(ring.count == Int(most))
  }
}

@Suite("Giving up")
struct FailureWatchTests {
  private static let step: Int64 = 20_000_000

  /// When the watch says so, after frames each 20 ms.
  private func frames(_ watch: inout FailureWatch, _ count: Int, from start: Int64 = 0) -> Int? {
    (0..<count).first { number in
      watch.failed(1, because: .badTag, at: start + Int64(number) * Self.step)
    }
  }

  @Test("100 frames over 3 s, and not before")
  func rule() {
    var watch = FailureWatch()
    // 100 frames are there after 2 s; 3 s after 151.
    #expect(frames(&watch, 1000) == 150)
    // And it begins anew.
    #expect(frames(&watch, 149, from: 10_000_000_000) == nil)
  }

  @Test("a success or a transition begins the count anew; a gap in time alone is nothing")
  func resets() {
    var watch = FailureWatch()
    #expect(frames(&watch, 140) == nil)
    watch.succeeded(1)
    #expect(frames(&watch, 140, from: 3_000_000_000) == nil)
    watch.transitionEnded()
    #expect(frames(&watch, 99, from: 600_000_000_000) == nil)
    watch.succeeded(1)
    let first = watch.failed(1, because: .badTag, at: 0)
    let second = watch.failed(1, because: .badTag, at: 3_600_000_000_000)
    #expect(!first && !second)
  }

  @Test("nothing counts during a transition, and replays and plaintext never")
  func others() {
    var watch = FailureWatch()
    watch.transitionBegan()
    #expect(frames(&watch, 1000) == nil)
    watch.transitionEnded()
    for number in 0..<1000 {
      let replay = watch.failed(1, because: .replay, at: Int64(number) * Self.step)
      let plaintext = watch.failed(1, because: .notDAVE, at: Int64(number) * Self.step)
      #expect(!replay && !plaintext)
    }
  }
}
