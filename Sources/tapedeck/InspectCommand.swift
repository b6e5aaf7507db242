internal import ArgumentParser
internal import CaptureLog
internal import Glibc
internal import JSONValues
internal import Render
internal import SystemPackage

/// `tapedeck inspect`.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows what a capture holds: who spoke when, losses, clocks, damage.",
    discussion: "Needs no key; with one at hand it also shows names.")

  @Argument(help: ArgumentHelp("The capture's folder.", valueName: "capture"))
  var capture: String

  @Flag(help: "One JSON object instead of the table.")
  var json = false

  @Option(
    name: .customLong("key"),
    help: ArgumentHelp(
      "An operator key; may be repeated. Default: all in the key folder.", valueName: "file"))
  var keyFiles: [String] = []

  func run() throws {
    let keys = try KeyArguments.load(keyFiles)
    let isTerminal = Terminal.isTerminal(STDOUT_FILENO)
    let width = isTerminal ? max(60, min(Terminal.width(STDOUT_FILENO), 160)) : 80
    let view = InspectionView(width: width, usesBlocks: Terminal.showsUnicode)
    let inspection: CaptureInspection
    do {
      inspection = try CaptureInspector.inspect(
        FilePath(capture), keys: keys, bins: json ? 60 : view.timelineWidth)
    } catch {
      throw CommandFailure(ExitStatus(error.code), error.message)
    }
    if json {
      print(InspectionJSON.value(inspection).text())
    } else {
      print(view.text(inspection), terminator: "")
    }
  }
}
