internal import Glibc
package import SystemPackage

/// A capture that is made beside its destination, which it becomes by one rename; what is not
/// committed is removed.
package struct UnfinishedFolder: ~Copyable {
  /// Where to write: an empty folder, mode 0700.
  package let path: FilePath
  private let destination: FilePath
  private let cancellation: CaptureCancellation

  /// Makes the folder, called `prefix` and six random characters.
  ///
  /// - Parameter cancellation: Removes the folder when the process must end before its time.
  /// - Throws: `.notFound` when the parent is not there, `.notPermitted`, `.noSpace`, `.io`.
  package init(
    for destination: FilePath, prefix: String, cancellation: CaptureCancellation
  ) throws(CaptureError) {
    // No process id: in a container the next process has the same one, and must not stumble over
    // what a killed one left. `mkdtemp` takes a name that nobody has.
    let pattern = Self.parent(of: destination).appending(prefix + "XXXXXX")
    var name = pattern.withPlatformString {
      [CChar](UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
    }
    guard mkdtemp(&name) != nil else {
      throw CaptureError(Errno(rawValue: errno), "cannot make \(pattern)")
    }
    path = name.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { FilePath(platformString: $0) } ?? pattern
    }
    self.destination = destination
    self.cancellation = cancellation
    cancellation.register(temporaryFolder: path)
  }

  /// Puts the folder in its place; throws `.exists` when something came there meanwhile.
  package consuming func commit() throws(CaptureError) {
    let files = SystemFileOperations()
    do throws(Errno) { try files.synchronizeFolder(path) } catch {
      throw CaptureError(error, "cannot sync \(path)")
    }
    try cancellation.check()
    do throws(Errno) {
      try files.rename(path, to: destination)
      try files.synchronizeFolder(Self.parent(of: destination))
    } catch {
      let message = "cannot name the capture \(destination)"
      guard error != .directoryNotEmpty, error != .notDirectory else {
        throw CaptureError(.exists, "\(message): \(error)", errno: error.rawValue)
      }
      throw CaptureError(error, message)
    }
  }

  deinit {
    // Nothing is there any more when it was committed.
    Self.remove(path)
    cancellation.forget(temporaryFolder: path)
  }

  private static func parent(of path: FilePath) -> FilePath {
    let parent = path.lexicallyNormalized().removingLastComponent()
    return parent.isEmpty ? "." : parent
  }

  /// Removes a folder of plain files.
  static func remove(_ folder: FilePath) {
    // Another thread may still make a file in it when the process ends before its time.
    for _ in 0..<3 {
      for name in (try? CaptureFolder.names(in: folder)) ?? [] {
        _ = folder.appending(name).withPlatformString { unlink($0) }
      }
      if folder.withPlatformString({ rmdir($0) }) == 0 || errno != ENOTEMPTY { return }
    }
  }
}
