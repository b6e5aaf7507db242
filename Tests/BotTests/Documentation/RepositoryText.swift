import Foundation

/// Files of the repository, for tests of what is written in them.
enum RepositoryText {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func read(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// The files of a kind under a folder, by path.
  static func files(_ pathExtension: String, under folder: String) throws -> [String: String] {
    let start = root.appendingPathComponent(folder)
    var files: [String: String] = [:]
    let walk = FileManager.default.enumerator(
      at: start, includingPropertiesForKeys: nil, options: [.skipsHiddenFiles])
    while let url = walk?.nextObject() as? URL {
      guard url.pathExtension == pathExtension else { continue }
      files[url.path] = try String(contentsOf: url, encoding: .utf8)
    }
    return files
  }

  /// With every run of white space as one blank, so that line breaks do not matter.
  static func onOneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      .replacingOccurrences(of: "( ", with: "(")
  }
}
