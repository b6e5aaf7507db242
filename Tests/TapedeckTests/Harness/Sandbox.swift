import Foundation
import SystemPackage
import Testing

/// A folder for one test, gone with it.
final class Sandbox: Sendable {
  let path: FilePath

  init() throws {
    let name = "tapedeck-test-\(UUID().uuidString)"
    path = FilePath(FileManager.default.temporaryDirectory.path).appending(name)
    try FileManager.default.createDirectory(
      atPath: path.string, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path.string) }

  func callAsFunction(_ name: String) -> FilePath { path.appending(name) }

  func names(_ folder: String = "") -> [String] {
    let folder = folder.isEmpty ? path : path.appending(folder)
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []).sorted()
  }

  /// The bytes of every file in a folder, by name.
  func contents(_ folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in names(folder) {
      files[name] = try Data(
        contentsOf: URL(fileURLWithPath: path.appending(folder).appending(name).string))
    }
    return files
  }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: path.appending(name).string, atomically: false, encoding: .utf8)
  }

  func read(_ name: String) throws -> String {
    try String(contentsOfFile: path.appending(name).string, encoding: .utf8)
  }
}

/// A capture of three people, made once for all tests, with its key.
enum Samples {
  private static let made: Swift.Result<Sandbox, any Error> = Swift.Result {
    let sandbox = try Sandbox()
    let result = try Tool.run(
      [
        "simulate", "capture", "--out", sandbox("capture").string, "--duration", "30s",
        "--speakers", "3", "--loss", "3", "--jitter", "10", "--loop", "2",
      ], keys: sandbox("keys"))
    try #require(result.status == 0, "\(result.errors)")
    _ = try Tool.run(
      [
        "simulate", "capture", "--out", sandbox("other").string, "--duration", "1s", "--speakers",
        "1", "--dummy",
      ], keys: sandbox("wrong"))
    // Nobody lets go of a static value.
    atexit { Samples.remove() }
    return sandbox
  }

  private static func remove() {
    if let sandbox = try? made.get() {
      try? FileManager.default.removeItem(atPath: sandbox.path.string)
    }
  }

  static func capture() throws -> String { try made.get()("capture").string }
  static func keys() throws -> FilePath { try made.get()("keys") }
  /// A key folder that does not open the capture.
  static func wrongKeys() throws -> FilePath { try made.get()("wrong") }

  static func keyFile(in folder: FilePath) throws -> String {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.string)
    return folder.appending(try #require(names.first { $0.hasSuffix(".key") })).string
  }
}
