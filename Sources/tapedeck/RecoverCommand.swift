internal import JSONValues
internal import ArgumentParser
internal import CaptureLog
internal import Render
internal import SystemPackage

/// `tapedeck recover`: a clean copy of a damaged capture.
struct RecoverCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover",
    abstract: "Make a clean copy of a damaged capture.",
    discussion: """
      Copies every sound packet, event and key record, session.json too, to a new folder; events of \
      the kind "recovered" say what was damaged or missing where. The original is never changed.
      """)

  @Argument(help: ArgumentHelp("The capture folder.", valueName: "capture"))
  var capture: String

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp("The folder to make; it may exist if it is empty.", valueName: "dir"))
  var output: String

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
      let report = try CaptureRecovery.recover(
        folder, to: FilePath(output), cancellation: cancellation
      ) {
        reporter.progress($0, capture: id, label: "recover")
      }
      reporter.endProgress()
      for damage in report.damages {
        reporter.report(.warning, capture: id, CaptureJob.fields(of: damage))
      }
      if json { print(try CaptureJob.text(report)) } else { tell(report, to: reporter) }
      return [
        "packets": .integer(Int64(clamping: report.packets)),
        "events": .integer(Int64(clamping: report.events)),
        "damages": .integer(Int64(report.damages.count)), "out": .string(output),
      ]
    }
  }

  private func tell(_ report: CaptureRecovery.Report, to reporter: StatusReporter) {
    for damage in report.damages { reporter.say(damage.description) }
    if report.sessionMade { reporter.say("session.json: lost; made from the segments") }
    if report.lostKeyLines > 0 {
      reporter.say("key log: \(report.lostKeyLines) lines are no records and were left out")
    }
    reporter.say(
      "\(report.packets) packets, \(report.events) events, \(report.keyRecords) key records "
        + "copied to \(output)")
  }
}
