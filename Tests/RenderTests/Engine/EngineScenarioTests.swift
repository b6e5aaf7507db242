internal import CaptureLog
internal import CaptureSynthesis
internal import Testing

@testable import Render

/// Whole captures through both passes, without decoding: places, order and the ledger.
@Suite struct EngineScenarioTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var scenario: String
    var minutes: Double?
    var encrypted = false
    var testDescription: String { scenario + (encrypted ? ", encrypted" : "") }
  }

  static let cases: [Case] = [
    Case(scenario: "clean", encrypted: true), Case(scenario: "burst-loss"),
    Case(scenario: "pauses"), Case(scenario: "pauses-bare"), Case(scenario: "long-pause"),
    Case(scenario: "stall"), Case(scenario: "route-change"),
    Case(scenario: "loss-jitter", minutes: 10), Case(scenario: "reorder", encrypted: true),
    Case(scenario: "drift", minutes: 5), Case(scenario: "wraps"), Case(scenario: "ssrc-change"),
    Case(scenario: "rejoin"), Case(scenario: "reconnect", encrypted: true),
    Case(scenario: "conversation"), Case(scenario: "frozen"),
    Case(scenario: "frozen", encrypted: true), Case(scenario: "restarted"),
    Case(scenario: "unmapped"), Case(scenario: "late-mapping"),
    Case(scenario: "noise", encrypted: true), Case(scenario: "wall-clock-step"),
  ]

  @Test("packets are placed where the truth says and the ledger holds", arguments: cases)
  func places(_ scenario: Case) throws {
    var options = ScenarioOptions()
    options.duration = scenario.minutes.map { .minutes($0) }
    let plan = try #require(Scenario.named(scenario.scenario)).plan(options)
    let capture = try SyntheticCapture(plan, encrypted: scenario.encrypted)
    let survey = try RenderEngine.survey(
      capture: capture.capture, keys: CaptureKeys.open(capture.capture, with: capture.keys))
    let truth = try capture.truth()
    var evaluation = PlacementEvaluation(header: truth.header)
    for record in truth.records { evaluation.expect(record) }

    let trace = TraceLog()
    let results = try RenderEngine.render(
      capture: capture.capture, speakers: survey.speakers.map(\.id), survey: survey,
      keys: try capture.renderKeys(survey), options: EngineOptions(), makeSink: nil,
      trace: { trace.packets.append($0) })
    for packet in trace.packets where packet.fate == .placed {
      evaluation.place(
        connection: packet.connection, ssrc: packet.ssrc, sequence: packet.sequence,
        timestamp: packet.timestamp, at: packet.position * 1e9 / 16_000)
    }
    for result in results {
      #expect(result.packets.isBalanced)
      #expect(result.frames.isBalanced)
      #expect(result.spurts == result.spurts.sorted { $0.start < $1.start })
    }
    #expect(trace.packets.count == results.reduce(0) { $0 + Int($1.packets.captured) })
    for (speaker, result) in evaluation.results.enumerated() where result.delivered > 0 {
      let p99 = try #require(result.attributableError.p99)
      let maximum = try #require(result.attributableError.maximum)
      print(
        "engine \(scenario.scenario) speaker \(speaker): \(result.placed) of \(result.delivered),",
        "p99 \(p99) ms, max \(maximum) ms")
      #expect(p99 <= 2)
      #expect(maximum <= 5)
      #expect(result.placed == result.delivered)
    }
  }
}

final class TraceLog {
  var packets: [PlacedPacket] = []
}
