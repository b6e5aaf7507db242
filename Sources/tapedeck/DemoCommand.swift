internal import ArgumentParser
internal import CaptureLog
internal import CaptureSynthesis
internal import Glibc
internal import Render
internal import SystemPackage

/// `tapedeck demo`: the main job on a conversation whose truth is known.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Record a simulated conversation, render it, and measure it against the truth.",
    discussion: """
      Three speakers, two minutes, pauses and overlap, 3 % loss, 40 ms jitter, sender clocks off by \
      +100, -100 and +50 ppm; the third is a bot whose timestamps stop in pauses. The \
      call is end-to-end encrypted (DAVE), and a silent guest who comes and goes changes its keys. \
      DIR gets the capture, its truth, a key, and the rendered tracks.
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
      "Another scenario than the conversation (simulate capture --list-scenarios).",
      valueName: "name"))
  var scenario = "conversation"

  @Option(help: ArgumentHelp("Length of the session.", valueName: "time"))
  var duration: TimeLength?

  @Option(help: ArgumentHelp("What all randomness follows from.", valueName: "n"))
  var seed: UInt64 = 1

  @Flag(inversion: .prefixedNo, help: "End-to-end encryption with DAVE.")
  var dave = true

  func run() throws {
    let demo = try Demo(
      folder: FilePath(folder), scenario: scenario, seed: seed, duration: duration?.nanoseconds,
      isEndToEnd: dave)
    let groups = speech.map { $0.split(separator: ",").map { FilePath(String($0)) } }
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
