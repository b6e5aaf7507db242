internal import ArgumentParser
internal import CaptureLog
internal import JSONValues
internal import Render
internal import SystemPackage

/// `tapedeck keys check`: which keys open a capture.
struct KeysCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Tell which keys open a capture, and how many of its key records.",
    discussion: """
      Exits 0 when every record opens, 66 when a key that records are sealed to is not at hand, and \
      65 when the named key is not among them, or records are damaged.
      """)

  @Argument(help: ArgumentHelp("The capture folder.", valueName: "capture"))
  var capture: String

  @OptionGroup var keys: KeyOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let keys = try KeyArguments.load(keys.files)
    let check = try CaptureKeyCheck(FilePath(capture), with: keys)
    if json { KeysOutput.printJSON(object(check)) } else { tell(check) }
    if let failure = failure(check, keys) { throw failure }
  }

  private func failure(_ check: CaptureKeyCheck, _ keys: [OperatorKey]) -> CommandFailure? {
    guard check.isEncrypted, check.records + check.damages.count > 0 else { return nil }
    let sealedTo = check.recipients.prefix(4).map(\.id).joined(separator: ", ")
    if check.opened.isEmpty, check.unopened > 0, check.refused == 0 {
      let isNamed = keys.contains { $0.source == .named }
      return CommandFailure(
        isNamed ? .badInput : .noInput,
        keys.isEmpty
          ? "no private key is at hand; the capture is sealed to \(sealedTo)"
          : "no key at hand opens the capture, which is sealed to \(sealedTo)")
    }
    let damaged = check.refused + check.damages.count
    if damaged > 0 {
      return CommandFailure(
        .badInput, "\(KeysOutput.count(damaged, "key record")) of \(capture) cannot be read")
    }
    guard check.unopened == 0 else {
      return CommandFailure(
        .noInput,
        "\(KeysOutput.count(check.unopened, "record")) need a key that is not at hand")
    }
    return nil
  }

  private func tell(_ check: CaptureKeyCheck) {
    guard check.isEncrypted else {
      print("\(capture) is not encrypted and needs no key")
      return
    }
    for recipient in check.recipients {
      let name = recipient.name.isEmpty ? "" : " (\(Terminal.escaped(recipient.name)))"
      let state =
        recipient.isAtHand
        ? "opens \(recipient.opened) of \(KeysOutput.count(check.records, "record"))"
        : "not at hand; \(KeysOutput.count(recipient.sealed, "record"))"
      print("\(recipient.id)\(name): \(state)")
    }
    let kinds = check.opened.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    print(
      "\(KeysOutput.count(check.records, "record"))"
        + (kinds.isEmpty ? "" : "; opened: \(kinds.joined(separator: ", "))"))
    if check.refused > 0 {
      print("\(KeysOutput.count(check.refused, "record")) with a damaged or exchanged box")
    }
    for damage in check.damages { print(damage) }
  }

  private func object(_ check: CaptureKeyCheck) -> JSONValue {
    .object([
      "encrypted": .bool(check.isEncrypted), "records": .integer(Int64(check.records)),
      "opened": .object(check.opened.mapValues { .integer(Int64($0)) }),
      "unopened": .integer(Int64(check.unopened)), "refused": .integer(Int64(check.refused)),
      "damaged": .array(check.damages.map { .string($0) }),
      "recipients": .array(
        check.recipients.map {
          .object([
            "id": .string($0.id), "name": .string($0.name), "at_hand": .bool($0.isAtHand),
            "sealed": .integer(Int64($0.sealed)), "opened": .integer(Int64($0.opened)),
          ])
        }),
    ])
  }
}
