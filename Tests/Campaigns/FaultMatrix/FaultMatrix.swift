import ArgumentParser
import CaptureSynthesis
import DiscordSimulator
import JSONValues
import SystemPackage

/// Recordings that each go through every fault that the simulator has.
@main
struct FaultMatrix: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "FaultMatrix",
    abstract: "Recordings that each meet every fault: what each cost, and whether it was told.",
    discussion: """
      Every recording has a Discord of its own in this process, over real sockets, in which three people talk nearly
      without a pause, end-to-end encrypted. The seed decides the order of the faults, the time between them, and who
      says what. What people said is compared with what the rendered tracks hold: "lost" is speech of whoever lost
      most, beyond what the fault itself took. Then come the faults that end a recording, each in one of its own.

      Checked: the limits; one capture; that all was well again; that every gap of more than 200 ms is explained by
      events of the capture or, for packets that the way lost, by a gap of the track; that a fault of more than ten
      seconds gave one alert and one all-clear, and a shorter one none; ledgers; that nothing forged is in a track.

      Progress goes to stderr, the table to stdout. Ends with 1 if anything is missed. The heartbeat interval of the
      gateways is 4 s here, not Discord's 13.75 s.
      """)

  @Option(help: "How many recordings.") var recordings = 20
  @Option(help: "What everything follows from.") var seed: UInt64 = 1
  @Option(help: "How many recordings run at a time.") var sideBySide = 10
  @Option(help: "Only faults whose name contains this; the short recordings then do not run.")
  var only: String?
  @Flag(help: "JSON in place of the table.") var json = false
  @Flag(help: "The recorder's log of trials that failed, on stderr.") var log = false

  func validate() throws {
    guard recordings > 0, sideBySide > 0 else {
      throw ValidationError("There must be recordings.")
    }
    guard !trials.isEmpty else { throw ValidationError("No fault has that name.") }
  }

  private var trials: [Trial] {
    Trial.all.filter { only.map($0.name.contains) ?? true }
  }

  func run() async throws {
    let trials = trials
    let clips = try (0..<8).map { index in
      try VoiceClip(Voice.synthetic(seconds: 20, seed: seed &+ UInt64(index)), for: .seconds(20))
    }
    let runs = (0..<recordings).map { number in
      RecordingRun(
        number: number + 1, seed: seed &* 1_000 &+ UInt64(number), trials: trials, clips: clips)
    }
    let verdicts = await sideBySide(runs) { run in
      do { return try await run.run() } catch {
        return RecordingVerdict(number: run.number, seed: run.seed, failure: "\(error)")
      }
    } tell: { verdict in
      Self.say(verdict, withLog: log)
    }
    var ends: [EndVerdict] = []
    if only == nil {
      ends = await sideBySide(Ending.all) { ending in
        do { return try await ending.run(seed: seed, clips: clips) } catch {
          return EndVerdict(name: ending.name, seen: "", failure: "\(error)")
        }
      } tell: { _ in
      }
    }
    let ordered = verdicts.sorted { $0.number < $1.number }
    print(json ? Table.json(ordered, ends).text() : Table.text(trials, ordered, ends))
    let isGood = ordered.allSatisfy(\.isGood) && ends.allSatisfy { $0.failure == nil }
    guard isGood else { throw ExitCode(1) }
  }

  /// At most so many at a time, as they come.
  private func sideBySide<Work: Sendable, Result: Sendable>(
    _ work: [Work], _ body: @escaping @Sendable (Work) async -> Result,
    tell: (Result) -> Void
  ) async -> [Result] {
    await withTaskGroup(of: Result.self) { group in
      var waiting = work[...]
      for one in waiting.prefix(sideBySide) { group.addTask { await body(one) } }
      waiting = waiting.dropFirst(sideBySide)
      var results: [Result] = []
      for await result in group {
        tell(result)
        results.append(result)
        if let next = waiting.popFirst() { group.addTask { await body(next) } }
      }
      return results
    }
  }

  private static func say(_ verdict: RecordingVerdict, withLog: Bool) {
    let failed = verdict.trials.filter { !$0.failures.isEmpty }
    var text =
      "recording \(verdict.number) (seed \(verdict.seed)): \(verdict.trials.count) faults, "
      + "\(verdict.placed) of \(verdict.spoken) packets placed, p99 "
      + "\(Table.seconds(verdict.distance)) ms, "
    text += verdict.isGood ? "good" : "\(failed.count) failed"
    for failure in verdict.failures { text += "\n    \(failure)" }
    for trial in failed {
      text +=
        "\n    \(trial.trial.name) at \(Table.seconds(trial.at)) s: "
        + trial.failures.joined(separator: "; ")
    }
    if withLog { for line in verdict.log { text += "\n      \(line)" } }
    // Nobody may be there to read it.
    _ = try? FileDescriptor.standardError.writeAll((text + "\n").utf8)
  }
}
