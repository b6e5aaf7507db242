internal import JSONValues
internal import ArgumentParser
internal import CaptureLog
internal import Render
internal import SystemPackage

/// `tapedeck keys import`: an exported key, back into the key folder.
struct KeysImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Take an exported key into the key folder.")

  @Argument(help: ArgumentHelp("A file that `keys export` wrote.", valueName: "file"))
  var file: String

  @OptionGroup var passphrase: PassphraseOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    // Another file is told before anybody types a passphrase.
    let path = FilePath(file)
    _ = try ExportedKey.id(of: path)
    let key = try ExportedKey.read(path, passphrase: try passphrase.read(isNew: false))
    let store = OperatorKeyStore.standard()
    let isNew = try !store.privateKeys().contains { $0.id == key.id }
    if isNew { try store.add(key) }
    let privatePath = store.folder.appending(key.id + ".key")
    if json {
      KeysOutput.printJSON(
        .object([
          "id": .string(key.id), "private": .string(privatePath.string), "new": .bool(isNew),
        ]))
    } else {
      print("key \(key.id) is \(isNew ? "now" : "already") in \(store.folder)")
    }
  }
}
