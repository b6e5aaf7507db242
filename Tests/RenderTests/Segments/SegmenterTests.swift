import Render
import TestSupport
import Testing

@Suite struct SegmenterTests {
  private let segmenter = Segmenter(sampleRate: 16_000)

  private func range(_ start: Double, _ end: Double) -> SampleRange {
    SampleRange(start: Int64(start * 16_000), end: Int64(end * 16_000))
  }

  @Test func pausesUpToTwoSecondsAreBridged() {
    let spurts = [range(1, 2), range(4, 5), range(7.1, 8)]
    let segments = segmenter.segments(of: spurts, within: 16_000 * 20)
    #expect(segments == [range(0.8, 5.2), range(6.9, 8.2)])
  }

  @Test func padStopsAtTheTrackAndAtTheMiddleOfThePause() {
    let narrow = Segmenter(mergePause: 0, maximum: 1_000, pad: 100)
    let spurts = [SampleRange(start: 50, end: 100), SampleRange(start: 151, end: 480)]
    let segments = narrow.segments(of: spurts, within: 500)
    #expect(segments == [SampleRange(start: 0, end: 125), SampleRange(start: 125, end: 500)])
  }

  @Test func longRunsAreSplitAtTheLongestPause() {
    // 40 s of talk with pauses of 0.5 s, 1.5 s and 1 s: only the longest has to be cut.
    let spurts = [range(0, 9), range(9.5, 19), range(20.5, 30), range(31, 40)]
    let segments = segmenter.segments(of: spurts, within: 16_000 * 60)
    #expect(segments == [range(0, 19.2), range(20.3, 40.2)])
  }

  @Test func equalPausesAreSplitInTheMiddle() {
    let spurts = (0..<8).map { range(Double($0) * 5, Double($0) * 5 + 4) }
    let segments = segmenter.segments(of: spurts, within: 16_000 * 60)
    #expect(segments == [range(0, 19.2), range(19.8, 39.2)])
  }

  @Test func speechWithoutAPauseIsCutIntoEqualPieces() {
    let segments = segmenter.segments(of: [range(0, 60)], within: 16_000 * 60)
    #expect(segments == [range(0, 20), range(20, 40), range(40, 60)])
  }

  @Test func nothingSaidIsNoSegment() {
    #expect(segmenter.segments(of: [], within: 100).isEmpty)
    #expect(segmenter.segments(of: [SampleRange(start: 5, end: 5)], within: 100).isEmpty)
  }

  @Test(arguments: 0..<200)
  func everySegmentationHoldsItsPromises(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    var spurts: [SampleRange] = []
    var position = Int64(random.next() % 5_000)
    for _ in 0..<Int(random.next() % 60) {
      let length = Int64(random.next() % (seed % 3 == 0 ? 1_000_000 : 60_000)) + 1
      spurts.append(SampleRange(start: position, end: position + length))
      position += length + Int64(random.next() % 80_000)
    }
    let length = (spurts.last?.end ?? 0) + Int64(random.next() % 10_000)
    let segments = segmenter.segments(of: spurts, within: length)

    for segment in segments {
      #expect(segment.start >= 0 && segment.start < segment.end && segment.end <= length)
      #expect(segment.count <= 28 * 16_000)
    }
    for (one, next) in zip(segments, segments.dropFirst()) { #expect(one.end <= next.start) }
    // Every sample of speech is in a segment.
    var index = 0
    for spurt in spurts {
      var covered = spurt.start
      while covered < spurt.end {
        while index < segments.count, segments[index].end <= covered { index += 1 }
        try #require(index < segments.count && segments[index].start <= covered)
        covered = min(spurt.end, segments[index].end)
      }
    }
    // Longer pauses than 2 s are never bridged.
    for (one, next) in zip(spurts, spurts.dropFirst()) where next.start - one.end > 32_000 {
      #expect(!segments.contains { $0.start < one.end && $0.end > next.start })
    }
    #expect(segments == segmenter.segments(of: spurts, within: length))
  }
}
