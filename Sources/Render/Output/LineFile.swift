internal import Glibc
package import SystemPackage

/// A text file of many lines, written in blocks.
package struct LineFile: ~Copyable {
  private let path: FilePath
  private let file: FileDescriptor
  private var pending: [UInt8] = []

  package init(creating path: FilePath) throws(RenderError) {
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

  /// A line with a JSON object.
  package mutating func append(_ value: some Encodable) throws(RenderError) {
    pending += try JSONText.line(value)
    pending.append(0x0A)
    if pending.count >= 64 * 1024 { try flush() }
  }

  /// A line of text, without its line break.
  package mutating func append(line text: String) throws(RenderError) {
    pending += text.utf8
    pending.append(0x0A)
    if pending.count >= 64 * 1024 { try flush() }
  }

  /// Writes out what is pending.
  package mutating func flush() throws(RenderError) {
    do {
      try file.writeAll(pending)
    } catch {
      throw FileSystem.failure("write", path, errno: (error as? Errno)?.rawValue ?? EIO)
    }
    pending.removeAll(keepingCapacity: true)
  }
}

/// A line of `spurts.jsonl`.
package struct SpurtLine: Codable, Equatable {
  package var speaker: String
  package var start: Int64
  package var end: Int64

  package init(speaker: String, start: Int64, end: Int64) {
    self.speaker = speaker
    self.start = start
    self.end = end
  }
}

/// A line of `gaps.jsonl`.
struct GapLine: Codable, Equatable {
  var speaker: String
  var start: Int64
  var end: Int64
  var cause: String
}
