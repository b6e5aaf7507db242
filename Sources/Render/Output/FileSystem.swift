internal import Glibc
internal import SystemPackage

/// The file operations of a render, with errors as ``RenderError``.
enum FileSystem {
  /// What an errno means for the user.
  static func failure(_ what: String, _ path: FilePath, errno code: Int32) -> RenderError {
    let reason = String(cString: strerror(code))
    switch code {
    // EFBIG is what a file size limit of the shell or the batch system gives.
    case ENOSPC, EDQUOT, EFBIG:
      return RenderError(
        .tryAgain, "no space left to \(what) \(path): free some and render again (\(reason))")
    case EACCES, EPERM:
      return RenderError(.notPermitted, "not allowed to \(what) \(path) (\(reason))")
    case EROFS:
      return RenderError(.notPermitted, "\(path) is on a read-only file system")
    default:
      return RenderError(.tryAgain, "cannot \(what) \(path): \(reason)")
    }
  }

  static func makeFolder(_ path: FilePath) throws(RenderError) {
    guard mkdir(path.string, 0o700) == 0 else { throw failure("make", path, errno: errno) }
  }

  /// Makes the folder and those above it, as far as they are missing.
  static func makeFolders(_ path: FilePath) throws(RenderError) {
    guard mkdir(path.string, 0o755) != 0 else { return }
    let code = errno
    if code == EEXIST, isFolder(path) { return }
    let parent = path.removingLastComponent()
    guard code == ENOENT, !parent.isEmpty, parent != path else {
      throw failure("make", path, errno: code)
    }
    try makeFolders(parent)
    guard mkdir(path.string, 0o755) == 0 || errno == EEXIST else {
      throw failure("make", path, errno: errno)
    }
  }

  static func isFolder(_ path: FilePath) -> Bool {
    var status = stat()
    return stat(path.string, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  static func exists(_ path: FilePath) -> Bool {
    var status = stat()
    return lstat(path.string, &status) == 0
  }

  /// Size in bytes, nil when there is no such regular file.
  static func size(_ path: FilePath) -> Int64? {
    var status = stat()
    guard lstat(path.string, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int64(status.st_size)
  }

  /// Names in the folder, sorted.
  static func list(_ folder: FilePath) throws(RenderError) -> [String] {
    guard let handle = opendir(folder.string) else { throw failure("read", folder, errno: errno) }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Writes a small file and syncs it.
  static func write(_ bytes: [UInt8], to path: FilePath) throws(RenderError) {
    do {
      let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
        permissions: .ownerReadWrite)
      do {
        try file.writeAll(bytes)
        guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
      } catch {
        try? file.close()
        throw error
      }
      try file.close()
    } catch {
      throw failure("write", path, errno: (error as? Errno)?.rawValue ?? EIO)
    }
  }

  static func read(_ path: FilePath, limit: Int) throws(RenderError) -> [UInt8] {
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
      defer { try? file.close() }
      var bytes: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 64 * 1024)
      while bytes.count <= limit {
        let count = try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
        if count == 0 { return bytes }
        bytes.append(contentsOf: chunk[..<count])
      }
      throw Errno(rawValue: EFBIG)
    } catch {
      throw failure("read", path, errno: (error as? Errno)?.rawValue ?? EIO)
    }
  }

  /// Makes the file or folder durable.
  static func sync(_ path: FilePath) throws(RenderError) {
    let descriptor = open(path.string, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open", path, errno: errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("sync", path, errno: errno) }
  }

  /// Removes a folder of ours, files and folders within it included; links are not followed.
  static func removeFolder(_ path: FilePath) {
    for name in (try? list(path)) ?? [] {
      let entry = path.appending(name)
      if unlink(entry.string) != 0, errno == EISDIR || errno == EPERM { removeFolder(entry) }
    }
    rmdir(path.string)
  }
}
