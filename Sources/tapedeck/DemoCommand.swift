internal import ArgumentParser
internal import CaptureLog
internal import CaptureSynthesis
internal import Glibc
internal import SystemPackage

/// `tapedeck demo`: the main job on a conversation whose truth is known.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Record a simulated call, render it, and measure it against the truth.",
    discussion: """
      Three people talk, end-to-end encrypted (DAVE), in a Discord on this machine; `tapedeck \
      record` joins and records them over real sockets, with 3 % loss, jitter, and clocks off by \
      +100, -100 and +50 ppm; the third comes later, which changes the keys. DIR gets the capture, \
      a key, and the rendered tracks.

      With --scenario the capture is made by the synthesiser, faster than the time it lasts: see \
      simulate capture --list-scenarios. `conversation` is two minutes of three speakers with \
      pauses and overlap, 3 % loss and 40 ms jitter; the third is a bot whose timestamps stop in \
      pauses. DIR then gets the truth, too.
      """)

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp("The folder to make; it must be new or empty.", valueName: "dir"))
  var folder = "tapedeck-demo"

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Speech files; one comma-separated group a speaker.", valueName: "file,file…"))
  var speech: [String] = []

  @Option(
    help: ArgumentHelp(
      "A scenario of the synthesiser in place of a call over sockets: conversation, ….",
      valueName: "name"))
  var scenario: String?

  @Option(help: ArgumentHelp("Length of the session.", valueName: "time"))
  var duration: TimeLength?

  @Option(help: ArgumentHelp("What all randomness follows from.", valueName: "n"))
  var seed: UInt64 = 1

  @Flag(inversion: .prefixedNo, help: "End-to-end encryption with DAVE.")
  var dave = true

  func run() async throws {
    if let scenario { try synthesise(scenario) } else { try await record() }
  }

  private var groups: [[FilePath]] {
    speech.map { $0.split(separator: ",").map { FilePath(String($0)) } }
  }

  private func record() async throws {
    guard dave, seed == 1 else {
      throw CommandFailure(.usage, "--seed and --no-dave are of the scenarios: --scenario")
    }
    let seconds = duration.map { Double($0.nanoseconds) / 1e9 } ?? 40
    let demo = try LiveDemo(folder: FilePath(folder), seconds: seconds)
    let voices =
      try groups.count < 3
      ? VoiceLibrary.synthetic(count: 3, seed: seed) : SpeechFiles.voices(groups: groups)
    print(LiveDemoReport(outcome: try await demo.run(voices)).text)
  }

  private func synthesise(_ scenario: String) throws {
    let demo = try Demo(
      folder: FilePath(folder), scenario: scenario, seed: seed, duration: duration?.nanoseconds,
      isEndToEnd: dave)
    let voices =
      try groups.isEmpty
      ? VoiceLibrary.synthetic(count: demo.plan.speakers.count, seed: seed)
      : SpeechFiles.voices(groups: groups)
    let counts = try demo.simulate(voices)
    let manifest = try demo.render()
    let evaluation = try demo.evaluate(voices, manifest)
    print(DemoReport(demo: demo, counts: counts, manifest: manifest, evaluation: evaluation).text)
  }
}
