internal import JSONValues
internal import ArgumentParser
internal import CaptureLog
internal import CaptureSynthesis
internal import Render
internal import SystemPackage
internal import VoiceCrypto

/// `tapedeck simulate capture`: speech in, a capture out, as a voice server would have sent it.
struct SimulateCaptureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capture",
    abstract: "Make a capture of speech files, as a voice server would have sent it.",
    discussion: """
      What really happened to each packet is written beside the capture, to CAPTURE.truth.jsonl. \
      The same seed and settings give the same packets. \
      Without speech files the speakers make \
      speech-like noises. Unless --recipient names public keys, the capture is sealed to those of \
      the key folder, and a key is made when there is none.
      """)

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp("The capture folder to make.", valueName: "capture"))
  var folder: String?

  @Flag(help: "List the scenarios and end.")
  var listScenarios = false

  @Option(help: ArgumentHelp("What happens; see --list-scenarios.", valueName: "name"))
  var scenario = "conversation"

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Speech, dealt out to the speakers in turn: what libsndfile reads, or .raw (16 kHz, 16 bit).",
      valueName: "file"))
  var speech: [String] = []

  @Option(help: ArgumentHelp("Length of the session: 90s, 10m, 8h, 1:30:00.", valueName: "time"))
  var duration: TimeLength?

  @Option(help: ArgumentHelp("How many speakers, 1 to 200.", valueName: "n"))
  var speakers: Int?

  @Option(help: ArgumentHelp("What all randomness follows from.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Transport encryption: aes, xchacha or none.", valueName: "mode"))
  var mode = ModeArgument.aes

  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "End-to-end encryption with DAVE, its epochs changing as a guest comes and goes.",
      discussion: "A capture of mode none has none."))
  var dave = true

  @Option(help: ArgumentHelp("Packets lost, percent.", valueName: "percent"))
  var loss: Double?

  @Option(help: ArgumentHelp("Mean delay above the least one, milliseconds.", valueName: "ms"))
  var jitter: Double?

  @Option(help: ArgumentHelp("Drift of the senders' clocks, of either sign.", valueName: "ppm"))
  var ppm: Double?

  @Option(
    help: ArgumentHelp("How much each speaker talks in a meeting, percent.", valueName: "percent"))
  var talk: Double?

  @Option(
    help: ArgumentHelp(
      "Encode so many seconds of each voice once and repeat them: fast for long captures.",
      valueName: "seconds"))
  var loop: Double?

  @Flag(help: "Silent packets in place of speech: fastest.")
  var dummy = false

  @Flag(help: "Leave out CAPTURE.truth.jsonl.")
  var noTruth = false

  @Option(help: ArgumentHelp("When the session begins (ISO 8601).", valueName: "time"))
  var start: String?

  @Option(
    name: .customLong("recipient"),
    help: ArgumentHelp("A public key to seal the keys to (repeatable).", valueName: "file"))
  var recipients: [String] = []

  @Option(
    name: .customLong("status"),
    help: ArgumentHelp("Print one status object a line on standard output.", valueName: "json"))
  var status: StatusFormat?

  /// The transport modes by short names, and by Discord's.
  enum ModeArgument: String, ExpressibleByArgument, CaseIterable {
    case aes, xchacha, none

    init?(argument: String) {
      switch argument {
      case TransportMode.aes256GCM.rawValue: self = .aes
      case TransportMode.xchacha20.rawValue: self = .xchacha
      default: self.init(rawValue: argument)
      }
    }

    var mode: TransportMode {
      switch self {
      case .aes: .aes256GCM
      case .xchacha: .xchacha20
      case .none: .none
      }
    }
  }

  func validate() throws {
    guard listScenarios || folder != nil else { throw ValidationError("--out CAPTURE is missing") }
    guard Scenario.named(scenario) != nil else {
      throw ValidationError("there is no scenario '\(scenario)'; see --list-scenarios")
    }
    guard speakers.map({ (1...200).contains($0) }) ?? true else {
      throw ValidationError("--speakers is 1 to 200")
    }
    guard loss.map({ (0...100).contains($0) }) ?? true else {
      throw ValidationError("--loss is 0 to 100 percent")
    }
    guard talk.map({ (0.1...100).contains($0) }) ?? true else {
      throw ValidationError("--talk is 0.1 to 100 percent")
    }
    guard jitter.map({ (0...10_000).contains($0) }) ?? true else {
      throw ValidationError("--jitter is 0 to 10000 ms")
    }
    guard ppm.map({ (-1000...1000).contains($0) }) ?? true else {
      throw ValidationError("--ppm is -1000 to 1000")
    }
    guard loop.map({ (0.1...3600).contains($0) }) ?? true else {
      throw ValidationError("--loop is 0.1 to 3600 seconds")
    }
    guard start.map({ UTCTime.unixNanoseconds(parsing: $0) != nil }) ?? true else {
      throw ValidationError("--start is no time such as 2026-11-24T09:00:02Z")
    }
  }

  func run() throws {
    if listScenarios {
      for scenario in Scenario.all {
        print(Terminal.fitted(scenario.name, to: 18) + scenario.summary)
      }
      return
    }
    guard let folder, let scenario = Scenario.named(scenario) else { return }
    let reporter = StatusReporter(format: status)
    let path = FilePath(folder)
    reporter.report(.start, capture: path.lastComponent?.string)
    let plan = scenario.plan(scenarioOptions)
    let counts = try CaptureSynthesizer.write(
      plan, voices: try voices(for: plan), to: path, options: try synthesisOptions(reporter))
    reporter.say(
      "\(path): \(plan.speakers.count == 1 ? "one speaker" : "\(plan.speakers.count) speakers"), "
        + "\(plan.duration / 1_000_000_000) s, \(counts.speech) packets of speech "
        + "and \(counts.duplicates) duplicates, \(counts.lost) lost on the way")
    reporter.report(
      .done, capture: path.lastComponent?.string,
      [
        "packets": .integer(Int64(clamping: counts.speech)),
        "duplicates": .integer(Int64(clamping: counts.duplicates)),
        "lost": .integer(Int64(clamping: counts.lost)),
        "datagrams": .integer(Int64(clamping: counts.datagrams)),
        "bytes": .integer(Int64(clamping: counts.bytes)), "exit": .integer(0),
      ])
  }

  private var scenarioOptions: ScenarioOptions {
    var options = ScenarioOptions(seed: seed)
    options.duration = duration?.nanoseconds
    options.speakers = speakers
    options.loss = loss.map { $0 / 100 }
    options.jitter = jitter.map { Int64.milliseconds($0) }
    options.ppm = ppm
    options.talkShare = talk.map { $0 / 100 }
    return options
  }

  private func synthesisOptions(_ reporter: StatusReporter) throws -> SynthesisOptions {
    var options = SynthesisOptions()
    options.mode = mode.mode
    options.endToEnd = dave ? EndToEndPlan() : nil
    if let start, let time = UTCTime.unixNanoseconds(parsing: start) {
      options.startUnixNanoseconds = time
    }
    options.payloads = dummy ? .dummy : loop.map { .looped(seconds: $0) } ?? .encoded
    options.writesTruth = !noTruth
    options.recipients = mode == .none ? [] : try SimulationKeys.recipients(recipients, reporter)
    return options
  }

  private func voices(for plan: CapturePlan) throws -> VoiceLibrary? {
    guard !dummy else { return nil }
    guard !speech.isEmpty else { return .synthetic(count: plan.speakers.count, seed: seed) }
    let groups = min(plan.speakers.count, speech.count)
    return try SpeechFiles.voices(
      groups: (0..<groups).map { group in
        speech.indices.filter { $0 % groups == group }.map { FilePath(speech[$0]) }
      })
  }
}
