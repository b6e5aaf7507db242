internal import CaptureLog
internal import Glibc
internal import SystemPackage

/// Where `record` puts things.
enum CaptureFolders {
  /// The folder that captures are put in, made with its parents if it is not there.
  ///
  /// - Throws: 77 where that is not allowed, 64 where a file is in the way, 75 otherwise.
  static func captures(_ named: String?) throws(CommandFailure) -> FilePath {
    let folder = named.map { FilePath($0) } ?? MachineChecks.standardFolder()
    try make(folder)
    return folder
  }

  /// `renders` beside `captures`, as in `/var/lib/tapedeck`.
  static func renders(_ named: String?, captures: FilePath) -> FilePath {
    named.map { FilePath($0) } ?? captures.removingLastComponent().appending("renders")
  }

  static func make(_ folder: FilePath) throws(CommandFailure) {
    var path = FilePath(root: folder.root, [])
    for component in folder.components {
      path.append(component)
      let result = path.withPlatformString { mkdir($0, 0o700) }
      let error = errno
      guard result != 0, error != EEXIST else { continue }
      throw failure(folder, error)
    }
    var status = stat()
    let isThere = folder.withPlatformString { stat($0, &status) } == 0
    guard isThere, status.st_mode & S_IFMT == S_IFDIR else { throw failure(folder, ENOTDIR) }
    let mayWrite = folder.withPlatformString { access($0, W_OK | X_OK) } == 0
    if !mayWrite { throw failure(folder, errno) }
  }

  private static func failure(_ folder: FilePath, _ error: Int32) -> CommandFailure {
    let status: ExitStatus =
      switch error {
      case EACCES, EPERM, EROFS: .notPermitted
      case ENOTDIR: .usage
      default: .tempFail
      }
    let name = Terminal.escaped(folder.string, limit: 200)
    return CommandFailure(status, "cannot write to the folder \(name): \(Errno(rawValue: error))")
  }
}
