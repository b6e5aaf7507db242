/// Reads the text of a Journal Export Block.
enum JournalParser {
  /// The event, or nil when a field is missing or no number where one belongs. Unknown fields are
  /// skipped: a later version may add some.
  static func event(_ block: Span<UInt8>) -> CaptureEvent? {
    var message: Range<Int>?
    var kind: Range<Int>?
    var data: Range<Int>?
    var timestamp: UInt64?
    var number: UInt64?
    let end = block.count - 4
    var start = 8
    while start < end, block[start] != 0 {
      var line = start
      var separator: Int?
      while line < end, block[line] != 0x0A {
        if separator == nil, block[line] == 0x3D { separator = line }
        line += 1
      }
      if let separator {
        let value = (separator + 1)..<line
        switch text(block, start..<separator) {
        case "MESSAGE": message = value
        case "TAPEDECK_KIND": kind = value
        case "TAPEDECK_DATA": data = value
        case "__REALTIME_TIMESTAMP": timestamp = UInt64(text(block, value))
        case "TAPEDECK_N": number = UInt64(text(block, value))
        default: break
        }
      }
      start = line + 1
    }
    guard let kind, let data, let timestamp, let number,
      let microseconds = Int64(exactly: timestamp)
    else { return nil }
    let (time, overflow) = microseconds.multipliedReportingOverflow(by: 1000)
    guard !overflow else { return nil }
    return CaptureEvent(
      number: number, time: time, kind: text(block, kind),
      message: message.map { text(block, $0) } ?? "",
      data: bytes(block, data))
  }

  private static func bytes(_ block: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
    block.extracting(range).withUnsafeBufferPointer { [UInt8]($0) }
  }

  private static func text(_ block: Span<UInt8>, _ range: Range<Int>) -> String {
    block.extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }
}
