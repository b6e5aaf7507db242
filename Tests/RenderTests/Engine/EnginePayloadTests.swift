internal import CaptureSynthesis
internal import Testing

@testable import Render

/// Every kind of payload through both passes, decoded.
@Suite struct EnginePayloadTests {
  private static func render(_ capture: SyntheticCapture) throws -> [TrackResult] {
    let survey = try RenderEngine.survey(capture: capture.capture)
    let keys = try capture.renderKeys(survey)
    return try RenderEngine.render(
      capture: capture.capture, speakers: survey.speakers.map(\.id), survey: survey, keys: keys,
      options: EngineOptions(), makeSink: { _ in MemorySink() })
  }

  private static func voices(_ count: Int) -> VoiceLibrary {
    VoiceLibrary(
      voices: (0..<count).map { seed in
        Voice(samples: Voice.synthetic(seconds: 3, seed: UInt64(seed)).samples.map { $0 * 0.1 })
      })
  }

  @Test(
    "every payload ends in its cell, and what is lost is filled",
    arguments: ["fec", "stereo", "frame-sizes", "multi-frame", "undecodable", "dtx", "padding"])
  func payloads(scenario: String) throws {
    var options = ScenarioOptions()
    options.duration = .seconds(8)
    let plan = try #require(Scenario.named(scenario)).plan(options)
    let capture = try SyntheticCapture(plan, voices: Self.voices(2), encrypted: true)
    let results = try Self.render(capture)
    let truth = try capture.truth().records
    #expect(results.count == plan.speakers.count)
    for result in results {
      #expect(result.packets.isBalanced && result.frames.isBalanced)
      #expect(result.packets.undecryptable.total == 0 && result.packets.other == 0)
      #expect(result.clippedSamples == 0 && result.peak > 0.01)
      let speaker = try #require(plan.speakers.firstIndex { $0.user == result.speaker })
      let sent = truth.filter { $0.speaker == speaker }
      let bad = sent.filter { $0.fate == .delivered && $0.kind == .undecodable }.count
      #expect(result.packets.undecodable == bad)
      // Those lost behind the last packet are not missed by anybody.
      let lost = Int64(sent.filter { $0.fate == .lost }.count)
      #expect(result.frames.lost <= lost && result.frames.lost >= lost - 3)
    }
    if scenario == "fec" { #expect(results.contains { $0.frames.recovered > 10 }) }
    if scenario == "undecodable" {
      let result = try #require(results.first)
      // Neighbours are one gap; the first of a spurt is none.
      let gaps = result.gaps.filter { $0.cause == .undecodable }
      let missing = gaps.reduce(0) { $0 + $1.range.count }
      #expect(result.packets.undecodable > 0)
      #expect(abs(missing - 320 * result.packets.undecodable) <= 640)
    }
  }
}
