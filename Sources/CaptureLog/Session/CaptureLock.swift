internal import Glibc
package import SystemPackage

/// The lock a recorder holds on its capture, for as long as this value lives.
///
/// `flock` on the file `lock`, so that it goes with the process however that ends; the process id
/// in it is for people.
package final class CaptureLock: Sendable {
  package static let name = "lock"

  private let descriptor: Int32

  /// Locks the capture in `folder`.
  ///
  /// - Throws: `.locked` naming the process that holds it, `.notFound`, `.notPermitted`, `.io`.
  package init(locking folder: FilePath) throws(CaptureError) {
    let path = folder.appending(Self.name)
    let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC
    let descriptor = path.withPlatformString { open($0, flags, 0o600) }
    guard descriptor >= 0 else {
      throw CaptureError(Errno(rawValue: errno), "cannot open \(path)")
    }
    if let error = Self.lock(descriptor) {
      let holder = Self.processID(descriptor)
      close(descriptor)
      guard error == .wouldBlock else { throw CaptureError(error, "cannot lock \(path)") }
      let who = holder.map { "process \($0)" } ?? "another process"
      throw CaptureError(
        .locked, "\(folder) is being recorded by \(who); stop it first", errno: error.rawValue)
    }
    self.descriptor = descriptor
    let text = [UInt8]("\(getpid())\n".utf8)
    // What it says is a courtesy; the lock holds without it.
    _ = ftruncate(descriptor, 0)
    _ = pwrite(descriptor, text, text.count, 0)
  }

  deinit {
    close(descriptor)
  }

  /// True while a recorder holds the lock: the last `.part` segment is still being written.
  package static func isHeld(in folder: FilePath) -> Bool {
    // Without O_NONBLOCK a FIFO of that name would wait for a writer for ever.
    let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
    let descriptor = folder.appending(name).withPlatformString { open($0, flags) }
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// Tries for some milliseconds, since a reader that asks whether a recorder is at work (see
  /// ``isHeld(in:)``) holds a shared lock for a moment.
  private static func lock(_ descriptor: Int32) -> Errno? {
    var error = Errno.wouldBlock
    for _ in 0..<10 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return nil }
      error = Errno(rawValue: errno)
      guard error == .wouldBlock || error == .interrupted else { return error }
      usleep(2000)
    }
    return error
  }

  private static func processID(_ descriptor: Int32) -> Int32? {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    return Int32(String(decoding: bytes.prefix(count).prefix { $0 != 0x0A }, as: UTF8.self))
  }
}
