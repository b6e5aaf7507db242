import Glibc
import SystemPackage

/// A folder that is removed with its contents.
final class TemporaryFolder {
  let path: FilePath

  init() throws {
    var template = Array("/tmp/tapedeck-import-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
    path = FilePath(platformString: template)
  }

  func make(_ name: String) throws {
    guard mkdir(path.appending(name).string, 0o755) == 0 else { throw Errno(rawValue: errno) }
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    let file = try FileDescriptor.open(
      path.appending(name), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
    try file.closeAfter { _ = try file.writeAll(bytes) }
  }

  func names(in name: String = "") throws -> [String] {
    guard let folder = opendir(path.appending(name).string) else { throw Errno(rawValue: errno) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  deinit { remove("") }

  private func remove(_ name: String) {
    let file = path.appending(name).string
    if unlink(file) != 0 {
      for entry in (try? names(in: name)) ?? [] {
        remove(name.isEmpty ? entry : name + "/" + entry)
      }
      rmdir(file)
    }
  }
}
