internal import ArgumentParser
internal import Exports
internal import JSONValues
internal import Render
internal import SystemPackage

/// `tapedeck export`.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write tracks as a corpus in another tool's format.",
    discussion: """
      Takes one or many renders and makes one folder. Tracks are not copied: they are named by their \
      path, or linked (--audio link), and speech is given by offsets into them. The folder appears \
      whole or not at all; the same renders and options give the same bytes.

      With --pseudonyms, speakers and sessions get names made of a secret key and their ids, and no id, \
      name or date of a session is in the export; whoever has the key can make the names again. The \
      voices remain, of course. A key: head -c 32 /dev/urandom > FILE; chmod 600 FILE.

      Exit codes: 0 done or already done; 64 wrong arguments, or DIR is in use; 65 a manifest is bad; \
      66 a render, its audio or the key is missing; 75 try again (I/O, no space, interrupted).
      """)

  @Argument(help: ArgumentHelp("Folders of renders.", valueName: "render"))
  var renders: [String] = []

  @Option(help: ArgumentHelp("The format.", valueName: "format"))
  var format: ExportFormat

  @Option(help: ArgumentHelp("The folder to make.", valueName: "dir"))
  var out: String

  @Option(
    help: ArgumentHelp("A file with one render a line, - for standard input.", valueName: "file"))
  var list: String?

  @Option(
    help: ArgumentHelp(
      "How speech is cut: segments (at most 28 s, for recognisers), turns (pauses up to 0.3 s bridged), spurts, whole. Default: what the format is for.",
      valueName: "how"))
  var pieces: ExportOptions.Pieces?

  @Option(
    help: ArgumentHelp(
      "path: tracks by their absolute path; link: hard links in the export's folder.",
      valueName: "how"))
  var audio: ExportOptions.Audio = .path

  @Option(
    help: ArgumentHelp(
      "Deal out to train, dev and test, by a hash: speaker or session. No speaker is in two parts.",
      valueName: "by"))
  var split: ExportOptions.Split?

  @Option(
    help: ArgumentHelp(
      "The parts of a split and their weights (default: train=80,dev=10,test=10).",
      valueName: "name=weight,…"))
  var parts: SplitParts?

  @Option(
    help: ArgumentHelp("Leave out tracks with less speech (such as 5s).", valueName: "time"))
  var minSpeech: TimeLength?

  @Option(
    help: ArgumentHelp("Leave out tracks that lost more of their frames.", valueName: "percent"))
  var maxLoss: Double?

  @Flag(help: "Take the tracks of bots too.")
  var includeBots = false

  @Option(
    help: ArgumentHelp("Name nobody: a file with a secret of 16 bytes or more.", valueName: "file"))
  var pseudonyms: String?

  @Flag(help: "Replace a finished export of other renders or with other options.")
  var force = false

  @Option(
    help: ArgumentHelp("Status as one JSON object a line on standard output.", valueName: "json"))
  var status: StatusFormat?

  func validate() throws {
    if renders.isEmpty, list == nil {
      throw ValidationError("Name a render, or a --list of them.")
    }
    if out.isEmpty { throw ValidationError("--out must name a folder.") }
    if let maxLoss, !(0...100).contains(maxLoss) {
      throw ValidationError("--max-loss must be 0 to 100 percent.")
    }
    if parts != nil, split == nil { throw ValidationError("--parts goes with --split.") }
  }

  func run() throws {
    let reporter = StatusReporter(format: status)
    let cancellation = RenderCancellation()
    try SignalWatch.start(cancellation)
    try CaptureJob.run(reporter) {
      let paths = renders + (try list.map { try CaptureList.paths(inList: $0) } ?? [])
      let job = ExportJob(
        sessions: paths.map { FilePath($0) }, format: format, options: try options())
      let report = try job.run(to: FilePath(out), cancellation: cancellation) { fraction in
        reporter.progress(fraction, capture: "", label: "export")
      }
      reporter.endProgress()
      tell(report, to: reporter)
      return fields(of: report)
    }
  }

  private func options() throws -> ExportOptions {
    var options = ExportOptions()
    options.pieces = pieces
    options.audio = audio
    options.split = split
    if let parts { options.parts = parts.parts }
    options.minimumSpeech = minSpeech.map { Double($0.nanoseconds) / 1e9 } ?? 0
    options.maximumLoss = maxLoss.map { $0 / 100 } ?? 1
    options.includesBots = includeBots
    options.force = force
    if let pseudonyms {
      do {
        options.pseudonymKey = try FileContents.read(FilePath(pseudonyms))
      } catch {
        throw CommandFailure(
          .noInput, "cannot read the key \(pseudonyms): \(error)",
          hint: "make one: head -c 32 /dev/urandom > FILE; chmod 600 FILE")
      }
    }
    return options
  }

  private func tell(_ report: ExportReport, to reporter: StatusReporter) {
    let contents =
      "\(report.sessions) sessions, \(report.tracks) tracks, \(report.pieces) pieces of speech"
    reporter.say("\(out): \(report.isNew ? "" : "is there already: ")\(contents)")
    let omitted = report.omitted.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { "\($0.value) \($0.key.words)" }
    if !omitted.isEmpty { reporter.say("left out: " + omitted.joined(separator: ", ")) }
  }

  private func fields(of report: ExportReport) -> [String: JSONValue] {
    [
      "format": .string(format.rawValue), "out": .string(out), "new": .bool(report.isNew),
      "sessions": .integer(Int64(report.sessions)), "tracks": .integer(Int64(report.tracks)),
      "pieces": .integer(Int64(report.pieces)),
      "omitted": .object(
        Dictionary(
          uniqueKeysWithValues: report.omitted.map {
            ($0.key.rawValue, JSONValue.integer(Int64($0.value)))
          })),
    ]
  }
}

extension ExportReport.Omission {
  fileprivate var words: String {
    switch self {
    case .silent: "without speech"
    case .bot: "of bots"
    case .objected: "of people who objected"
    case .speech: "with too little speech"
    case .loss: "with too much loss"
    }
  }
}
