internal import JSONValues
internal import ArgumentParser
internal import CaptureLog
internal import Render
internal import SystemPackage

/// `tapedeck verify`: every damaged or missing range of a capture.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check a capture for damage.",
    discussion: """
      Reads every block and checks its CRC32C, the running numbers over all segments, session.json \
      and the lines of the key log. Nothing is changed. Exits 0 when all is sound, 65 when anything \
      is damaged or missing. A recording that did not end, or is still going on, is not damage.
      """)

  @Argument(help: ArgumentHelp("The capture folder.", valueName: "capture"))
  var capture: String

  @Flag(name: .customLong("json"), help: "Print the report as one JSON object.")
  var json = false

  @Option(
    name: .customLong("status"),
    help: ArgumentHelp("Print one status object a line on standard output.", valueName: "json"))
  var status: StatusFormat?

  func validate() throws {
    guard !json || status == nil else {
      throw ValidationError("--json and --status json both use standard output; choose one")
    }
  }

  func run() throws {
    let cancellation = CaptureCancellation()
    try SignalWatch.start(cancellation)
    let reporter = StatusReporter(format: status)
    let folder = FilePath(capture)
    let id = CaptureList.id(of: folder)
    try CaptureJob.run(reporter, capture: id) {
      let report = try CaptureVerifier.verify(folder, cancellation: cancellation) {
        reporter.progress($0, capture: id, label: "verify")
      }
      reporter.endProgress()
      for damage in report.damages {
        reporter.report(.warning, capture: id, CaptureJob.fields(of: damage))
      }
      for problem in report.problems {
        reporter.report(
          .warning, capture: id, ["code": .string("problem"), "message": .string(problem.text)])
      }
      if json { print(try CaptureJob.text(report)) } else { tell(report, to: reporter) }
      guard report.isSound else {
        let count = report.damages.count + report.problems.count
        let advice =
          report.isRecoverable
          ? "; `tapedeck recover \(capture) --out DIR` makes a clean copy of all that is sound"
          : ", which `tapedeck recover` cannot mend; put back the lost or damaged files if you can"
        throw CommandFailure(
          .badInput,
          "\(capture) is damaged (\(count) \(count == 1 ? "place" : "places"))\(advice)")
      }
      return [
        "packets": .integer(Int64(clamping: report.packets)),
        "events": .integer(Int64(clamping: report.events)), "bytes": .integer(report.bytes),
        "complete": .bool(report.complete),
      ]
    }
  }

  private func tell(_ report: VerifyReport, to reporter: StatusReporter) {
    for segment in report.segments {
      reporter.say(
        "\(segment.name): \(segment.bytes) bytes, \(segment.blocks) blocks, "
          + "\(segment.packets) packets, \(segment.events) events")
    }
    for damage in report.damages { reporter.say(damage.description) }
    for problem in report.problems { reporter.say(problem.text) }
    let end =
      report.complete ? "complete" : report.live ? "still being recorded" : "did not end by itself"
    let damage =
      report.isSound
      ? "sound"
      : "\(report.damagedBytes) bytes damaged, \(report.missingBlocks) blocks missing"
    reporter.say(
      "\(Terminal.escaped(report.capture)): \(report.packets) packets, \(report.events) events, "
        + "\(report.keyRecords) key records; \(end); \(damage)")
  }
}

extension VerifyReport.Problem {
  /// What is wrong where, for people.
  var text: String {
    // What is wrong with session.json is a sentence that names it.
    guard !message.hasPrefix(file) else { return message }
    return (line.map { "\(file), line \($0)" } ?? file) + ": " + message
  }
}
