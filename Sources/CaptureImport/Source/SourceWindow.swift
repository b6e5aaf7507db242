internal import CaptureLog

/// A bounded window over a source, so that files of any size are read in constant memory.
struct SourceWindow: ~Copyable {
  /// Nothing longer can be asked for at once.
  static let capacity = 1 << 20

  private let source: any ByteSource
  private var buffer: [UInt8]
  /// The part of the source that `buffer` holds.
  private var range: Range<Int64> = 0..<0

  init(_ source: any ByteSource) {
    self.source = source
    buffer = [UInt8](repeating: 0, count: Int(min(Int64(Self.capacity), max(source.size, 0))))
  }

  var size: Int64 { source.size }

  /// Makes `count` bytes at `offset` available to ``withBytes(at:count:_:)``; false where the source
  /// ends before them, or where they are more than a window.
  mutating func load(_ count: Int, at offset: Int64) throws(CaptureError) -> Bool {
    guard count >= 0, count <= buffer.count, offset >= 0 else { return false }
    guard offset <= source.size, Int64(count) <= source.size - offset else { return false }
    let end = offset + Int64(count)
    if offset >= range.lowerBound, end <= range.upperBound { return true }
    var filled = 0
    while filled < count {
      let read: Int
      let at = offset + Int64(filled)
      do {
        read = try buffer.withUnsafeMutableBytes { bytes in
          try source.read(at: at, into: .init(rebasing: bytes[filled...]))
        }
      } catch let error as CaptureError {
        range = 0..<0
        throw error
      } catch {
        throw CaptureError(.io, "cannot read: \(error)")
      }
      // Shorter than when it was opened.
      guard read > 0 else { break }
      filled += read
    }
    range = offset..<(offset + Int64(filled))
    return filled >= count
  }

  /// Lends bytes that ``load(_:at:)`` made available.
  func withBytes<Result, Failure: Error>(
    at offset: Int64, count: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard count >= 0, offset >= range.lowerBound, offset <= range.upperBound,
      Int64(count) <= range.upperBound - offset
    else { return try body(Span()) }
    let start = Int(offset - range.lowerBound)
    return try body(buffer.span.extracting(start..<start + count))
  }
}

/// Reading numbers from bytes whose length has been checked.
extension Span<UInt8> {
  func uint16(at offset: Int, bigEndian: Bool = true) -> UInt16 {
    let first = UInt16(self[offset])
    let second = UInt16(self[offset + 1])
    return bigEndian ? first << 8 | second : second << 8 | first
  }

  func uint32(at offset: Int, bigEndian: Bool = true) -> UInt32 {
    let first = UInt32(uint16(at: offset, bigEndian: bigEndian))
    let second = UInt32(uint16(at: offset + 2, bigEndian: bigEndian))
    return bigEndian ? first << 16 | second : second << 16 | first
  }

  func starts(with text: StaticString, at offset: Int = 0) -> Bool {
    guard count - offset >= text.utf8CodeUnitCount else { return false }
    for index in 0..<text.utf8CodeUnitCount where self[offset + index] != text.utf8Start[index] {
      return false
    }
    return true
  }
}
