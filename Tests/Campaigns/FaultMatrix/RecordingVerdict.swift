import CaptureLog
import DiscordSimulator
import FoundationEssentials
import Recorder
import Render
import SystemPackage
import TestSupport

/// What one trial cost in one recording.
struct TrialVerdict: Sendable {
  let trial: Trial
  let recording: Int
  /// Seconds from the recording's first trial on.
  let at: Double
  /// Seconds lost beyond the fault, of whoever lost most.
  let lost: Double
  /// Seconds until all was well again, after the fault; nil: never.
  let recovery: Double?
  /// Causes of alerts that were raised, in order.
  let raised: [String]
  let cleared: [String]
  /// What the capture explains gaps with.
  let words: [String]
  let failures: [String]
}

/// How one recording came through.
struct RecordingVerdict: Sendable {
  let number: Int
  let seed: UInt64
  private(set) var trials: [TrialVerdict] = []
  /// What is wrong with the whole of it.
  private(set) var failures: [String] = []
  private(set) var spoken = 0
  private(set) var placed = 0
  /// 99 of 100 packets lie nearer than this to where they were said, milliseconds.
  private(set) var distance = 0.0
  /// The recorder's log in trials that failed.
  private(set) var log: [String] = []

  /// How far packets may lie from where they belong, in milliseconds: the way's own jitter.
  private static let mostDistance = 5.0
  /// What the way takes for longer than this must have been told, in seconds; shorter losses are in the
  /// ledger, and in the track's gaps where they are not between two talk spurts.
  private static let leastTold = 10.0
  /// Holes that are shorter need no explanation, nanoseconds.
  private static let leastHole: Int64 = 200_000_000

  /// A recording that could not be judged.
  init(number: Int, seed: UInt64, failure: String) {
    self.number = number
    self.seed = seed
    failures = [failure]
  }

  init(
    number: Int, seed: UInt64, booth: Booth, end: RecordingEnd, stretches: [RecordingRun.Stretch],
    missed: [String], stall: Double
  ) throws {
    self.number = number
    self.seed = seed
    if end.reason != .stopped || end.exitCode != 0 || !end.isComplete {
      failures.append("it ended by itself: \(end.reason.rawValue), \(end.message)")
    }
    if stall > 0.5 {
      failures.append("the machine stood still for \(Table.seconds(stall)) s: run it again")
    }
    if !missed.isEmpty { failures.append("not met: \(missed.joined(separator: ", "))") }
    // What begins with a dot is no capture: the name of the bot before, while that is not restored.
    let captures = try FileManager.default.contentsOfDirectory(atPath: booth.captures.string)
      .filter { $0.first != "." }
    if captures.count != 1 { failures.append("\(captures.count) captures") }
    let explanations = try Explanations(end.capture)
    guard let zero = explanations.zero else {
      failures.append("the capture tells of no voice server")
      return
    }
    let truth = try Truth(booth, capture: end.capture, zero: zero)
    let manifest = try RenderJob(
      capture: end.capture, output: booth.folder.path.appending("tracks"), keys: [booth.key]
    ).run().manifest
    judge(manifest, truth, people: booth.people)
    let track = TrackGaps(manifest, zero: zero)
    let holes = truth.holes(longerThan: Self.leastHole)
    for stretch in stretches {
      let verdict = judge(stretch, truth, holes, explanations, track, stretches[0].start)
      trials.append(verdict)
      guard !verdict.failures.isEmpty else { continue }
      log.append("recording \(number), \(stretch.trial.name): \(verdict.failures)")
      log += booth.log.lines(from: stretch.start, to: stretch.end).prefix(80)
    }
  }

  var isGood: Bool { failures.isEmpty && trials.allSatisfy(\.failures.isEmpty) }

  private mutating func judge(_ manifest: Manifest, _ truth: Truth, people: [World.ID]) {
    spoken = truth.spokenCount
    placed = truth.distances.count
    let index = truth.distances.count * 99 / 100
    distance = truth.distances.isEmpty ? 0 : truth.distances[index]
    if distance > Self.mostDistance {
      failures.append("packets lie \(Table.seconds(distance)) ms from their time (p99)")
    }
    if truth.foreign > 0 { failures.append("\(truth.foreign) placed packets that nobody sent") }
    if truth.twice > 0 { failures.append("\(truth.twice) packets placed twice") }
    let names = Set(people.map { "\($0)" })
    for speaker in manifest.speakers {
      if !speaker.packets.isBalanced || !speaker.frames.isBalanced {
        failures.append("the ledger of \(speaker.id) does not add up")
      }
      if speaker.userID.map({ !names.contains($0) }) ?? true {
        failures.append("a track of nobody: \(speaker.id)")
      }
    }
  }

  private func judge(
    _ stretch: RecordingRun.Stretch, _ truth: Truth, _ holes: [Truth.Hole],
    _ explanations: Explanations, _ track: TrackGaps, _ first: Int64
  ) -> TrialVerdict {
    let trial = stretch.trial
    // What was on its way when the fault came.
    let range = stretch.start - 100_000_000..<max(stretch.start, stretch.end - 100_000_000)
    let own = stretch.start - 50_000_000...stretch.faultEnd
    let lost = truth.lost(range) { frame in
      !frame.isTaken && !(trial.deafens && own.contains(frame.time))
    }
    let mine = holes.filter { range.contains($0.start) }
    var failures: [String] = []
    if lost > trial.limit {
      failures.append("\(Table.seconds(lost)) s lost, limit \(Table.seconds(trial.limit))")
    }
    if stretch.wellAgain == nil { failures.append("not well again") }
    var words: [String] = []
    for hole in mine {
      let span = hole.start...hole.end
      let told = explanations.words(for: span)
      words += told + track.words(hole.user, in: span)
      // What reached us and is not there must have its event from end to end.
      let gaps = hole.isTouched ? track.ranges(hole.user) : []
      let isExplained =
        hole.isTaken
        ? hole.seconds < Self.leastTold || !told.isEmpty : explanations.covers(span, with: gaps)
      if !isExplained {
        failures.append(
          "a gap of \(Table.seconds(hole.seconds)) s without explanation at "
            + "+\((hole.start - stretch.start) / 1_000_000) ms")
      }
    }
    let alerts = explanations.alerts.filter { range.contains($0.time) }
    let raised = alerts.filter(\.isRaised).map(\.cause)
    let cleared = alerts.filter { !$0.isRaised }.map(\.cause)
    let longest = mine.map(\.seconds).max() ?? 0
    failures += Self.misalerts(trial, raised, cleared, longest: longest)
    return TrialVerdict(
      trial: trial, recording: number, at: Double(stretch.start - first) / 1e9, lost: lost,
      recovery: stretch.wellAgain.map { Double($0 - stretch.faultEnd) / 1e9 }, raised: raised,
      cleared: cleared, words: Set(words).sorted(), failures: failures)
  }

  /// - Parameter longest: Seconds for which somebody was not heard in one go.
  private static func misalerts(
    _ trial: Trial, _ raised: [String], _ cleared: [String], longest: Double
  ) -> [String] {
    let expected: ClosedRange<Int>
    switch trial.alerting {
    case .always(let cause):
      if raised == [cause.rawValue], cleared == raised { return [] }
      expected = 1...1
    case .whenLong:
      // About ten seconds either is right.
      expected = longest > 11 ? 1...1 : longest < 9.5 ? 0...0 : 0...1
    }
    guard expected.contains(raised.count), raised == cleared else {
      return ["alerts \(raised), cleared \(cleared), for \(Table.seconds(longest)) s"]
    }
    return []
  }
}

/// What the tracks themselves say about gaps.
struct TrackGaps {
  private var gaps: [UInt64: [(range: ClosedRange<Int64>, cause: String)]] = [:]

  init(_ manifest: Manifest, zero: Int64) {
    func time(_ sample: Int64) -> Int64 { zero + sample * 1_000_000_000 / 16_000 }
    for speaker in manifest.speakers {
      guard let user = speaker.userID.flatMap({ UInt64($0) }) else { continue }
      gaps[user] = speaker.gaps.map { gap in
        // A track's gap begins behind what was concealed, and placing is not exact.
        (time(gap.start) - 200_000_000...time(gap.end) + 100_000_000, gap.cause)
      }
    }
  }

  func ranges(_ user: UInt64) -> [ClosedRange<Int64>] { (gaps[user] ?? []).map(\.range) }

  func words(_ user: UInt64, in range: ClosedRange<Int64>) -> [String] {
    (gaps[user] ?? []).filter { $0.range.overlaps(range) }.map { "track \($0.cause)" }
  }
}
