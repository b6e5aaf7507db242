internal import Glibc
package import SystemPackage

/// Reads the lines of all key files of a capture, in order. Damage costs its line only.
package struct KeyLogReader: ~Copyable {
  /// What a line is.
  package enum Entry: Sendable {
    case record(SealedKeyRecord)
    case damage(KeyLogDamage)
  }

  private let folder: FilePath
  private var remaining: ArraySlice<String>
  private var name = ""
  private var descriptor: Int32 = -1
  private var splitter = KeyLineSplitter()

  /// Lists the capture's key files; there may be none.
  ///
  /// - Throws: `.notFound`, `.notPermitted`, `.io`.
  package init(reading folder: FilePath) throws(CaptureError) {
    self.init(folder: folder, files: try CaptureFolder(listing: folder).keyFiles)
  }

  /// Reads the named files of the folder only.
  init(folder: FilePath, files: [String]) {
    self.folder = folder
    remaining = files[...]
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// The next line that is not empty, nil behind the last.
  ///
  /// - Throws: `.notPermitted`, `.io` when a file cannot be read.
  package mutating func next() throws(CaptureError) -> Entry? {
    while let line = try nextLine() {
      if line.length > 0 { return Self.entry(line, file: name) }
    }
    return nil
  }

  /// What a line of `file` is; pure.
  static func entry(_ line: KeyLineSplitter.Line, file: String) -> Entry {
    var cause = KeyLogDamage.Cause.tooLong
    if !line.isTooLong {
      do {
        return .record(try SealedKeyRecord(parsing: line.bytes.span))
      } catch {
        cause = line.isEnded || error == .newerVersion ? error : .torn
      }
    }
    return .damage(
      KeyLogDamage(
        cause: cause, file: file, line: line.number, offset: line.offset, length: line.length))
  }

  /// The next line, whatever it holds; nil behind the last of all files.
  mutating func nextLine() throws(CaptureError) -> KeyLineSplitter.Line? {
    while true {
      if let line = splitter.next() { return line }
      if descriptor < 0 {
        guard let next = remaining.popFirst() else { return nil }
        try open(next)
      }
      guard try fill() else {
        close(descriptor)
        descriptor = -1
        if let line = splitter.finish() { return line }
        continue
      }
    }
  }

  private mutating func open(_ next: String) throws(CaptureError) {
    name = next
    splitter = KeyLineSplitter()
    descriptor = try RegularFile.open(folder.appending(next))
  }

  /// Reads on; false at the end of the file.
  private mutating func fill() throws(CaptureError) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw CaptureError(Errno(rawValue: errno), "cannot read \(folder.appending(name))")
      }
      buffer.removeLast(buffer.count - count)
      splitter.feed(buffer)
      return count > 0
    }
  }
}
