internal import Glibc
internal import SystemPackage

/// Bytes that can be read at any offset: a file, or memory in tests.
protocol ByteSource: ~Copyable {
  /// Reads into `buffer[range]`; returns how many bytes, 0 at the end.
  func read(
    at offset: Int64, into buffer: inout [UInt8], range: Range<Int>
  ) throws(Errno) -> Int
}

/// A file that is open for reading only.
struct FileSource: ByteSource, ~Copyable {
  private let descriptor: Int32

  /// Opens a regular file; symbolic links and devices are refused.
  init(opening path: FilePath) throws(Errno) {
    // Without O_NONBLOCK a FIFO of a segment's name would wait for a writer for ever.
    let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
    let descriptor = path.withPlatformString { open($0, flags) }
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    var info = stat()
    guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .invalidArgument
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  func size() throws(Errno) -> Int64 {
    var info = stat()
    guard fstat(descriptor, &info) == 0 else { throw Errno(rawValue: errno) }
    return Int64(info.st_size)
  }

  func read(
    at offset: Int64, into buffer: inout [UInt8], range: Range<Int>
  ) throws(Errno) -> Int {
    while true {
      let count = buffer.withUnsafeMutableBytes { bytes in
        pread(
          descriptor, bytes.baseAddress.map { $0 + range.lowerBound }, range.count,
          off_t(offset))
      }
      if count >= 0 { return count }
      let error = Errno(rawValue: errno)
      guard error == .interrupted else { throw error }
    }
  }

  /// Reads a small file whole; nil when it has more than `limit` bytes.
  static func contents(of path: FilePath, limit: Int) throws(Errno) -> [UInt8]? {
    let source = try FileSource(opening: path)
    var bytes = [UInt8](repeating: 0, count: min(limit, 64 << 10) + 1)
    var filled = 0
    while true {
      let count = try source.read(at: Int64(filled), into: &bytes, range: filled..<bytes.count)
      guard count > 0 else { break }
      filled += count
      guard filled <= limit else { return nil }
      if filled == bytes.count {
        bytes.append(contentsOf: repeatElement(0, count: min(filled, limit + 1 - filled)))
      }
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }
}
