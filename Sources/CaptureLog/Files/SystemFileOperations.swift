internal import Glibc
package import SystemPackage

/// The file system of this host.
package struct SystemFileOperations: FileOperations {
  package init() {}

  package func makeFolder(_ path: FilePath) throws(Errno) {
    try check(path.withPlatformString { mkdir($0, 0o700) })
  }

  package func create(_ path: FilePath) throws(Errno) -> OpenFile {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    return OpenFile(descriptor: try check(path.withPlatformString { open($0, flags, 0o600) }))
  }

  package func write(_ bytes: Span<UInt8>, to file: OpenFile) throws(Errno) -> Int {
    let count = bytes.withUnsafeBytes { Glibc.write(file.descriptor, $0.baseAddress, $0.count) }
    guard count >= 0 else { throw Errno(rawValue: errno) }
    return count
  }

  package func synchronize(_ file: OpenFile) throws(Errno) {
    try check(fdatasync(file.descriptor))
  }

  package func close(_ file: OpenFile) {
    _ = Glibc.close(file.descriptor)
  }

  package func rename(_ path: FilePath, to: FilePath) throws(Errno) {
    try check(
      path.withPlatformString { from in to.withPlatformString { Glibc.rename(from, $0) } })
  }

  package func remove(_ path: FilePath) throws(Errno) {
    try check(path.withPlatformString { unlink($0) })
  }

  package func synchronizeFolder(_ path: FilePath) throws(Errno) {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
    let descriptor = try check(path.withPlatformString { open($0, flags) })
    defer { _ = Glibc.close(descriptor) }
    try check(fsync(descriptor))
  }

  package func freeBytes(at path: FilePath) throws(Errno) -> Int64 {
    var info = statvfs()
    try check(path.withPlatformString { statvfs($0, &info) })
    let (bytes, overflow) = Int64(clamping: info.f_bavail)
      .multipliedReportingOverflow(by: Int64(clamping: info.f_frsize))
    return overflow ? .max : bytes
  }

  @discardableResult
  private func check(_ result: Int32) throws(Errno) -> Int32 {
    guard result >= 0 else { throw Errno(rawValue: errno) }
    return result
  }
}
