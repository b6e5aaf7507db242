internal import Glibc
internal import SystemPackage

/// A file without a name that holds what memory should not.
final class SpillFile {
  private let descriptor: Int32
  private let folder: FilePath
  private var count = 0

  /// - Parameter stem: Tells the files of different tracks apart until they have lost their names.
  init(folder: FilePath, stem: String) throws(RenderError) {
    let path = folder.appending(".\(stem).spill")
    let descriptor = open(path.string, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw FileSystem.failure("write", path, errno: errno) }
    unlink(path.string)
    self.descriptor = descriptor
    self.folder = folder
  }

  deinit { close(descriptor) }

  func append(_ bytes: [UInt8]) throws(RenderError) {
    var offset = 0
    while offset < bytes.count {
      let written = bytes.withUnsafeBytes { buffer in
        pwrite(
          descriptor, UnsafeRawBufferPointer(rebasing: buffer[offset...]).baseAddress,
          buffer.count - offset, off_t(count + offset))
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw FileSystem.failure("write in", folder, errno: errno) }
      offset += written
    }
    count += bytes.count
  }

  /// Gives everything to `body` and is empty then.
  func drain(_ body: (Span<UInt8>) -> Void) throws(RenderError) {
    var chunk = [UInt8](repeating: 0, count: min(count, SpeechDigest.held))
    var offset = 0
    while offset < count {
      let got = chunk.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress, min($0.count, count - offset), off_t(offset))
      }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { throw FileSystem.failure("read in", folder, errno: errno) }
      body(chunk.span.extracting(0..<got))
      offset += got
    }
    // Gives the space back before the next long extent.
    ftruncate(descriptor, 0)
    count = 0
  }
}
