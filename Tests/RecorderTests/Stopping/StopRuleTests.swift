import Testing

@testable import Recorder

@Suite("Stop rules")
struct StopRuleTests {
  static let second: Int64 = 1_000_000_000
  static let wall: Int64 = 1_795_510_800_000_000_000

  /// The second at which the rules stop a recording, with the reason; `there` says who is there.
  private func end(
    _ rules: StopRules, within seconds: Int64 = 10_000, wallStep: Int64 = 0,
    there: (Int64) -> (people: Int, bots: Int) = { _ in (2, 1) }
  ) -> String? {
    let start = 500 * Self.second
    var watch = StopRuleWatch(rules, start: start)
    for second in 0...seconds {
      let (people, bots) = there(second)
      let verdict = watch.check(
        StopRuleWatch.Input(
          now: start + second * Self.second,
          wallTime: Self.wall + second * Self.second + wallStep, people: people, bots: bots))
      if let verdict { return "\(second) \(verdict.reason.rawValue)" }
    }
    return nil
  }

  @Test("Without rules a recording goes on, also with nobody there")
  func none() {
    #expect(end(StopRules()) == nil)
    #expect(end(StopRules()) { _ in (0, 0) } == nil)
  }

  @Test("A duration is measured by the clock that never steps, a moment by the wall clock")
  func times() {
    #expect(end(StopRules(duration: .seconds(5400))) == "5400 duration")
    #expect(
      end(StopRules(duration: .seconds(100)), wallStep: 7200 * Self.second) == "100 duration")
    let until = StopRules(untilUnixNanoseconds: Self.wall + 3600 * Self.second)
    #expect(end(until) == "3600 until")
    #expect(end(until, wallStep: 3000 * Self.second) == "600 until")
  }

  @Test("Empty for so long, and not in all")
  func empty() {
    let rules = StopRules(emptyFor: .seconds(300))
    #expect(end(rules) { _ in (0, 0) } == "300 empty")
    // Somebody looks in every 200 s, until the 1000th.
    #expect(
      end(rules) { second in (second < 1000 && second % 200 == 0 ? 1 : 0, 0) } == "1101 empty")
    // A bot is somebody.
    #expect(end(rules) { _ in (0, 1) } == nil)
  }

  @Test("Only bots left")
  func bots() {
    let rules = StopRules(onlyBotsFor: .seconds(60))
    #expect(end(rules) { _ in (1, 3) } == nil)
    #expect(end(rules) { second in (second < 100 ? 1 : 0, 3) } == "160 only_bots")
    #expect(end(rules) { second in (second < 100 ? 1 : 0, 0) } == "160 only_bots")
  }

  @Test("Durations beyond 64 bits of nanoseconds are the greatest there is")
  func overflow() {
    #expect(Duration.seconds(Int64.max).nanoseconds == .max)
    #expect(Duration.milliseconds(1500).nanoseconds == 1_500_000_000)
    #expect(end(StopRules(duration: .seconds(Int64.max)), within: 10) == nil)
  }
}
