internal import SystemPackage

/// A segment that is being written through a buffer: `.part` until it is closed.
struct SegmentFile: ~Copyable {
  private let number: UInt32
  private let folder: FilePath
  private let path: FilePath
  private let files: SystemFileOperations
  private let file: OpenFile
  private var isOpen = true
  private var buffer: [UInt8]
  private var buffered = 0
  /// Bytes appended, buffered ones included.
  private(set) var size: Int64 = 0
  /// Whether it holds more than its headers.
  var hasRecords = false

  private static let bufferSize = 256 << 10

  init(
    creating number: UInt32, in folder: FilePath, files: SystemFileOperations
  ) throws(CaptureError) {
    self.number = number
    self.folder = folder
    self.files = files
    path = folder.appending(SegmentFormat.fileName(number, isPart: true))
    do throws(Errno) { file = try files.create(path) } catch {
      throw CaptureError(error, "cannot create \(path)")
    }
    buffer = [UInt8](repeating: 0, count: Self.bufferSize)
  }

  deinit { if isOpen { files.close(file) } }

  /// Empties the buffer unless `count` more bytes fit it.
  mutating func flush(toMakeRoomFor count: Int) throws(CaptureError) {
    if buffered + count > buffer.count { try flush() }
    if count > buffer.count {
      buffer.append(contentsOf: repeatElement(0, count: count - buffer.count))
    }
  }

  /// Lends `count` bytes at the end of the buffer, for which room was made, to be filled.
  mutating func reserve(_ count: Int, _ fill: (inout MutableSpan<UInt8>) -> Void) {
    let start = buffered
    buffer.withUnsafeMutableBufferPointer { bytes in
      let room = UnsafeMutableBufferPointer(rebasing: bytes[start..<(start + count)])
      var span = MutableSpan(_unsafeElements: room)
      fill(&span)
    }
    buffered += count
    size += Int64(count)
  }

  mutating func append(_ bytes: [UInt8]) {
    buffer.replaceSubrange(buffered..<(buffered + bytes.count), with: bytes)
    buffered += bytes.count
    size += Int64(bytes.count)
  }

  /// Writes what is buffered, syncs, closes, and drops `.part` from the name.
  mutating func close(synchronizes: Bool) throws(CaptureError) {
    try flush()
    if synchronizes, let error = files.synchronizeOnce(file) {
      throw CaptureError(error, "cannot sync \(path)")
    }
    isOpen = false
    files.close(file)
    do throws(Errno) {
      try files.rename(path, to: folder.appending(SegmentFormat.fileName(number, isPart: false)))
    } catch {
      throw CaptureError(error, "cannot rename \(path)")
    }
  }

  private mutating func flush() throws(CaptureError) {
    guard buffered > 0 else { return }
    let (_, error) = files.writeAll(buffer.span.extracting(0..<buffered), to: file)
    buffered = 0
    if let error { throw CaptureError(error, "cannot write \(path)") }
  }
}
