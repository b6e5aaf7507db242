internal import CaptureLog
internal import CaptureSynthesis
internal import Testing

@testable import Render

/// Packets that continue a speaker's stream by their headers but were sealed without the key.
@Suite struct ForgeryTests {
  private struct Rendering {
    var packets: [PlacedPacket]
    var results: [TrackResult]
    var samples: [[Int16]]
    var forged: Int64

    init(_ plan: CapturePlan) throws {
      let capture = try SyntheticCapture(plan, encrypted: true)
      let survey = try RenderEngine.survey(
        capture: capture.capture,
        keys: try CaptureKeys.open(capture.capture, with: capture.keys))
      let trace = TraceLog()
      var sinks: [String: MemorySink] = [:]
      results = try RenderEngine.render(
        capture: capture.capture, speakers: survey.speakers.map(\.id), survey: survey,
        keys: try capture.renderKeys(survey), options: EngineOptions(),
        makeSink: {
          let sink = MemorySink()
          sinks[$0.id] = sink
          return sink
        }, trace: { trace.packets.append($0) })
      packets = trace.packets
      samples = results.map { sinks[$0.speaker]?.samples ?? [] }
      forged = Int64(capture.counts.noise["forged"] ?? 0)
    }
  }

  /// Packets that look like the stream's next may change the last digits of its clock, and with them
  /// to which part of a sample a spurt's begin is rounded.
  /// The attack: whoever spoofs the server's address sends packets that seem to be early. Believed,
  /// they would be the least delay, by which speech is placed.
  @Test("packets ahead of their time do not move a speaker", arguments: 1...2)
  func clockIsUntouched(seed: UInt64) throws {
    var options = ScenarioOptions(seed: seed)
    options.speakers = 2
    var plan = try #require(Scenario.named("noise")).plan(options)
    plan.noise.forgesAhead = true
    let noisy = try Rendering(plan)
    plan.noise = NoisePlan()
    let quiet = try Rendering(plan)

    #expect(noisy.forged > 100)
    let closed = noisy.results.reduce(0) { $0 + $1.packets.undecryptable.transport }
    #expect(closed == noisy.forged)
    try #require(noisy.results.count == quiet.results.count)
    for (result, wanted) in zip(noisy.results, quiet.results) {
      #expect(result.packets.isBalanced && result.packets.undecryptable.transport > 0)
      #expect(result.packets.placed == wanted.packets.placed && wanted.packets.placed > 1_000)
      #expect(result.frames == wanted.frames)
    }
    let places = Self.places(noisy.packets)
    let wanted = Self.places(quiet.packets)
    #expect(places.count == wanted.count)
    let moved = wanted.map { abs(($0.value) - (places[$0.key] ?? .infinity)) }.max() ?? .infinity
    // A sample of 16 kHz; without the proof it is hundreds.
    #expect(moved < 1)
  }

  @Test(
    "what is forged does not open, and speech lies where it lies without", arguments: 1...2,
    [0.0, 40])
  func speechIsUntouched(seed: UInt64, ppm: Double) throws {
    var options = ScenarioOptions(seed: seed)
    options.speakers = 2
    options.ppm = ppm
    var plan = try #require(Scenario.named("noise")).plan(options)
    let noisy = try Rendering(plan)
    plan.noise = NoisePlan()
    let quiet = try Rendering(plan)

    #expect(noisy.forged > 100 && quiet.forged == 0)
    let closed = noisy.results.reduce(0) { $0 + $1.packets.undecryptable.transport }
    #expect(closed == noisy.forged)
    #expect(noisy.packets.count { $0.fate == .undecryptable } == Int(noisy.forged))
    try #require(noisy.results.count == quiet.results.count)
    for (result, wanted) in zip(noisy.results, quiet.results) {
      #expect(result.packets.isBalanced && result.frames.isBalanced)
      #expect(result.packets.placed == wanted.packets.placed && wanted.packets.placed > 1_000)
      #expect(result.packets.duplicate == 0 && result.packets.late == 0)
      #expect(result.frames == wanted.frames)
    }
    let places = Self.places(noisy.packets)
    let wanted = Self.places(quiet.packets)
    #expect(places.count == wanted.count)
    let moved = wanted.map { abs(($0.value) - (places[$0.key] ?? .infinity)) }.max() ?? .infinity
    #expect(moved < 1)
    for (result, wanted) in zip(noisy.results, quiet.results) {
      try #require(result.spurts.count == wanted.spurts.count)
      for (spurt, other) in zip(result.spurts, wanted.spurts) {
        #expect(abs(spurt.start - other.start) <= 1 && abs(spurt.end - other.end) <= 1)
      }
    }
    // Nor is anything of the random bytes heard.
    let power = [noisy, quiet].map { $0.samples.map(Self.power) }
    for (loud, wanted) in zip(power[0], power[1]) {
      #expect(wanted > 0 && abs(loud / wanted - 1) < 0.01)
    }
  }

  private static func power(_ samples: [Int16]) -> Double {
    samples.reduce(0.0) { $0 + Double($1) * Double($1) }
  }

  private struct Place: Hashable {
    var ssrc: UInt32
    var sequence: Int64
  }

  private static func places(_ packets: [PlacedPacket]) -> [Place: Double] {
    var places: [Place: Double] = [:]
    for packet in packets where packet.fate == .placed {
      places[Place(ssrc: packet.ssrc, sequence: packet.sequence)] = packet.position
    }
    return places
  }
}
