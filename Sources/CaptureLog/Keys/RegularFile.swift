internal import Glibc
package import SystemPackage

/// Reading of small files that somebody else may have put there.
package enum RegularFile {
  /// Opens a file for reading; the descriptor is the caller's to close.
  ///
  /// - Throws: `.notFound`, `.notPermitted`, `.io`, `.invalid` for a pipe, device or folder, which
  ///   could block or never end.
  static func open(_ path: FilePath) throws(CaptureError) -> Int32 {
    let descriptor = path.withPlatformString {
      Glibc.open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    }
    guard descriptor >= 0 else {
      throw CaptureError(Errno(rawValue: errno), "cannot open \(path)")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw CaptureError(.invalid, "\(path) is not a regular file")
    }
    return descriptor
  }

  /// Whether group or others may read the file; nil when it cannot be told.
  package static func isReadableByOthers(_ path: FilePath) -> Bool? {
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) == 0 else { return nil }
    return status.st_mode & 0o077 != 0
  }

  /// Reads a whole file.
  ///
  /// - Throws: as ``open(_:)``; `.invalid` when it is longer than `limit` bytes.
  package static func read(_ path: FilePath, limit: Int) throws(CaptureError) -> [UInt8] {
    let descriptor = try open(path)
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    var filled = 0
    while filled <= limit {
      let count = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress?.advanced(by: filled), limit + 1 - filled)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw CaptureError(Errno(rawValue: errno), "cannot read \(path)")
      }
      if count == 0 { break }
      filled += count
    }
    guard filled <= limit else {
      throw CaptureError(.invalid, "\(path) is longer than the \(limit) bytes it may have")
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }
}
