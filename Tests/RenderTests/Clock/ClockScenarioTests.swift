internal import CaptureSynthesis
internal import Testing

@testable import Render

/// The clock alone, on what the synthesiser's networks do to packets: no capture, no payload.
@Suite struct ClockScenarioTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var scenario: String
    /// Milliseconds.
    var p99 = 2.0
    var maximum = 5.0
    var testDescription: String { scenario }
  }

  static let cases: [Case] = [
    Case(scenario: "clean"), Case(scenario: "burst-loss"), Case(scenario: "pauses"),
    Case(scenario: "pauses-bare"), Case(scenario: "long-pause"), Case(scenario: "stall"),
    Case(scenario: "route-change"), Case(scenario: "loss-jitter"), Case(scenario: "reorder"),
    Case(scenario: "drift"), Case(scenario: "wraps"), Case(scenario: "ssrc-change"),
    Case(scenario: "rejoin"), Case(scenario: "reconnect"),
    Case(scenario: "conversation"),
    Case(scenario: "frozen"), Case(scenario: "restarted"),
  ]

  @Test("packets are placed where their least delay says", arguments: cases)
  func places(_ scenario: Case) throws {
    let plan = try #require(Scenario.named(scenario.scenario)).plan()
    let run = ClockRun(plan)
    let errors = run.errors()
    #expect(!errors.isEmpty)
    let p99 = errors[(errors.count - 1) * 99 / 100]
    let maximum = errors[errors.count - 1]
    print("clock \(scenario.scenario): \(errors.count) packets, p99 \(p99) ms, max \(maximum) ms")
    #expect(p99 <= scenario.p99)
    #expect(maximum <= scenario.maximum)
  }
}

/// A plan's packets through pass 1's clock.
struct ClockRun {
  private struct Packet {
    var position: StreamTimeline.Position
    var truth: Double
    var excess: Double
    var spurt: Int
    var stream: UInt64
    /// The sender's timestamps do not run on: the spurt's own least excess is allowed on top.
    var isAnchored: Bool
    var isFirst: Bool
    var isSilence: Bool
  }
  private var packets: [Packet] = []
  private(set) var clocks: [UInt64: StreamClock] = [:]

  init(_ plan: CapturePlan) {
    var timeline = Timeline(plan)
    var timelines: [UInt64: StreamTimeline] = [:]
    var recorders: [UInt64: ClockRecorder] = [:]
    var truths: [UInt64: (time: Int64, least: Int64)] = [:]
    while let step = timeline.next() {
      switch step {
      case .sent(_, let id, let truth): truths[id] = (truth.trueTime, truth.leastDelay)
      case .arrival(let packet, let id, let time, let copy, _):
        let key = UInt64(packet.connection) << 32 | UInt64(packet.ssrc)
        let position = timelines[key, default: StreamTimeline()].position(
          sequence: UInt16(truncatingIfNeeded: packet.sequence),
          timestamp: UInt32(truncatingIfNeeded: packet.timestamp), arrival: time)
        recorders[key, default: ClockRecorder()].add(
          sequence: position.sequence, timestamp: position.timestamp, arrival: time,
          isRestart: position.isRestart, isQuiet: { [.silence, .comfort].contains(packet.content) })
        guard copy == 0, let truth = truths.removeValue(forKey: id) else { continue }
        let right = Double(truth.time + truth.least)
        packets.append(
          Packet(
            position: position, truth: right, excess: Double(time) - right, spurt: packet.spurt,
            stream: key,
            isAnchored: plan.speakers[packet.speaker].sender.timestamps != .running,
            isFirst: packet.isFirstOfSpurt, isSilence: packet.content == .silence))
      default: break
      }
    }
    for (key, var recorder) in recorders {
      recorder.finish()
      clocks[key] = StreamClock(recorder)
    }
  }

  /// Sorted magnitudes in milliseconds.
  func errors() -> [Double] {
    var least: [String: Double] = [:]
    for packet in packets where packet.isAnchored && !packet.isFirst && !packet.isSilence {
      let key = "\(packet.stream) \(packet.spurt)"
      least[key] = min(least[key] ?? .infinity, packet.excess)
    }
    var errors: [Double] = []
    for packet in packets {
      guard let clock = clocks[packet.stream] else { continue }
      let index = clock.section(
        sequence: packet.position.sequence, timestamp: packet.position.timestamp, from: 0)
      let section = clock.sections[index]
      let time =
        Double(section.time) + section.nanoseconds(after: packet.position.timestamp)
      var error = time - packet.truth
      if packet.isAnchored, error > 0 {
        error = max(0, error - max(0, least["\(packet.stream) \(packet.spurt)"] ?? 0))
      }
      errors.append(abs(error) / 1e6)
    }
    return errors.sorted()
  }
}
