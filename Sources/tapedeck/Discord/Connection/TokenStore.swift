internal import CaptureLog
internal import Glibc
internal import SystemPackage

/// Where `setup` keeps the bot's token: a file of one's own (0600), below the keys' folder.
struct TokenStore {
  let path: FilePath

  /// `$XDG_CONFIG_HOME/tapedeck/discord-token`, else `~/.config/tapedeck/discord-token`.
  static func standard(
    environment: (String) -> String? = { Terminal.environment($0) }
  ) -> TokenStore {
    func folder(_ name: String) -> FilePath? {
      // The XDG rules say to ignore a relative path.
      environment(name).map { FilePath($0) }.flatMap { $0.isAbsolute ? $0 : nil }
    }
    let config = folder("XDG_CONFIG_HOME") ?? (folder("HOME") ?? "/").appending(".config")
    return TokenStore(path: config.appending("tapedeck").appending("discord-token"))
  }

  var exists: Bool {
    var status = stat()
    return path.withPlatformString { stat($0, &status) } == 0
  }

  /// The token that is stored; nil when there is none that can be read.
  func stored() -> String? {
    guard let bytes = try? RegularFile.read(path, limit: 4096) else { return nil }
    return TokenForm.bare(String(decoding: bytes, as: UTF8.self))
  }

  /// Writes the token at once or not at all: a new file beside, synced, renamed over the old one.
  ///
  /// - Throws: 77 and 75 of the file system.
  func store(_ token: String) throws(CommandFailure) {
    let folder = path.removingLastComponent()
    try makeFolder(folder)
    let temporary = folder.appending(".discord-token.\(getpid())")
    do throws(Errno) {
      try write([UInt8]((token + "\n").utf8), to: temporary)
      let result = temporary.withPlatformString { from in
        path.withPlatformString { rename(from, $0) }
      }
      guard result == 0 else { throw Errno(rawValue: errno) }
      synchronize(folder)
    } catch {
      _ = temporary.withPlatformString { unlink($0) }
      throw CommandFailure(
        error == .permissionDenied || error == .notPermitted ? .notPermitted : .tempFail,
        "cannot write \(path): \(error)")
    }
  }

  private func write(_ bytes: [UInt8], to temporary: FilePath) throws(Errno) {
    let descriptor = temporary.withPlatformString {
      open($0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    }
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    defer { close(descriptor) }
    do {
      try FileDescriptor(rawValue: descriptor).writeAll(bytes)
    } catch {
      throw error as? Errno ?? .ioError
    }
    // The mode of `open` is subject to the umask, which may take rights away, but never adds any.
    guard fchmod(descriptor, 0o600) == 0, fsync(descriptor) == 0 else {
      throw Errno(rawValue: errno)
    }
  }

  private func synchronize(_ folder: FilePath) {
    let descriptor = folder.withPlatformString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Makes the folder, 0700, and those above it.
  private func makeFolder(_ folder: FilePath) throws(CommandFailure) {
    var made = folder.root.map { FilePath(root: $0) } ?? FilePath()
    for component in folder.components {
      made.append(component)
      guard made.withPlatformString({ mkdir($0, 0o700) }) != 0, errno != EEXIST else { continue }
      let error = Errno(rawValue: errno)
      throw CommandFailure(
        error == .permissionDenied ? .notPermitted : .tempFail, "cannot make \(made): \(error)")
    }
  }
}
