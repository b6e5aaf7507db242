internal import Glibc
internal import SystemPackage

/// A folder for the locks of this user's recorders on this host.
///
/// Two recorders must come to the same folder to see each other. Hence the fixed order of
/// ``candidates(environment:user:)``, and that a missing `XDG_RUNTIME_DIR` (cron, `su`) leads to the
/// user's runtime folder all the same.
struct LockFolder: Sendable, Equatable {
  /// What must be there.
  var base: FilePath
  /// What is made below it, of this user alone.
  var names: [String]
  /// Whether ``base`` must be this user's too: with `sudo -E` it is somebody else's.
  var isOwn = false

  var path: FilePath { names.reduce(base) { $0.appending($1) } }

  /// The folders that may do, the best first:
  ///
  /// 1. `tapedeck` in `$XDG_RUNTIME_DIR`, then in `/run/user/UID`.
  /// 2. `tapedeck/locks` in `$XDG_STATE_HOME`, else in `~/.local/state`.
  /// 3. `/tmp/tapedeck-UID`, for users without a home.
  static func candidates(
    environment: [String: String], user: uid_t = getuid()
  ) -> [LockFolder] {
    func folder(_ name: String) -> FilePath? {
      environment[name].flatMap { $0.hasPrefix("/") ? FilePath($0) : nil }
    }
    var folders: [LockFolder] = []
    for runtime in [folder("XDG_RUNTIME_DIR"), FilePath("/run/user/\(user)")] {
      guard let runtime, !folders.contains(where: { $0.base == runtime }) else { continue }
      folders.append(LockFolder(base: runtime, names: ["tapedeck"], isOwn: true))
    }
    if let state = folder("XDG_STATE_HOME"), let name = state.lastComponent {
      folders.append(
        LockFolder(
          base: state.removingLastComponent(), names: [name.string, "tapedeck", "locks"]))
    } else if let home = folder("HOME") {
      folders.append(LockFolder(base: home, names: [".local", "state", "tapedeck", "locks"]))
    }
    folders.append(LockFolder(base: "/tmp", names: ["tapedeck-\(user)"]))
    return folders
  }

  /// The first of the folders that is this user's alone, or can be made so.
  ///
  /// - Throws: ``RecorderError``: of the last one, when none will do.
  static func usable(of candidates: [LockFolder]) throws(RecorderError) -> FilePath {
    var last = RecorderError(.internal, "there is no folder for locks")
    for folder in candidates {
      do throws(RecorderError) {
        try folder.make()
        return folder.path
      } catch {
        last = error
      }
    }
    last.message += "; set XDG_RUNTIME_DIR to a folder of this user"
    throw last
  }

  /// Makes the folder if it is not there, and checks that it is this user's alone.
  ///
  /// - Throws: ``RecorderError``: `notPermitted`, `temporary`.
  func make() throws(RecorderError) {
    var status = stat()
    guard base.withPlatformString({ stat($0, &status) }) == 0 else {
      throw RecorderError(errno: Errno(rawValue: errno), "cannot use \(base)")
    }
    guard !isOwn || status.st_uid == getuid() else {
      throw RecorderError(.notPermitted, "\(base) is not a folder of this user")
    }
    var path = base
    for name in names {
      path.append(name)
      let result = path.withPlatformString { mkdir($0, 0o700) }
      guard result == 0 || errno == EEXIST else {
        throw RecorderError(errno: Errno(rawValue: errno), "cannot make \(path)")
      }
    }
    // In /tmp anybody could have put something there before.
    guard path.withPlatformString({ lstat($0, &status) }) == 0,
      status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid()
    else {
      throw RecorderError(.notPermitted, "\(path) is not a folder of this user; remove it")
    }
    guard status.st_mode & 0o022 == 0 else {
      throw RecorderError(
        .notPermitted, "others may write to \(path); remove it, or take that from them")
    }
    guard path.withPlatformString({ access($0, W_OK | X_OK) }) == 0 else {
      throw RecorderError(errno: Errno(rawValue: errno), "cannot write to \(path)")
    }
  }
}

extension RecorderError {
  init(errno error: Errno, _ what: String) {
    let isRefused = error == .permissionDenied || error == .notPermitted
    self.init(isRefused ? .notPermitted : .temporary, "\(what): \(error)")
  }
}
