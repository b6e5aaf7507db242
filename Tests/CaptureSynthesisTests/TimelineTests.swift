internal import CaptureLog
internal import CaptureSynthesis
internal import Testing

@Suite("Timeline")
struct TimelineTests {
  static func steps(_ plan: CapturePlan) -> [TimelineStep] {
    var timeline = Timeline(plan)
    var steps: [TimelineStep] = []
    while let step = timeline.next() { steps.append(step) }
    return steps
  }

  static func truth(_ plan: CapturePlan) -> [TruthRecord] {
    steps(plan).compactMap { step in
      if case .sent(_, _, let truth) = step { truth } else { nil }
    }
  }

  /// A scenario, the hours of speech cut to a minute and a half.
  static func short(_ scenario: Scenario, seed: UInt64 = 1) -> CapturePlan {
    var options = ScenarioOptions(seed: seed)
    if scenario.plan().duration > .minutes(3) { options.duration = .seconds(90) }
    return scenario.plan(options)
  }

  @Test("the same seed gives the same capture, another seed another", arguments: Scenario.all)
  func determinism(scenario: Scenario) {
    let plan = Self.short(scenario)
    let steps = Self.steps(plan)
    #expect(steps == Self.steps(plan))
    #expect(steps != Self.steps(Self.short(scenario, seed: 2)))
  }

  @Test("steps come in the order of time, and every copy once", arguments: Scenario.all)
  func order(scenario: Scenario) {
    var last = Int64.min
    var copies = 0
    var expected = 0
    var ended: Set<UInt64> = []
    for step in Self.steps(Self.short(scenario)) {
      switch step {
      case .sent(_, let id, let truth):
        expected += truth.arrival == nil ? 0 : 1 + truth.duplicates
        #expect(!ended.contains(id))
      case .arrival(_, let id, let time, _, let isLast):
        #expect(time >= last)
        last = time
        copies += 1
        #expect(!ended.contains(id))
        if isLast { ended.insert(id) }
      case .event(let event):
        #expect(event.time >= last)
        last = event.time
      case .report(_, let time), .connect(_, let time), .clock(let time, _),
        .keepalive(_, _, _, let time), .noise(_, _, let time), .forgery(_, _, let time):
        #expect(time >= last)
        last = time
      }
    }
    #expect(copies == expected)
    #expect(copies > 0)
  }

  @Test(
    "within a spurt sample time, timestamp and sequence number advance together",
    arguments: Scenario.all)
  func spurts(scenario: Scenario) {
    var previous: [Int: TruthRecord] = [:]
    for record in Self.truth(Self.short(scenario)) {
      defer { previous[record.speaker] = record }
      guard let before = previous[record.speaker], before.spurt == record.spurt,
        before.ssrc == record.ssrc, before.connection == record.connection
      else {
        #expect(record.isFirstOfSpurt)
        continue
      }
      #expect(record.sequence == before.sequence + 1)
      let advance = record.timestamp - before.timestamp
      #expect(advance >= before.samples)
      let elapsed = Double(record.trueTime - before.trueTime)
      #expect(abs(elapsed - Double(advance) * 1e9 / 48_000) < 1e6)
    }
  }

  @Test("nothing arrives before the least delay, but for a bot's first packets and silence")
  func leastDelay() {
    for scenario in Scenario.all {
      let plan = Self.short(scenario)
      for record in Self.truth(plan) {
        guard let excess = record.excessDelay else { continue }
        let sender = plan.speakers[record.speaker].sender
        var early: Int64 = record.isFirstOfSpurt && sender.sendsFirstPacketEarly ? 20 : 0
        if record.kind == .silence, sender.sendsSilenceAtOnce {
          early = 20 * Int64(sender.trailingSilenceFrames - 1)
        }
        #expect(excess >= -early * 1_000_000)
      }
    }
  }
}
