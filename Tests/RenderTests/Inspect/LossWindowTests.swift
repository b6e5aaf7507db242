import TestSupport
import Testing

@testable import Render

@Suite struct LossWindowTests {
  private func window(_ numbers: [Int64]) -> LossWindow {
    var window = LossWindow()
    for number in numbers { _ = window.record(number) }
    window.finish()
    return window
  }

  @Test func whatIsMissingIsCountedInRuns() {
    let window = window([10, 11, 13, 14, 18, 19])
    #expect(window.missing == 4 && window.gaps == 2 && window.duplicates == 0)
  }

  @Test func reorderedPacketsAreNotMissing() {
    let window = window([1, 2, 5, 4, 3, 6, 6, 5])
    #expect(window.missing == 0 && window.gaps == 0 && window.duplicates == 2)
  }

  @Test func aSenderThatBeginsAnewIsNoLoss() {
    let window = window([100, 101, 60_000, 60_001, 60_003])
    #expect(window.missing == 1 && window.gaps == 1)
  }

  @Test func longLossesAreOneGap() {
    let window = window([-5, 2_000, 2_001])
    #expect(window.missing == 2_004 && window.gaps == 1)
  }

  @Test(arguments: 0..<50)
  func agreesWithAList(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    var sent: [Int64] = []
    for number in 0..<3_000 as Range<Int64> where random.next() % 10 != 0 { sent.append(number) }
    // Swap neighbours and double some.
    var arrived = sent
    for index in 1..<arrived.count where random.next() % 5 == 0 { arrived.swapAt(index, index - 1) }
    let window = window(arrived)
    let first = arrived[0]
    let known = Set(sent.filter { $0 >= first })
    let last = known.max() ?? 0
    let missing = (first...last).filter { !known.contains($0) }
    #expect(window.missing == Int64(missing.count))
    let gaps = missing.filter { !missing.contains($0 - 1) }
    #expect(window.gaps == Int64(gaps.count))
  }
}
