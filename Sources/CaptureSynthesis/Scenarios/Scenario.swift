/// Settings that a scenario takes from outside; nil leaves the scenario's own.
package struct ScenarioOptions: Sendable, Equatable {
  package var seed: UInt64 = 1
  /// Nanoseconds.
  package var duration: Int64?
  package var speakers: Int?
  /// Share of packets lost, 0 to 1.
  package var loss: Double?
  /// Mean excess delay, ns.
  package var jitter: Int64?
  /// Clock drift: speakers get +, -, +/2, -/2, … of it.
  package var ppm: Double?
  /// The share of the time that each speaker talks, for the scenarios made of spurts.
  package var talkShare: Double?

  package init(seed: UInt64 = 1) {
    self.seed = seed
  }
}

/// A named kind of capture that shows one thing a renderer has to get right.
package struct Scenario: Sendable {
  package let name: String
  /// One line for people.
  package let summary: String
  private let make: @Sendable (ScenarioOptions) -> CapturePlan

  init(
    _ name: String, _ summary: String, make: @escaping @Sendable (ScenarioOptions) -> CapturePlan
  ) {
    self.name = name
    self.summary = summary
    self.make = make
  }

  /// The plan, with loss, jitter and drift of the options laid over it.
  package func plan(_ options: ScenarioOptions = ScenarioOptions()) -> CapturePlan {
    var plan = make(options)
    plan.name = name
    for index in plan.speakers.indices {
      if let loss = options.loss { plan.speakers[index].network.lossShare = loss }
      if let jitter = options.jitter {
        plan.speakers[index].network.jitter = jitter > 0 ? .exponential(mean: jitter) : .none
      }
      if let ppm = options.ppm {
        plan.speakers[index].sender.ppm = Self.drift(ppm, ofSpeaker: index)
      }
    }
    return plan
  }

  /// +, -, +1/2, -1/2, +1/3, … of a drift.
  static func drift(_ ppm: Double, ofSpeaker index: Int) -> Double {
    ppm / Double(index / 2 + 1) * (index.isMultiple(of: 2) ? 1 : -1)
  }

  /// The scenario of a name.
  package static func named(_ name: String) -> Scenario? {
    all.first { $0.name == name }
  }

  package static let all: [Scenario] =
    conversations + networkScenarios + clockScenarios + streamScenarios + payloadScenarios
}

extension CapturePlan {
  /// A plan of `count` numbered speakers made by `speaker`.
  static func crowd(
    _ options: ScenarioOptions, duration: Int64, count: Int = 1,
    speaker: (Int, Int64) -> SpeakerPlan
  ) -> CapturePlan {
    let length = options.duration ?? duration
    return CapturePlan(
      name: "", duration: length, seed: options.seed,
      speakers: (0..<max(options.speakers ?? count, 1)).map { speaker($0, length) })
  }
}

extension TalkPattern {
  /// Speech of these lengths with pauses of those lengths between, over and over, from `start` on.
  static func alternating(
    speech: Int64, pauses: [Int64], start: Int64 = .seconds(1), until duration: Int64
  ) -> TalkPattern {
    var turns: [Turn] = []
    var time = start
    var position: Int64 = 0
    while time + speech <= duration - .seconds(1) {
      turns.append(Turn(start: time, duration: speech, position: position))
      position += speech * 48 / 1_000_000
      time += speech + pauses[(turns.count - 1) % pauses.count]
    }
    return .turns(turns)
  }
}

extension Scenario: CustomStringConvertible {
  package var description: String { name }
}
