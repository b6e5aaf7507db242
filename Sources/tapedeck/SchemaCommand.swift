internal import ArgumentParser
internal import Render

/// `tapedeck schema`.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Prints the JSON Schema of a file that tapedeck writes.")

  enum Document: String, ExpressibleByArgument, CaseIterable {
    case manifest
  }

  @Argument(help: "manifest: the manifest.json of a render.")
  var document: Document

  func run() throws {
    switch document {
    case .manifest: print(Manifest.jsonSchema, terminator: "")
    }
  }
}
