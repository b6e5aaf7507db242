internal import CaptureLog
internal import Glibc
internal import SystemPackage

/// A capture being made beside its destination, which it becomes by one rename; what is not committed
/// is removed.
struct PendingCapture: ~Copyable {
  /// Where to write.
  let path: FilePath
  /// The capture's id.
  let id: String
  private let destination: FilePath

  /// Throws `.exists` when something other than an empty folder has the name.
  init(for destination: FilePath) throws(CaptureError) {
    guard let name = destination.lastComponent, name.kind == .regular else {
      throw CaptureError(.invalid, "\(destination) cannot be the name of a capture")
    }
    // Told before hours of work; the rename makes sure.
    guard Self.isFree(destination) else {
      throw CaptureError(
        .exists, "\(destination) exists and is not empty; choose another folder")
    }
    let parent = destination.removingLastComponent()
    guard parent.isEmpty || parent.withPlatformString({ access($0, F_OK) }) == 0 else {
      throw CaptureError(.notFound, "there is no folder \(parent) to make the capture in")
    }
    id = name.string
    self.destination = destination
    path = parent.appending(".\(name.string).import-\(getpid())")
  }

  private static func isFree(_ path: FilePath) -> Bool {
    guard path.withPlatformString({ access($0, F_OK) }) == 0 else { return true }
    guard let folder = path.withPlatformString({ opendir($0) }) else { return false }
    defer { closedir(folder) }
    // An empty folder has two entries: itself and its parent.
    for _ in 0..<2 where readdir(folder) == nil { return true }
    return readdir(folder) == nil
  }

  /// Puts the capture in its place; throws `.exists` when something came there meanwhile, or `.io`.
  consuming func commit() throws(CaptureError) {
    let files = SystemFileOperations()
    do throws(Errno) {
      try files.rename(path, to: destination)
      let parent = destination.removingLastComponent()
      try files.synchronizeFolder(parent.isEmpty ? "." : parent)
    } catch {
      let code: CaptureError.Code =
        error == .directoryNotEmpty || error == .fileExists ? .exists : .io
      throw CaptureError(
        code, "cannot name the capture \(destination): \(error)", errno: error.rawValue)
    }
  }

  deinit {
    // Nothing is there any more when it was committed.
    guard let folder = try? CaptureFolder(listing: path) else { return }
    let files = SystemFileOperations()
    let names = (folder.segments + folder.duplicates).map { $0.name } + ["session.json"]
    for name in names { try? files.remove(path.appending(name)) }
    _ = path.withPlatformString { rmdir($0) }
  }
}
