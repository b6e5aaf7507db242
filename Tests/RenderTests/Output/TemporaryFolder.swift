import SystemPackage
import TestSupport

/// Files by their whole path.
extension TemporaryFolder {
  /// The names in a folder, or in this one; none if there is no such folder.
  func entries(in folder: FilePath? = nil) -> [String] {
    (try? names(in: relative(folder ?? path))) ?? []
  }

  func write(_ text: String, to file: FilePath) throws { try write(text, to: relative(file)) }

  func bytes(_ file: FilePath) throws -> [UInt8] { try bytes(relative(file)) }

  func text(_ file: FilePath) throws -> String { try text(relative(file)) }

  private func relative(_ file: FilePath) -> String {
    var file = file
    precondition(file.removePrefix(path), "not in the folder")
    return file.string
  }
}
