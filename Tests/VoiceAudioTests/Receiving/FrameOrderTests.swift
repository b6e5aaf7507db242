import TestSupport
import Testing

@testable import VoiceAudio

/// A reference, so that expectations can change it.
private final class Order {
  private var order = FrameOrder()

  func insert(_ sequence: Int64, at now: Int64) -> FrameOrder.Verdict {
    order.insert(
      FrameOrder.Frame(sequence: sequence, timestamp: sequence * 960, arrival: 0, opus: [1]),
      at: now)
  }

  func pop(at now: Int64) -> FrameOrder.Frame? { order.pop(at: now) }

  func drain(at now: Int64) -> [Int64] {
    var numbers: [Int64] = []
    while let frame = order.pop(at: now) { numbers.append(frame.sequence) }
    return numbers
  }

  var deadline: Int64? { order.deadline }
}

@Suite struct FrameOrderTests {
  @Test func whatIsInOrderGoesAtOnce() {
    let order = Order()
    for number in Int64(5)..<15 {
      #expect(order.insert(number, at: 0) == .taken)
      #expect(order.drain(at: 0) == [number])
    }
  }

  @Test func aFrameWaitsForTheOneBeforeIt() {
    let order = Order()
    _ = order.insert(1, at: 0)
    #expect(order.drain(at: 0) == [1])
    _ = order.insert(3, at: 20)
    #expect(order.drain(at: 20).isEmpty)
    #expect(order.insert(3, at: 20) == .duplicate)
    _ = order.insert(2, at: 30)
    #expect(order.drain(at: 30) == [2, 3])
    #expect(order.insert(2, at: 40) == .duplicate)
  }

  @Test func itWaitsNoLongerThanTheWindow() {
    let order = Order()
    _ = order.insert(1, at: 0)
    _ = order.pop(at: 0)
    _ = order.insert(4, at: 0)
    #expect(order.deadline == FrameOrder.longestWait)
    #expect(order.pop(at: FrameOrder.longestWait - 1) == nil)
    let late = order.pop(at: FrameOrder.longestWait)
    #expect(late?.sequence == 4)
    #expect(late?.lost == 2)
    #expect(order.insert(3, at: FrameOrder.longestWait) == .late)
    #expect(order.deadline == nil)
  }

  @Test func manyBehindAMissingOneDoNotWait() {
    let order = Order()
    _ = order.insert(0, at: 0)
    _ = order.pop(at: 0)
    for number in Int64(2)...10 { _ = order.insert(number, at: 1) }
    #expect(order.drain(at: 1) == Array(2...10))
  }

  @Test func aRestartedSenderBeginsAnew() {
    let order = Order()
    for number in Int64(0)..<5 { _ = order.insert(number, at: 0) }
    _ = order.drain(at: 0)
    #expect(order.insert(50_000, at: 1) == .taken)
    let first = order.pop(at: 1)
    #expect(first?.sequence == 50_000)
    #expect(first?.lost == 0)
    #expect(order.insert(-50_000, at: 2) == .taken)
    #expect(order.drain(at: 2) == [-50_000])
  }

  @Test func eachNumberComesAtMostOnceAndInOrder() {
    var random = SplitMix64(seed: 3)
    for _ in 0..<50 {
      let order = Order()
      var (given, now): ([Int64], Int64) = ([], 0)
      var taken = 0
      for number in Int64(0)..<300 {
        // Overtaken by up to five, some twice, some never.
        guard Int.random(in: 0..<10, using: &random) > 0 else { continue }
        let moved = max(0, number + Int64.random(in: -5...5, using: &random))
        if order.insert(moved, at: now) == .taken { taken += 1 }
        given += order.drain(at: now)
        now += Int64.random(in: 0..<25_000_000, using: &random)
      }
      given += order.drain(at: now + FrameOrder.longestWait)
      #expect(given == given.sorted())
      #expect(Set(given).count == given.count)
      #expect(given.count == taken)
    }
  }
}
