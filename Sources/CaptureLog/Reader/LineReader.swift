internal import SystemPackage

/// Reads a file line by line; a line is at most 1 MiB.
struct LineReader: ~Copyable {
  struct Line {
    var bytes: [UInt8]
    /// False for the last one when no line break follows.
    var isWhole: Bool
    /// The line was longer, and only its beginning is here.
    var isCut: Bool
  }

  private let source: FileSource
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)
  private var range = 0..<0
  private var offset: Int64 = 0
  /// Number of the line last returned, from 1.
  private(set) var number = 0

  static let limit = 1 << 20

  init(_ source: consuming FileSource) {
    self.source = source
  }

  mutating func next() throws(Errno) -> Line? {
    var line = Line(bytes: [], isWhole: false, isCut: false)
    while true {
      if range.isEmpty {
        let count = try source.read(at: offset, into: &buffer, range: 0..<buffer.count)
        offset += Int64(count)
        range = 0..<count
        if count == 0 {
          guard !line.bytes.isEmpty else { return nil }
          number += 1
          return line
        }
      }
      let end = buffer[range].firstIndex(of: 0x0A)
      let piece = range.lowerBound..<(end ?? range.upperBound)
      let room = Self.limit - line.bytes.count
      line.bytes += buffer[piece].prefix(room)
      if piece.count > room { line.isCut = true }
      range = (end.map { $0 + 1 } ?? range.upperBound)..<range.upperBound
      guard end == nil else {
        line.isWhole = true
        number += 1
        return line
      }
    }
  }
}
