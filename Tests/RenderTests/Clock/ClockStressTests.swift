internal import CaptureSynthesis
internal import Testing

@testable import Render

/// Networks and senders beyond the named scenarios, through pass 1's clock.
@Suite struct ClockStressTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var talk: TalkPattern
    var minutes: Double
    var configure: @Sendable (inout SpeakerPlan) -> Void

    init(
      _ name: String, talk: TalkPattern = .spurts(length: .seconds(4), share: 0.5),
      minutes: Double = 20, configure: @escaping @Sendable (inout SpeakerPlan) -> Void
    ) {
      testDescription = name
      self.talk = talk
      self.minutes = minutes
      self.configure = configure
    }
  }

  static let cases: [Case] = [
    Case("uniform jitter of 60 ms, 5 % loss, -80 ppm") {
      $0.network.jitter = .uniform(width: .milliseconds(60))
      $0.network.lossShare = 0.05
      $0.sender.ppm = -80
    },
    Case("queueing jitter of 40 ms, 3 % loss, 30 ppm", minutes: 60) {
      $0.network.jitter = .exponential(mean: .milliseconds(40))
      $0.network.lossShare = 0.03
      $0.sender.ppm = 30
    },
    Case("sparse talk at 100 ppm", talk: .spurts(length: .seconds(2), share: 0.03), minutes: 60) {
      $0.network.jitter = .exponential(mean: .milliseconds(5))
      $0.sender.ppm = 100
    },
    Case("route changes while sparse", talk: .spurts(length: .seconds(3), share: 0.2), minutes: 30)
    {
      $0.network.jitter = .exponential(mean: .milliseconds(2))
      $0.network.routeChanges = [
        DelayStep(time: .minutes(10), change: .milliseconds(25)),
        DelayStep(time: .minutes(20), change: .milliseconds(-15)),
      ]
    },
    Case("comfort packets of DTX", minutes: 10) {
      $0.sender.usesDTX = true
      $0.network.jitter = .exponential(mean: .milliseconds(5))
    },
    Case("packets of 60 ms at 200 ppm", talk: .nonStop, minutes: 30) {
      $0.sender.framesPerPacket = 3
      $0.sender.ppm = 200
      $0.network.jitter = .exponential(mean: .milliseconds(10))
    },
    Case("standing clock, long spurts, 100 ppm", talk: .spurts(length: .seconds(60), share: 0.8)) {
      $0.sender.timestamps = .frozen
      $0.sender.ppm = 100
      $0.network.jitter = .exponential(mean: .milliseconds(4))
    },
    Case("standing clock with stalls", talk: .spurts(length: .seconds(5), share: 0.7)) {
      $0.sender.timestamps = .frozen
      $0.network.jitter = .exponential(mean: .milliseconds(4))
      $0.network.stalls = (1...10).map {
        let start = Int64.seconds(100 * Double($0))
        return start..<start + .milliseconds(700)
      }
    },
  ]

  @Test("99 % within 2 ms", arguments: cases)
  func places(_ scenario: Case) throws {
    var speaker = SpeakerPlan.numbered(0, talk: scenario.talk)
    scenario.configure(&speaker)
    let plan = CapturePlan(
      name: "stress", duration: .minutes(scenario.minutes), seed: 5, speakers: [speaker])
    let errors = ClockRun(plan).errors()
    #expect(!errors.isEmpty)
    let p99 = errors[(errors.count - 1) * 99 / 100]
    let maximum = errors[errors.count - 1]
    print("stress \(scenario.testDescription): p99 \(p99) ms, max \(maximum) ms")
    #expect(p99 <= 2)
  }
}
