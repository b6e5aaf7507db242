internal import JSONValues
internal import ArgumentParser
internal import CaptureLog
internal import Render
internal import SystemPackage

/// `tapedeck keys new`: a fresh key pair.
struct KeysNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Make a key pair in the key folder.")

  @Option(help: "What to call the key: one line, at most 64 characters.")
  var name = ""

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let store = OperatorKeyStore.standard()
    let key: OperatorKey
    let path: FilePath
    do throws(CaptureError) {
      (key, path) = try store.create(name: name)
    } catch {
      // Only the name can be invalid here, and that is an argument.
      throw error.code == .invalid ? CommandFailure(.usage, error.message) : error
    }
    let publicPath = store.folder.appending(key.id + ".pub")
    if json {
      KeysOutput.printJSON(
        .object([
          "id": .string(key.id), "name": .string(name), "private": .string(path.string),
          "public": .string(publicPath.string),
        ]))
    } else {
      print(
        """
        key      \(key.id)
        private  \(path)
        public   \(publicPath)
        """)
    }
    StatusReporter(format: nil).say(
      """
      Whoever loses the private file loses every recording that is sealed to it: keep a copy apart \
      (tapedeck keys export), and record with a second --recipient whose private key lies elsewhere.
      """)
  }
}
