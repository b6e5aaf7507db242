internal import Glibc
internal import SystemPackage

/// A new version of a file that takes its place at once, by a rename. Dropped without that, it is
/// removed.
struct ReplacementFile: ~Copyable {
  private static let bufferSize = 256 << 10

  private let original: FilePath
  private let temporary: FilePath
  private let files = SystemFileOperations()
  private var file: OpenFile?
  private var buffer: [UInt8] = []

  init(of original: FilePath) throws(CaptureError) {
    self.original = original
    temporary = original.removingLastComponent()
      .appending((original.lastComponent?.string ?? "") + ".tmp")
    do throws(Errno) {
      // One that a killed process left behind.
      do throws(Errno) { try files.remove(temporary) } catch {
        guard error == .noSuchFileOrDirectory else { throw error }
      }
      file = try files.create(temporary)
    } catch {
      throw CaptureError(error, "cannot write \(temporary)")
    }
  }

  deinit {
    if let file {
      files.close(file)
      _ = temporary.withPlatformString { unlink($0) }
    }
  }

  mutating func append(_ bytes: [UInt8]) throws(CaptureError) {
    buffer += bytes
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Copies a range of the file that is replaced.
  mutating func appendFromOriginal(offset: Int64, length: Int64) throws(CaptureError) {
    let descriptor = try RegularFile.open(original)
    defer { close(descriptor) }
    var position = offset
    var remaining = length
    while remaining > 0 {
      var chunk = [UInt8](repeating: 0, count: Int(min(remaining, Int64(Self.bufferSize))))
      let count = pread(descriptor, &chunk, chunk.count, off_t(position))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw CaptureError(Errno(rawValue: count < 0 ? errno : EIO), "cannot read \(original)")
      }
      try append([UInt8](chunk.prefix(count)))
      position += Int64(count)
      remaining -= Int64(count)
    }
  }

  /// Syncs the new version and renames it over the old one.
  mutating func replaceOriginal() throws(CaptureError) {
    try flush()
    guard let file else { return }
    if let error = files.synchronizeOnce(file) {
      throw CaptureError(error, "cannot sync \(temporary)")
    }
    do throws(Errno) {
      try files.rename(temporary, to: original)
      self.file = nil
      files.close(file)
      try files.synchronizeFolder(original.removingLastComponent())
    } catch {
      throw CaptureError(error, "cannot replace \(original)")
    }
  }

  private mutating func flush() throws(CaptureError) {
    guard let file, !buffer.isEmpty else { return }
    let error = files.writeAll(buffer.span, to: file).error
    buffer.removeAll(keepingCapacity: true)
    if let error { throw CaptureError(error, "cannot write \(temporary)") }
  }
}
