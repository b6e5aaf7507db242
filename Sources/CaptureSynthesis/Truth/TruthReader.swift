internal import FoundationEssentials
package import SystemPackage

/// A truth file is damaged or of another version.
package struct TruthError: Error, Sendable, Equatable, CustomStringConvertible {
  package var message: String
  package var description: String { message }
}

/// Reads a truth file line by line.
package struct TruthReader: ~Copyable {
  private let descriptor: FileDescriptor
  private let path: FilePath
  private var lines: LineSplitter
  package let header: TruthHeader
  /// Known after the last record.
  package private(set) var counts: SynthesisCounts?

  /// The truth file that belongs to a capture: beside it, so that the capture stays what it is.
  package static func path(besides capture: FilePath) -> FilePath {
    var path = capture.removingLastComponent()
    path.append((capture.lastComponent?.string ?? "capture") + ".truth.jsonl")
    return path
  }

  /// - Throws: `Errno` when the file cannot be read, ``TruthError`` when it is no truth file.
  package init(opening path: FilePath) throws {
    let descriptor = try FileDescriptor.open(path, .readOnly)
    var lines = LineSplitter(descriptor: descriptor)
    guard let line = try? lines.next(),
      let header = try? JSONDecoder().decode(TruthHeader.self, from: Data(line)),
      header.schema == TruthHeader.currentSchema
    else {
      try? descriptor.close()
      throw TruthError(message: "\(path) is no truth file of this version")
    }
    self.path = path
    self.descriptor = descriptor
    self.header = header
    self.lines = lines
  }

  deinit { try? descriptor.close() }

  /// The next packet, nil at the end.
  ///
  /// - Throws: `Errno`, or ``TruthError`` when a line is none or the last one is missing.
  package mutating func next() throws -> TruthRecord? {
    guard counts == nil else { return nil }
    guard let line = try lines.next() else {
      throw TruthError(message: "\(path) ends early")
    }
    let data = Data(line)
    if let record = try? JSONDecoder().decode(TruthRecord.self, from: data) { return record }
    guard let counts = try? JSONDecoder().decode(SynthesisCounts.self, from: data) else {
      throw TruthError(message: "\(path) has a line that is no record")
    }
    self.counts = counts
    return nil
  }
}

/// Cuts a file into lines through a buffer.
struct LineSplitter {
  let descriptor: FileDescriptor
  private var buffer: [UInt8] = []
  private var start = 0

  init(descriptor: FileDescriptor) {
    self.descriptor = descriptor
  }

  mutating func next() throws -> [UInt8]? {
    while true {
      if let end = buffer[start...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { start = end + 1 }
        return Array(buffer[start..<end])
      }
      buffer.removeSubrange(..<start)
      start = 0
      var block = [UInt8](repeating: 0, count: 1 << 16)
      let count = try block.withUnsafeMutableBytes { try descriptor.read(into: $0) }
      guard count > 0 else { return nil }
      buffer += block[..<count]
    }
  }
}
