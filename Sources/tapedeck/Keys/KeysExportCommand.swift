internal import JSONValues
internal import ArgumentParser
internal import CaptureLog
internal import Render
internal import SystemPackage

/// `tapedeck keys export`: a private key sealed with a passphrase.
struct KeysExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a private key to a file that only a passphrase opens.")

  @Argument(
    help: ArgumentHelp("The key's id; may be left out when there is only one.", valueName: "id"))
  var id: String?

  @Option(help: ArgumentHelp("The file to write; nothing is overwritten.", valueName: "file"))
  var out: String

  @OptionGroup var passphrase: PassphraseOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let store = OperatorKeyStore.standard()
    let key = try key(of: store)
    let path = FilePath(out)
    try ExportedKey.write(key, to: path, passphrase: try passphrase.read(isNew: true))
    if json {
      KeysOutput.printJSON(.object(["id": .string(key.id), "file": .string(path.string)]))
    } else {
      print("key \(key.id) is in \(path)")
    }
  }

  private func key(of store: OperatorKeyStore) throws -> OperatorKey {
    let keys = try store.privateKeys()
    if let id {
      guard let key = keys.first(where: { $0.id == id }) else {
        throw CommandFailure(.noInput, "there is no private key \(id) in \(store.folder)")
      }
      return key
    }
    guard let key = keys.first else {
      throw CommandFailure(.noInput, "there is no private key in \(store.folder)")
    }
    guard keys.count == 1 else {
      throw CommandFailure(
        .usage, "say which key: " + keys.map(\.id).joined(separator: ", "))
    }
    return key
  }
}
