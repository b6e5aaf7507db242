internal import JSONValues
internal import ArgumentParser
internal import CaptureLog
internal import Render

/// `tapedeck keys list`: the key folder.
struct KeysListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the keys of the key folder.")

  @Flag(help: "Print one JSON array.")
  var json = false

  func run() throws {
    let store = OperatorKeyStore.standard()
    let keys = try store.list()
    if json {
      KeysOutput.printJSON(
        .array(
          keys.map {
            .object([
              "id": .string($0.publicKey.id), "name": .string($0.publicKey.name),
              "private": .bool($0.hasPrivateKey),
            ])
          }))
    } else if keys.isEmpty {
      StatusReporter(format: nil).say("no keys in \(store.folder); make one: tapedeck keys new")
    } else {
      for key in keys {
        let halves = key.hasPrivateKey ? "private and public" : "public only       "
        let line = "\(key.publicKey.id)  \(halves)  \(Terminal.escaped(key.publicKey.name))"
        print(line.trimmedAtEnd)
      }
    }
  }
}

extension String {
  fileprivate var trimmedAtEnd: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
