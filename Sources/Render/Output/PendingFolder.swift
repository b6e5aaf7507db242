internal import CLinux
internal import Glibc
package import SystemPackage

/// A folder being filled beside its destination, which it becomes by one rename; what is not
/// committed is removed.
package struct PendingFolder: ~Copyable {
  /// Where to write.
  package let path: FilePath
  private let destination: FilePath
  private let cancellation: RenderCancellation

  /// Makes `DESTINATION.tmp.<host>.<pid>`.
  package static func make(
    for destination: FilePath, cancellation: RenderCancellation
  ) throws(RenderError) -> PendingFolder {
    guard let name = destination.lastComponent else {
      throw RenderError(.usage, "\(destination) cannot be an output folder")
    }
    let parent = destination.removingLastComponent()
    if !parent.isEmpty { try FileSystem.makeFolders(parent) }
    let path = parent.appending("\(name.string).tmp.\(hostName()).\(getpid())")
    // Left by a process that had the same number before: nobody writes into it any more.
    if FileSystem.exists(path) { FileSystem.removeFolder(path) }
    try FileSystem.makeFolder(path)
    cancellation.register(temporaryFolder: path.string)
    return PendingFolder(path: path, destination: destination, cancellation: cancellation)
  }

  private init(path: FilePath, destination: FilePath, cancellation: RenderCancellation) {
    self.path = path
    self.destination = destination
    self.cancellation = cancellation
  }

  deinit {
    FileSystem.removeFolder(path)
    cancellation.forget(temporaryFolder: path.string)
  }

  /// Syncs everything and puts the folder in its place.
  ///
  /// - Parameter plan: As `OutputFolder` or the export decided.
  package consuming func commit(_ plan: OutputPlan) throws(RenderError) {
    try FileSystem.syncFolder(path)
    if cancellation.isCancelled { throw RenderCancellation.error }
    if case .replace(let ours) = plan {
      try exchange(ours: ours)
    } else if Glibc.rename(path.string, destination.string) != 0 {
      throw FileSystem.failure("rename to", destination, errno: errno)
    }
    let parent = destination.removingLastComponent()
    try FileSystem.sync(parent.isEmpty ? "." : parent)
    // The deinit finds nothing under the temporary name now, or the render that was replaced.
  }

  /// Swaps the new folder with the finished one, so that there is a whole one at every moment.
  private borrowing func exchange(ours: Set<String>) throws(RenderError) {
    if tapedeck_exchange(path.string, destination.string) != 0 {
      let code = errno
      // Not every file system can swap: then there is a moment without a folder.
      guard code == EINVAL || code == ENOSYS else {
        throw FileSystem.failure("replace", destination, errno: code)
      }
      let aside = FilePath(path.string + ".old")
      guard Glibc.rename(destination.string, aside.string) == 0,
        Glibc.rename(path.string, destination.string) == 0,
        Glibc.rename(aside.string, path.string) == 0
      else { throw FileSystem.failure("replace", destination, errno: errno) }
    }
    // What other steps wrote beside the old render stays.
    for name in try FileSystem.list(path) where !ours.contains(name) {
      let kept = destination.appending(name)
      if !FileSystem.exists(kept) { Glibc.rename(path.appending(name).string, kept.string) }
    }
    try FileSystem.sync(destination)
  }

  private static func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
    let text = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(decoding: text, as: UTF8.self).filter {
      $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".")
    }
  }
}
