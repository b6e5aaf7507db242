internal import Audio
internal import CaptureSynthesis
internal import SystemPackage
internal import TestSupport
internal import Testing

@Suite("Evaluation")
struct EvaluationTests {
  private static func evaluated(
    _ name: String, error: (TruthRecord) -> Double
  ) throws -> [PlacementResult] {
    let plan = try #require(Scenario.named(name)).plan()
    let truth = TimelineTests.truth(plan)
    var evaluation = PlacementEvaluation(
      header: TruthHeader(plan, startUnixNanoseconds: 0))
    for record in truth { evaluation.expect(record) }
    for record in truth where record.fate == .delivered {
      evaluation.place(
        connection: record.connection, ssrc: record.ssrc, sequence: record.sequence & 0xFFFF,
        timestamp: UInt32(truncatingIfNeeded: record.timestamp),
        at: Double(record.trueTime + record.leastDelay) + error(record) * 1e6)
    }
    return evaluation.results
  }

  @Test("a perfect renderer has no error, one that is 3 ms late has 3 ms")
  func running() throws {
    let perfect = try #require(Self.evaluated("wraps") { _ in 0 }.first)
    #expect(perfect.error.maximum == 0)
    #expect(perfect.placed == perfect.delivered)
    let late = try #require(Self.evaluated("wraps") { _ in 3 }.first)
    #expect(abs((late.attributableError.median ?? 0) - 3) < 1e-6)
    #expect(abs((late.error.mean ?? 0) - 3) < 1e-6)
  }

  @Test("for frozen timestamps the least excess within the spurt is not held against it")
  func frozen() throws {
    let results = try Self.evaluated("frozen") { record in record.isFirstOfSpurt ? 0 : 0.05 }
    #expect(results.allSatisfy { ($0.error.maximum ?? 0) > 0.04 })
    // Being early is never excused.
    let early = try Self.evaluated("frozen") { _ in -1 }
    #expect(early.allSatisfy { abs(($0.attributableError.median ?? 0) - 1) < 1e-6 })
    let far = try Self.evaluated("frozen") { _ in 30 }
    #expect(far.allSatisfy { ($0.attributableError.p99 ?? 99) < 30 })
  }

  @Test("the lag of a track is found to a fraction of a sample", arguments: [0.0, 1.25, -4])
  func lag(milliseconds: Double) throws {
    var options = ScenarioOptions()
    options.duration = .seconds(6)
    var plan = try #require(Scenario.named("clean")).plan(options)
    plan.speakers[0].talk = .turns([Turn(start: .seconds(1), duration: .seconds(3))])
    let truth = TimelineTests.truth(plan)
    let voice = Voice.synthetic(seconds: 4, seed: 4)
    let folder = try TemporaryFolder()
    let path = folder.path.appending("track.wav")
    let first = try #require(truth.first)
    // The track at 48 kHz: the clean voice where the truth says, shifted.
    let start = Double(first.trueTime + first.leastDelay) / 1e9 * 48_000 + milliseconds * 48
    var writer = try SparseWAVWriter(
      creating: path, sampleRate: 48_000, totalSamples: 6 * 48_000)
    let samples = voice.samples.prefix(3 * 48_000).map { Int16($0 * 20_000) }
    try writer.write(samples.span, at: Int64(start.rounded()))
    try writer.finish()

    var evaluation = try AudioEvaluation(track: path, voice: voice)
    for record in truth { evaluation.add(record) }
    let result = evaluation.result
    #expect(result.lag.count >= 2)
    #expect(result.unclear <= 1)
    #expect(abs((result.lag.mean ?? 99) - milliseconds) < 0.03)
    #expect(abs((result.lag.maximum ?? 99) - abs(milliseconds)) < 0.05)
  }
}
