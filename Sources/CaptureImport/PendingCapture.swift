internal import CaptureLog
internal import Glibc
internal import SystemPackage

/// A capture being made beside its destination; what is not committed is removed.
struct PendingCapture: ~Copyable {
  private let folder: UnfinishedFolder
  /// The capture's id.
  let id: String

  /// Where to write.
  var path: FilePath { folder.path }

  /// Throws `.exists` when something other than an empty folder has the name.
  static func make(
    for destination: FilePath, cancellation: CaptureCancellation
  ) throws(CaptureError) -> PendingCapture {
    guard let name = destination.lastComponent, name.kind == .regular else {
      throw CaptureError(.invalid, "\(destination) cannot be the name of a capture")
    }
    // Told before hours of work; the rename makes sure.
    guard isFree(destination) else {
      throw CaptureError(
        .exists, "\(destination) exists and is not empty; choose another folder")
    }
    let parent = destination.removingLastComponent()
    guard parent.isEmpty || parent.withPlatformString({ access($0, F_OK) }) == 0 else {
      throw CaptureError(.notFound, "there is no folder \(parent) to make the capture in")
    }
    let folder = try UnfinishedFolder(
      for: destination, prefix: ".\(name.string).import-", cancellation: cancellation)
    return PendingCapture(id: name.string, folder: folder)
  }

  private init(id: String, folder: consuming UnfinishedFolder) {
    self.id = id
    self.folder = folder
  }

  private static func isFree(_ path: FilePath) -> Bool {
    guard path.withPlatformString({ access($0, F_OK) }) == 0 else { return true }
    guard let folder = path.withPlatformString({ opendir($0) }) else { return false }
    defer { closedir(folder) }
    // An empty folder has two entries: itself and its parent.
    for _ in 0..<2 where readdir(folder) == nil { return true }
    return readdir(folder) == nil
  }

  /// Puts the capture in its place; throws `.exists` when something came there meanwhile.
  consuming func commit() throws(CaptureError) { try folder.commit() }
}
