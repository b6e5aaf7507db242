internal import SystemPackage

/// Whole small files.
enum FileContents {
  /// - Throws: `Errno`, also for more than 64 MiB.
  static func read(_ path: FilePath) throws -> [UInt8] {
    let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
    defer { try? descriptor.close() }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = try chunk.withUnsafeMutableBytes { try descriptor.read(into: $0) }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
      guard bytes.count <= 64 << 20 else { throw Errno.fileTooLarge }
    }
  }
}
