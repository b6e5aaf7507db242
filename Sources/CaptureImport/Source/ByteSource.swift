package import CaptureLog
internal import Glibc
package import SystemPackage

/// Bytes that can be read at any offset: a file, or memory in tests.
package protocol ByteSource {
  /// The length in bytes when it was opened; what is appended later is not read.
  var size: Int64 { get }

  /// Reads up to `buffer.count` bytes at `offset`; returns 0 only at the end.
  func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(CaptureError)
    -> Int
}

/// An array as a source.
package struct MemorySource: ByteSource {
  private let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package var size: Int64 { Int64(bytes.count) }

  package func read(
    at offset: Int64, into buffer: UnsafeMutableRawBufferPointer
  ) throws(CaptureError) -> Int {
    guard offset >= 0, offset < size else { return 0 }
    let count = min(buffer.count, bytes.count - Int(offset))
    buffer.copyBytes(from: bytes[Int(offset)..<Int(offset) + count])
    return count
  }
}

/// A regular file, read by `pread`.
///
/// It is not mapped: a file that somebody truncates meanwhile must not kill the process.
package final class FileSource: ByteSource, Sendable {
  private let descriptor: FileDescriptor
  private let name: String
  package let size: Int64

  /// Opens `path`; throws `.notFound`, `.notPermitted`, `.invalid` (not a regular file) or `.io`.
  package init(opening path: FilePath) throws(CaptureError) {
    name = path.string
    do {
      // Without O_NONBLOCK a named pipe would block here, before its type can be refused.
      descriptor = try FileDescriptor.open(
        path, .readOnly, options: [.closeOnExec, .nonBlocking])
    } catch {
      throw CaptureError(reading: name, error)
    }
    var status = stat()
    guard fstat(descriptor.rawValue, &status) == 0 else {
      let error = Errno(rawValue: Glibc.errno)
      try? descriptor.close()
      throw CaptureError(reading: name, error)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      try? descriptor.close()
      throw CaptureError(.invalid, "\(name) is not a regular file")
    }
    size = Int64(status.st_size)
    modified =
      Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
  }

  /// When the file was last written, in nanoseconds since the Unix epoch.
  package let modified: Int64

  package func read(
    at offset: Int64, into buffer: UnsafeMutableRawBufferPointer
  ) throws(CaptureError) -> Int {
    do {
      return try descriptor.read(fromAbsoluteOffset: offset, into: buffer)
    } catch {
      throw CaptureError(reading: name, error)
    }
  }

  deinit { try? descriptor.close() }
}

extension CaptureError {
  /// The failure to open or read `name`.
  init(reading name: String, _ error: any Error) {
    let errno = (error as? Errno) ?? .ioError
    switch errno {
    case .noSuchFileOrDirectory, .notDirectory:
      self.init(.notFound, "\(name): no such file", errno: errno.rawValue)
    case .permissionDenied, .notPermitted:
      self.init(.notPermitted, "\(name): permission denied", errno: errno.rawValue)
    default:
      self.init(.io, "cannot read \(name): \(errno)", errno: errno.rawValue)
    }
  }
}
