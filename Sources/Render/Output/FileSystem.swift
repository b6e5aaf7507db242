internal import CLinux
internal import Glibc
package import SystemPackage

/// The file operations of renders and exports, with errors as ``RenderError``.
package enum FileSystem {
  /// What an errno means for the user.
  package static func failure(_ what: String, _ path: FilePath, errno code: Int32) -> RenderError {
    let reason = String(cString: strerror(code))
    switch code {
    // EFBIG is what a file size limit of the shell or the batch system gives.
    case ENOSPC, EDQUOT, EFBIG:
      return RenderError(
        .tryAgain, "no space left to \(what) \(path): free some and try again (\(reason))")
    case EACCES, EPERM:
      return RenderError(.notPermitted, "not allowed to \(what) \(path) (\(reason))")
    case EROFS:
      return RenderError(.notPermitted, "\(path) is on a read-only file system")
    default:
      return RenderError(.tryAgain, "cannot \(what) \(path): \(reason)")
    }
  }

  package static func makeFolder(_ path: FilePath) throws(RenderError) {
    guard mkdir(path.string, 0o700) == 0 else { throw failure("make", path, errno: errno) }
  }

  /// Makes the folder and those above it, as far as they are missing.
  package static func makeFolders(_ path: FilePath) throws(RenderError) {
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

  package static func isFolder(_ path: FilePath) -> Bool {
    var status = stat()
    return stat(path.string, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  package static func exists(_ path: FilePath) -> Bool {
    var status = stat()
    return lstat(path.string, &status) == 0
  }

  /// Size in bytes, nil when there is no such regular file.
  package static func size(_ path: FilePath) -> Int64? {
    var status = stat()
    guard lstat(path.string, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int64(status.st_size)
  }

  /// Names in the folder, sorted.
  package static func list(_ folder: FilePath) throws(RenderError) -> [String] {
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
  package static func write(_ bytes: [UInt8], to path: FilePath) throws(RenderError) {
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

  package static func read(_ path: FilePath, limit: Int) throws(RenderError) -> [UInt8] {
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

  /// Copies a file with its holes.
  package static func copySparse(_ source: FilePath, to target: FilePath) throws(RenderError) {
    let input = open(source.string, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw failure("read", source, errno: errno) }
    defer { close(input) }
    let output = open(target.string, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard output >= 0 else { throw failure("write", target, errno: errno) }
    defer { close(output) }
    let size = lseek(input, 0, SEEK_END)
    guard size >= 0, ftruncate(output, size) == 0 else {
      throw failure("write", target, errno: errno)
    }
    var chunk = [UInt8](repeating: 0, count: 256 * 1024)
    var position: off_t = 0
    while position < size {
      var begin = tapedeck_seek_data(input, position)
      // Nothing but a hole until the end.
      if begin < 0, errno == ENXIO { return }
      var end = tapedeck_seek_hole(input, max(begin, position))
      // A file system that does not tell: all is data.
      if begin < 0 || end < 0 { (begin, end) = (position, size) }
      position = begin
      while position < end {
        let wanted = min(chunk.count, Int(end - position))
        let got = chunk.withUnsafeMutableBytes { pread(input, $0.baseAddress, wanted, position) }
        if got < 0, errno == EINTR { continue }
        guard got > 0 else { throw failure("read", source, errno: got == 0 ? EIO : errno) }
        let written = chunk.withUnsafeBytes { pwrite(output, $0.baseAddress, got, position) }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { throw failure("write", target, errno: errno) }
        position += off_t(written)
      }
    }
  }

  /// Makes the file or folder durable.
  package static func sync(_ path: FilePath) throws(RenderError) {
    let descriptor = open(path.string, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open", path, errno: errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("sync", path, errno: errno) }
  }

  /// Makes a folder of ours and all that is in it durable; links are not followed.
  package static func syncFolder(_ path: FilePath) throws(RenderError) {
    for name in try list(path) {
      let entry = path.appending(name)
      var status = stat()
      guard lstat(entry.string, &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: try syncFolder(entry)
      case S_IFREG: try sync(entry)
      default: continue
      }
    }
    try sync(path)
  }

  /// Removes a folder of ours, files and folders within it included; links are not followed.
  package static func removeFolder(_ path: FilePath) {
    for name in (try? list(path)) ?? [] {
      let entry = path.appending(name)
      if unlink(entry.string) != 0, errno == EISDIR || errno == EPERM { removeFolder(entry) }
    }
    rmdir(path.string)
  }
}
