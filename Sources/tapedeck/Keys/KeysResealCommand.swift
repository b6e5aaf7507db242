internal import JSONValues
internal import ArgumentParser
internal import CaptureLog
internal import Render
internal import SystemPackage

/// `tapedeck keys reseal`: further recipients for a capture.
struct KeysResealCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reseal",
    abstract: "Let further keys open a capture.",
    discussion: """
      Adds a sealed box for each new public key to every key record. The packets are not touched. \
      Whoever could open the capture before still can.
      """)

  @Argument(help: ArgumentHelp("The capture folder.", valueName: "capture"))
  var capture: String

  @Option(
    name: .customLong("to"), parsing: .singleValue,
    help: ArgumentHelp("A public key file; may be given several times.", valueName: "pub"))
  var recipients: [String] = []

  @OptionGroup var keys: KeyOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard !recipients.isEmpty else { throw ValidationError("--to names the new public key") }
  }

  func run() throws {
    let new = try recipients.map { try OperatorKeyStore.loadPublic(FilePath($0)) }
    let keys = try KeyArguments.load(keys.files)
    let report = try CaptureReseal.add(new, to: FilePath(capture), with: keys)
    if json {
      KeysOutput.printJSON(
        .object([
          "resealed": .integer(Int64(report.resealed)),
          "already_sealed": .integer(Int64(report.alreadySealed)),
          "damaged": .integer(Int64(report.damaged)),
          "recipients": .array(new.map { .string($0.id) }),
        ]))
    } else {
      print(
        "\(KeysOutput.count(report.resealed, "record")) sealed to "
          + new.map(\.id).joined(separator: ", ")
          + (report.alreadySealed > 0 ? "; \(report.alreadySealed) were already" : ""))
    }
    if report.damaged > 0 {
      StatusReporter(format: nil).say(
        "\(KeysOutput.count(report.damaged, "damaged line")) left as they are")
    }
  }
}
