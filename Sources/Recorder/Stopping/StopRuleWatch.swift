/// Judges the stop rules; pure: times are passed in.
package struct StopRuleWatch: Sendable {
  /// Why to stop, with a sentence.
  package struct Verdict: Sendable, Equatable {
    package var reason: RecordingEnd.Reason
    package var message: String
  }

  /// What the rules are judged by.
  package struct Input: Sendable {
    /// Nanoseconds of a clock that never steps.
    package var now: Int64
    /// Nanoseconds since the Unix epoch, by the wall clock.
    package var wallTime: Int64
    /// Who is in the channel besides the recorder.
    package var people: Int
    package var bots: Int

    package init(now: Int64, wallTime: Int64, people: Int, bots: Int) {
      self.now = now
      self.wallTime = wallTime
      self.people = people
      self.bots = bots
    }
  }

  private let rules: StopRules
  private let start: Int64
  private var emptySince: Int64?
  private var withoutPeopleSince: Int64?

  /// - Parameter start: when the recorder was in the channel, by the clock of ``Input/now``.
  package init(_ rules: StopRules, start: Int64) {
    self.rules = rules
    self.start = start
  }

  /// Nil: go on.
  package mutating func check(_ input: Input) -> Verdict? {
    emptySince = input.people + input.bots > 0 ? nil : emptySince ?? input.now
    withoutPeopleSince = input.people > 0 ? nil : withoutPeopleSince ?? input.now
    if let duration = rules.duration, input.now &- start >= duration.nanoseconds {
      return Verdict(reason: .duration, message: "the time to record is over")
    }
    if let until = rules.untilUnixNanoseconds, input.wallTime >= until {
      return Verdict(reason: .until, message: "the moment to stop has come")
    }
    if let limit = rules.emptyFor, let since = emptySince, input.now &- since >= limit.nanoseconds {
      return Verdict(reason: .empty, message: "nobody is in the channel any more")
    }
    if let limit = rules.onlyBotsFor, let since = withoutPeopleSince,
      input.now &- since >= limit.nanoseconds
    {
      return Verdict(
        reason: .onlyBots,
        message: input.bots > 0
          ? "only bots are left in the channel" : "nobody is in the channel any more")
    }
    return nil
  }
}

extension Duration {
  /// In nanoseconds; the nearest that 64 bits hold.
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflows) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
    return overflow || overflows ? (seconds < 0 ? .min : .max) : sum
  }
}
