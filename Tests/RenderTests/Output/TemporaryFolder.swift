import Glibc
import SystemPackage

/// A folder for one test, gone with it.
final class TemporaryFolder {
  let path: FilePath

  init() {
    var template = Array("/tmp/tapedeck-test-XXXXXX".utf8CString)
    template.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { mkdtemp(base) } }
    path = FilePath(
      String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
  }

  deinit { remove(path) }

  private func remove(_ path: FilePath) {
    for name in names(in: path) {
      let entry = path.appending(name)
      if unlink(entry.string) != 0 { remove(entry) }
    }
    rmdir(path.string)
  }

  func names(in folder: FilePath? = nil) -> [String] {
    guard let handle = opendir((folder ?? path).string) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  func makeFolder(_ name: String) -> FilePath {
    let folder = path.appending(name)
    mkdir(folder.string, 0o755)
    return folder
  }

  func write(_ text: String, to name: FilePath) throws {
    let file = try FileDescriptor.open(
      name, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
    try file.closeAfter { _ = try file.writeAll(text.utf8) }
  }

  func bytes(_ name: FilePath) throws -> [UInt8] {
    let file = try FileDescriptor.open(name, .readOnly)
    return try file.closeAfter {
      var bytes: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 65_536)
      while case let count = try chunk.withUnsafeMutableBytes({ try file.read(into: $0) }),
        count > 0
      {
        bytes += chunk[..<count]
      }
      return bytes
    }
  }

  func text(_ name: FilePath) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }
}
