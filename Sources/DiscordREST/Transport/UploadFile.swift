internal import Glibc

/// A file of the caller that is uploaded: read in order, no more than it had when it was announced.
final class UploadFile {
  private let descriptor: CInt
  private let name: String
  private var left: Int

  /// Opens a regular file.
  init(path: String, length: Int) throws(HTTPTransportError) {
    let (descriptor, size) = try Self.open(path)
    self.descriptor = descriptor
    name = DisplayText.sanitized(path)
    left = length
    guard size >= length else { throw changed }
  }

  deinit { close(descriptor) }

  /// How long it is now.
  static func length(path: String) throws(HTTPTransportError) -> Int {
    let (descriptor, size) = try open(path)
    close(descriptor)
    return size
  }

  /// Its first `length` bytes.
  static func read(path: String, length: Int) throws(HTTPTransportError) -> [UInt8] {
    let file = try UploadFile(path: path, length: length)
    var all: [UInt8] = []
    while let part = try file.next(1 << 20) { all += part }
    return all
  }

  /// The next bytes, at most `maximum`; nil at the end.
  func next(_ maximum: Int) throws(HTTPTransportError) -> [UInt8]? {
    guard left > 0 else { return nil }
    let wanted = min(left, maximum)
    var count = 0
    var code: CInt = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, initialized in
      repeat {
        count = Glibc.read(descriptor, buffer.baseAddress, wanted)
        code = errno
      } while count < 0 && code == EINTR
      initialized = max(count, 0)
    }
    guard count >= 0 else { throw Self.unreadable(name, code) }
    guard count > 0 else { throw changed }
    left -= count
    return bytes
  }

  private var changed: HTTPTransportError {
    HTTPTransportError(.fileUnreadable, "\(name) was cut while it was sent")
  }

  private static func open(_ path: String) throws(HTTPTransportError) -> (CInt, Int) {
    let name = DisplayText.sanitized(path)
    // Without blocking: a pipe nobody writes to would hold the call up.
    let descriptor = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(name, errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw HTTPTransportError(.fileUnreadable, "\(name) is not a regular file")
    }
    return (descriptor, Int(status.st_size))
  }

  private static func unreadable(_ name: String, _ code: CInt) -> HTTPTransportError {
    HTTPTransportError(
      .fileUnreadable, "\(name) cannot be read: \(String(cString: strerror(code)))")
  }
}
