/// Cuts the bytes of a key file into lines, without ever holding more than one line's bytes.
struct KeyLineSplitter {
  /// Far more than a record of many recipients takes.
  static let longestLine = 1 << 20

  /// A line without its line break.
  struct Line {
    /// Empty when the line is too long.
    var bytes: [UInt8] = []
    /// From 1.
    var number: Int
    var offset: Int64
    /// The line's length, which for one too long is more than was kept.
    var length: Int64
    /// False for the last line of a file that does not end in a line break.
    var isEnded = true
    var isTooLong: Bool { length > Int64(KeyLineSplitter.longestLine) }
  }

  private var current = Line(number: 1, offset: 0, length: 0)
  private var chunk: [UInt8] = []
  private var position = 0

  /// Takes in what the file holds next, when ``next()`` has given nil.
  mutating func feed(_ bytes: [UInt8]) {
    chunk = bytes
    position = 0
  }

  /// The next line that ended in what was fed.
  mutating func next() -> Line? {
    while position < chunk.count {
      let byte = chunk[position]
      position += 1
      if byte == 0x0A {
        let line = current
        current = Line(number: line.number + 1, offset: line.offset + line.length + 1, length: 0)
        return line
      }
      current.length += 1
      if current.isTooLong {
        current.bytes = []
      } else {
        current.bytes.append(byte)
      }
    }
    return nil
  }

  /// What is left at the end of the file, nil when that ended with a line break.
  mutating func finish() -> Line? {
    guard current.length > 0 else { return nil }
    var line = current
    line.isEnded = false
    current = Line(number: 1, offset: 0, length: 0)
    return line
  }
}
