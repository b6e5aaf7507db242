internal import Glibc
package import SystemPackage
package import VoiceCrypto

/// Writing of small files that hold secrets and must not replace anything.
package enum NewFile {
  /// Makes a file (0600, or 0644 when it is for everybody) with these bytes and syncs it and its
  /// folder. What was written of it is removed after an error.
  ///
  /// - Throws: `.exists` when anything is at the path, `.notFound` without its folder,
  ///   `.notPermitted`, `.noSpace`, `.io`.
  package static func write(
    _ contents: SecretBytes, to path: FilePath, isForEverybody: Bool = false
  ) throws(CaptureError) {
    let files = SystemFileOperations()
    do throws(Errno) {
      let file = try files.create(path)
      var failure = contents.withSpan { files.writeAll($0, to: file).error }
      if isForEverybody, fchmod(file.descriptor, 0o644) != 0 {
        failure = failure ?? Errno(rawValue: errno)
      }
      failure = failure ?? files.synchronizeOnce(file)
      files.close(file)
      if let failure {
        try files.remove(path)
        throw failure
      }
      let folder = path.removingLastComponent()
      try files.synchronizeFolder(folder.isEmpty ? "." : folder)
    } catch {
      guard error != .fileExists else {
        throw CaptureError(
          .exists, "\(path) exists already and is left as it is", errno: error.rawValue)
      }
      throw CaptureError(error, "cannot write \(path)")
    }
  }
}
