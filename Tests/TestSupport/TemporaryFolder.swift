internal import FoundationEssentials
internal import Glibc
package import SystemPackage

/// A folder of its own for one test, gone with its owner.
package final class TemporaryFolder: Sendable {
  /// Where it is.
  package let path: FilePath

  /// Makes a folder under /tmp; throws `Errno` if it cannot.
  package init() throws {
    var template = [CChar]("/tmp/tapedeck-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
    path = FilePath(platformString: template)
  }

  deinit { try? FileManager.default.removeItem(atPath: path.string) }

  /// Makes a folder in it, and says where.
  @discardableResult
  package func makeFolder(_ name: String) throws -> FilePath {
    let folder = path.appending(name)
    guard mkdir(folder.string, 0o755) == 0 else { throw Errno(rawValue: errno) }
    return folder
  }

  /// Writes a file in it, readable by its owner only unless `permissions` say otherwise; what was
  /// there is replaced.
  ///
  /// - Returns: the file's path.
  @discardableResult
  package func write(
    _ bytes: some Sequence<UInt8>, to name: String, permissions: FilePermissions = .ownerReadWrite
  ) throws -> FilePath {
    let file = path.appending(name)
    let descriptor = try FileDescriptor.open(
      file, .writeOnly, options: [.create, .truncate], permissions: permissions)
    try descriptor.closeAfter { _ = try descriptor.writeAll([UInt8](bytes)) }
    guard chmod(file.string, permissions.rawValue) == 0 else { throw Errno(rawValue: errno) }
    return file
  }

  /// Writes a text file in it, as ``write(_:to:permissions:)-swift.method`` does with bytes.
  @discardableResult
  package func write(
    _ text: String, to name: String, permissions: FilePermissions = .ownerReadWrite
  ) throws -> FilePath {
    try write(text.utf8, to: name, permissions: permissions)
  }

  /// What a file in it holds.
  package func bytes(_ name: String) throws -> [UInt8] {
    let file = try FileDescriptor.open(path.appending(name), .readOnly)
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

  /// What a file in it holds, as text; bytes that are no UTF-8 are replaced.
  package func text(_ name: String) throws -> String {
    String(decoding: try bytes(name), as: UTF8.self)
  }

  /// The names in it, or in a folder of it, in order.
  package func names(in name: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: name.isEmpty ? path.string : path.appending(name).string
    ).sorted()
  }
}
