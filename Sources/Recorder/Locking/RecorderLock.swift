internal import CaptureLog
internal import FoundationEssentials
internal import Glibc
internal import Synchronization
package import SystemPackage

/// Keeps a bot from recording a guild twice: Discord has one voice state for each bot and guild, so
/// a second recorder would throw the first one out.
///
/// `flock` on a file of this user on this host, which goes with the process however that ends.
package final class RecorderLock: Sendable {
  /// Who holds a lock, for people.
  package struct Holder: Codable, Sendable, Equatable {
    package var process: Int32
    package var capture: String
    /// ISO 8601 in UTC.
    package var since: String

    package init(process: Int32, capture: String, since: String) {
      self.process = process
      self.capture = capture
      self.since = since
    }
  }

  private let descriptor: Mutex<Int32?>

  /// Locks a guild for a bot.
  ///
  /// - Parameter folder: of this user alone; it is made if it is not there.
  /// - Throws: ``RecorderError``: `busy` naming the first recorder, `temporary`, `notPermitted`.
  package init(
    bot: UInt64, guild: UInt64, in folder: FilePath, capture: String, since: String
  ) throws(RecorderError) {
    try LockFolder(
      base: folder.removingLastComponent(), names: folder.lastComponent.map { [$0.string] } ?? []
    )
    .make()
    let path = folder.appending("\(bot)-\(guild).lock")
    let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
    let descriptor = path.withPlatformString { open($0, flags, 0o600) }
    guard descriptor >= 0 else {
      throw RecorderError(errno: Errno(rawValue: errno), "cannot open \(path)")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let error = Errno(rawValue: errno)
      let holder = Self.holder(descriptor)
      close(descriptor)
      guard error == .wouldBlock else { throw RecorderError(errno: error, "cannot lock \(path)") }
      let who =
        holder.map {
          "process \($0.process) records it into \($0.capture) since \($0.since)"
        } ?? "another process records it"
      throw RecorderError(
        .busy, "this bot is recording in guild \(guild) already: \(who); stop that one first")
    }
    self.descriptor = Mutex(descriptor)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let holder = Holder(process: getpid(), capture: capture, since: since)
    // What it says is a courtesy; the lock holds without it.
    let text = (try? encoder.encode(holder)).map { [UInt8]($0) } ?? []
    _ = ftruncate(descriptor, 0)
    _ = pwrite(descriptor, text, text.count, 0)
  }

  deinit { release() }

  /// Gives the lock up; later calls do nothing.
  package func release() {
    let descriptor = descriptor.withLock { descriptor in
      defer { descriptor = nil }
      return descriptor
    }
    if let descriptor { close(descriptor) }
  }

  private static func holder(_ descriptor: Int32) -> Holder? {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    return try? JSONDecoder().decode(Holder.self, from: Data(bytes.prefix(count)))
  }
}
