internal import CaptureSynthesis
internal import Testing

@testable import Render

/// Whole captures with true audio through both passes.
@Suite struct EngineAudioTests {
  private static func run(
    _ capture: SyntheticCapture, options: EngineOptions = EngineOptions(), jobs: Int = 1
  ) throws -> (results: [String: TrackResult], sinks: [String: MemorySink]) {
    let survey = try RenderEngine.survey(capture: capture.capture)
    let keys = try capture.renderKeys(survey)
    var sinks: [String: MemorySink] = [:]
    var results: [String: TrackResult] = [:]
    for part in RenderEngine.partition(survey.speakers, jobs: jobs) {
      let rendered = try RenderEngine.render(
        capture: capture.capture, speakers: part, survey: survey, keys: keys, options: options,
        makeSink: { speaker in
          let sink = MemorySink()
          sinks[speaker.id] = sink
          return sink
        })
      for result in rendered { results[result.speaker] = result }
    }
    return (results, sinks)
  }

  /// The place of the best match of `wanted`, a stretch at 48 kHz, in the track at 16 kHz.
  private static func lag(
    of voice: Voice, from position: Int64, at expected: Int, in samples: [Int16]
  ) -> Int {
    var wanted = [Float](repeating: 0, count: 48_000)
    voice.copy(from: position, into: &wanted)
    // A crude low-pass is enough to find a place by.
    var reference: [Float] = []
    for index in stride(from: 0, to: 45_000, by: 3) {
      reference.append(wanted[index..<index + 3].reduce(0, +))
    }
    var best = (lag: 0, score: -Float.infinity)
    for lag in -40...40 {
      var score: Float = 0
      for index in stride(from: 0, to: reference.count, by: 7) {
        let place = expected + lag + index
        guard samples.indices.contains(place) else { continue }
        score += reference[index] * Float(samples[place])
      }
      if score > best.score { best = (lag, score) }
    }
    return best.lag
  }

  @Test(
    "speech lies where it was said",
    arguments: [
      EngineOptions.ResamplerKind.soxrVHQ, .decoder, .samplerateFastest,
    ])
  func speechIsAligned(resampler: EngineOptions.ResamplerKind) throws {
    var scenario = ScenarioOptions()
    scenario.duration = .seconds(14)
    let plan = try #require(Scenario.named("clean")).plan(scenario)
    let voices = VoiceLibrary(voices: [
      Voice(samples: Voice.synthetic(seconds: 6, seed: 1).samples.map { $0 * 0.1 })
    ])
    let capture = try SyntheticCapture(plan, voices: voices, encrypted: true)
    var options = EngineOptions()
    options.resampler = resampler
    let (results, sinks) = try Self.run(capture, options: options)
    let result = try #require(results.values.first)
    let sink = try #require(sinks.values.first)
    #expect(sink.isAscending)
    #expect(sink.ranges == result.spurts)
    #expect(result.packets.isBalanced && result.packets.placed == result.packets.captured)
    #expect(result.peak > 0.01)
    #expect(result.clippedSamples == 0)
    let truth = try capture.truth()
    let starts = truth.records.filter { $0.isFirstOfSpurt && $0.kind == .speech }
    #expect(starts.count >= 2)
    for start in starts {
      let expected = Int((Double(start.trueTime + start.leastDelay) * 16e-6).rounded())
      let lag = Self.lag(
        of: voices[0], from: try #require(start.position), at: expected, in: sink.samples)
      #expect(abs(lag) <= 3, "spurt \(start.spurt) is \(lag) samples off")
    }
    // Four seconds of speech a spurt, and nothing of the pauses.
    for spurt in result.spurts { #expect(abs(spurt.count - 64_000) < 400) }
  }

  @Test("samples do not depend on who else is rendered along")
  func jobsGiveEqualSamples() throws {
    var scenario = ScenarioOptions()
    scenario.duration = .seconds(25)
    let plan = try #require(Scenario.named("conversation")).plan(scenario)
    let capture = try SyntheticCapture(plan, voices: .synthetic(count: 3, seconds: 4))
    let one = try Self.run(capture, jobs: 1)
    let three = try Self.run(capture, jobs: 3)
    #expect(one.results == three.results)
    #expect(one.results.count >= 2)
    for (speaker, sink) in one.sinks {
      #expect(sink.samples == three.sinks[speaker]?.samples)
    }
  }

  @Test("a window is the same samples, cut out")
  func windowIsCutOut() throws {
    var scenario = ScenarioOptions()
    scenario.duration = .seconds(14)
    let plan = try #require(Scenario.named("clean")).plan(scenario)
    let capture = try SyntheticCapture(plan, voices: .synthetic(count: 1, seconds: 6))
    let whole = try Self.run(capture)
    var options = EngineOptions()
    options.from = .seconds(3)
    options.to = .seconds(8)
    let part = try Self.run(capture, options: options)
    let result = try #require(part.results.values.first)
    #expect(result.packets.isBalanced)
    #expect(result.packets.excluded > 0)
    let all = try #require(whole.sinks.values.first).samples
    let cut = try #require(part.sinks.values.first).samples
    #expect(cut.count <= 80_000)
    // The decoder's state needs a while to be the same; then only rounding differs.
    var difference = 0
    for index in 3_200..<min(cut.count, 30_000) {
      difference = max(difference, abs(Int(cut[index]) - Int(all[48_000 + index])))
    }
    #expect(difference <= 64)
  }

  @Test("lost packets are filled, counted once, and long gaps named")
  func lossIsFilled() throws {
    var scenario = ScenarioOptions()
    scenario.duration = .seconds(22)
    var plan = try #require(Scenario.named("burst-loss")).plan(scenario)
    plan.speakers[0].sender.encoder.layer = .hybrid
    plan.speakers[0].network.lossShare = 0.05
    let capture = try SyntheticCapture(plan, voices: .synthetic(count: 1, seconds: 4))
    let (results, sinks) = try Self.run(capture)
    let result = try #require(results.values.first)
    #expect(result.packets.isBalanced && result.frames.isBalanced)
    let lost = try capture.truth().records.filter { $0.fate == .lost }.count
    #expect(abs(result.frames.lost - Int64(lost)) <= 1)
    #expect(result.frames.recovered > 0)
    #expect(result.frames.concealed > 0)
    #expect(result.gaps.contains { $0.cause == .loss && abs($0.range.count - 3_200) < 700 })
    // What was recovered is no gap.
    #expect(Int64(result.gaps.count) <= result.frames.lost - result.frames.recovered)
    #expect(try #require(sinks.values.first).ranges == result.spurts)
    for gap in result.gaps {
      #expect(result.spurts.contains { $0.start <= gap.range.start && gap.range.end <= $0.end })
    }
  }
}
