import Render
import TestSupport
import Testing

@testable import Exports

@Suite struct SplitTests {
  private let parts = ExportOptions().parts

  @Test func noSpeakerIsInTwoParts() {
    var random = SplitMix64(seed: 6)
    for _ in 0..<50 {
      // Few shared speakers, so that there are many groups.
      let tracks = (0..<200).map { _ in
        (
          speaker: "\(Int.random(in: 0..<150, using: &random))",
          session: "s\(Int.random(in: 0..<100, using: &random))"
        )
      }
      let split = CorpusSplit(parts: parts)
      let ofSession = split.parts(ofSessions: tracks)
      var ofSpeaker: [String: Set<Int>] = [:]
      for track in tracks {
        ofSpeaker[track.speaker, default: []].insert(ofSession[track.session]!)
      }
      #expect(ofSpeaker.values.allSatisfy { $0.count == 1 })
      // The order of the list is of no matter.
      #expect(split.parts(ofSessions: tracks.reversed()) == ofSession)
    }
  }

  @Test func weightsAreKept() {
    let split = CorpusSplit(parts: parts)
    var counts = [0, 0, 0]
    for index in 0..<20_000 { counts[split.part(of: "speaker\(index)")] += 1 }
    #expect((15_800...16_200).contains(counts[0]))
    #expect((1_850...2_150).contains(counts[1]))
    #expect((1_850...2_150).contains(counts[2]))
  }

  @Test func aPartWithoutWeightGetsNobody() {
    let split = CorpusSplit(parts: [
      ExportOptions.Part(name: "a", weight: 0), ExportOptions.Part(name: "b", weight: 1),
      ExportOptions.Part(name: "c", weight: 0),
    ])
    for index in 0..<1000 { #expect(split.part(of: "\(index)") == 1) }
  }
}
