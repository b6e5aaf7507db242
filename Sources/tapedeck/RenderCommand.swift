internal import JSONValues
internal import ArgumentParser
internal import CaptureLog
internal import Render
internal import SystemPackage

/// `tapedeck render`.
struct RenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Makes one aligned track per speaker, and a manifest, of captures.",
    discussion: """
      Of one capture, DIR becomes the folder of its tracks. Of several, or with --list, each gets \
      DIR/<capture id>/. The folder appears whole or not at all; a finished one is left as it is.

      Exit codes: 0 done or already done; 64 wrong arguments, or DIR is in use; 65 the capture or a \
      key is bad; 66 the capture or a key is missing; 69 the capture is still being written; 75 try \
      again (I/O, no space, interrupted). Of many captures: 75 if any, else 65 if any.
      """)

  @Argument(help: ArgumentHelp("Folders of captures.", valueName: "capture"))
  var captures: [String] = []

  @Option(help: ArgumentHelp("The folder to make.", valueName: "dir"))
  var out: String

  @Option(
    help: ArgumentHelp("A file with one capture a line, - for standard input.", valueName: "file"))
  var list: String?

  @Option(help: ArgumentHelp("Only part i of n of the captures, i from 0.", valueName: "i/n"))
  var shard: Shard?

  @Option(
    name: .customLong("key"),
    help: ArgumentHelp(
      "An operator key; may be repeated. Default: all in the key folder.", valueName: "file"))
  var keyFiles: [String] = []

  @OptionGroup(title: "Tracks")
  var tracks: TrackOptions

  @Flag(help: "Replace a finished render of another capture or with other parameters.")
  var force = false

  @Flag(help: "Render a capture that is still being written, as far as it goes.")
  var partial = false

  @Flag(help: "Exit with 65 when anything was lost to damage or could not be opened.")
  var strict = false

  @Option(help: ArgumentHelp("Worker threads (default: one a processor).", valueName: "n"))
  var jobs: Int?

  @Option(
    help: ArgumentHelp("Status as one JSON object a line on standard output.", valueName: "json"))
  var status: StatusFormat?

  func validate() throws {
    if captures.isEmpty, list == nil {
      throw ValidationError("Name a capture, or a --list of them.")
    }
    if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs must be 1 to 256.") }
    if out.isEmpty { throw ValidationError("--out must name a folder.") }
    _ = try tracks.options()
  }

  func run() throws {
    let reporter = StatusReporter(format: status)
    let cancellation = RenderCancellation()
    try SignalWatch.start(cancellation)
    let worst: ExitStatus
    do {
      worst = try renderAll(reporter, cancellation)
    } catch {
      // What stops before the first capture still ends the status lines with an exit code.
      if let failure = CommandFailure(error) {
        reporter.report(
          .error,
          ["message": .string(failure.message), "exit": .integer(Int64(failure.status.rawValue))])
      }
      throw error
    }
    if worst != .done { throw CommandFailure(worst, "") }
  }

  private func renderAll(
    _ reporter: StatusReporter, _ cancellation: RenderCancellation
  ) throws -> ExitStatus {
    let paths = captures + (try list.map { try CaptureList.paths(inList: $0) } ?? [])
    let items = try CaptureList(paths, shard: shard).items
    let isSingle = captures.count == 1 && list == nil
    let batch = RenderBatch(
      items: items, isSingle: isSingle, output: FilePath(out),
      keys: try KeyArguments.load(keyFiles),
      options: try options(), isStrict: strict, jobs: jobs ?? ProcessorCount.available,
      reporter: reporter, cancellation: cancellation)
    return try batch.run()
  }

  private func options() throws -> RenderOptions {
    var options = try tracks.options()
    options.force = force
    options.partial = partial
    return options
  }
}
