internal import Glibc
internal import SystemPackage

/// A file of one JSON object a line, written in blocks.
struct LineFile: ~Copyable {
  private let path: FilePath
  private let file: FileDescriptor
  private var pending: [UInt8] = []

  init(creating path: FilePath) throws(RenderError) {
    self.path = path
    do {
      file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
        permissions: .ownerReadWrite)
    } catch {
      throw FileSystem.failure("write", path, errno: (error as? Errno)?.rawValue ?? EIO)
    }
  }

  deinit { try? file.close() }

  mutating func append(_ value: some Encodable) throws(RenderError) {
    pending += try JSONText.line(value)
    pending.append(0x0A)
    if pending.count >= 64 * 1024 { try flush() }
  }

  /// Writes out what is pending.
  mutating func flush() throws(RenderError) {
    do {
      try file.writeAll(pending)
    } catch {
      throw FileSystem.failure("write", path, errno: (error as? Errno)?.rawValue ?? EIO)
    }
    pending.removeAll(keepingCapacity: true)
  }
}

/// A line of `spurts.jsonl`.
struct SpurtLine: Codable, Equatable {
  var speaker: String
  var start: Int64
  var end: Int64
}

/// A line of `gaps.jsonl`.
struct GapLine: Codable, Equatable {
  var speaker: String
  var start: Int64
  var end: Int64
  var cause: String
}
