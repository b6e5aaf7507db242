/// Reads the presentation language of RFC 9420, section 2.1, with every length checked.
///
/// Vector headers must be minimal, so that a value read and written again has the same bytes.
package struct WireReader {
  private let bytes: [UInt8]
  private(set) var offset: Int
  private let end: Int

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    offset = 0
    end = bytes.count
  }

  package init(_ bytes: Span<UInt8>) {
    var copy: [UInt8] = []
    copy.reserveCapacity(bytes.count)
    for index in bytes.indices { copy.append(bytes[index]) }
    self.init(copy)
  }

  private init(_ bytes: [UInt8], from offset: Int, to end: Int) {
    self.bytes = bytes
    self.offset = offset
    self.end = end
  }

  /// Bytes that are left.
  package var remaining: Int { end - offset }
  package var isAtEnd: Bool { offset == end }

  /// Refuses bytes after the value.
  package func finish() throws(MLSError) {
    guard isAtEnd else { throw MLSError(.malformed, "\(remaining) bytes follow the value") }
  }

  package mutating func uint8() throws(MLSError) -> UInt8 {
    UInt8(truncatingIfNeeded: try integer(bytes: 1))
  }

  package mutating func uint16() throws(MLSError) -> UInt16 {
    UInt16(truncatingIfNeeded: try integer(bytes: 2))
  }

  package mutating func uint32() throws(MLSError) -> UInt32 {
    UInt32(truncatingIfNeeded: try integer(bytes: 4))
  }

  package mutating func uint64() throws(MLSError) -> UInt64 { try integer(bytes: 8) }

  private mutating func integer(bytes count: Int) throws(MLSError) -> UInt64 {
    guard remaining >= count else { throw MLSError(.malformed, "the value ends early") }
    var value: UInt64 = 0
    for index in offset..<offset + count { value = value << 8 | UInt64(bytes[index]) }
    offset += count
    return value
  }

  /// The header of a variable-length vector: 1, 2 or 4 bytes, the shortest that holds the length.
  package mutating func vectorLength() throws(MLSError) -> Int {
    let first = try uint8()
    let width = 1 << Int(first >> 6)
    guard width <= 4 else { throw MLSError(.malformed, "a vector header of 8 bytes") }
    var length = Int(first & 0x3F)
    for _ in 1..<width { length = length << 8 | Int(try uint8()) }
    guard width == WireWriter.vectorHeaderSize(length) else {
      throw MLSError(.malformed, "a vector header longer than its length needs")
    }
    return length
  }

  /// The contents of `opaque<V>`.
  package mutating func opaque() throws(MLSError) -> [UInt8] {
    let length = try vectorLength()
    return try raw(length)
  }

  package mutating func raw(_ count: Int) throws(MLSError) -> [UInt8] {
    guard remaining >= count else {
      throw MLSError(.malformed, "a vector of \(count) bytes where \(remaining) are left")
    }
    defer { offset += count }
    return Array(bytes[offset..<offset + count])
  }

  /// A reader of the contents of a vector; this one goes on after it.
  package mutating func nested() throws(MLSError) -> WireReader {
    let length = try vectorLength()
    guard remaining >= length else {
      throw MLSError(.malformed, "a vector of \(length) bytes where \(remaining) are left")
    }
    defer { offset += length }
    return WireReader(bytes, from: offset, to: offset + length)
  }

  /// The elements of `T<V>`.
  package mutating func vector<T: WireCodable>(of type: T.Type) throws(MLSError) -> [T] {
    var contents = try nested()
    var elements: [T] = []
    while !contents.isAtEnd { elements.append(try T(from: &contents)) }
    return elements
  }

  /// `optional<T>`: a byte 0 or 1, then the value.
  package mutating func optional<T: WireCodable>(_ type: T.Type) throws(MLSError) -> T? {
    switch try uint8() {
    case 0: return nil
    case 1: return try T(from: &self)
    case let other: throw MLSError(.malformed, "\(other) for the presence of an optional")
    }
  }

  /// The bytes between an earlier ``offset`` and here, as they were received.
  func consumed(since start: Int) -> [UInt8] { Array(bytes[start..<offset]) }
}

/// A structure of RFC 9420.
package protocol WireCodable {
  init(from reader: inout WireReader) throws(MLSError)
  func write(to writer: inout WireWriter)
}

extension WireCodable {
  /// The whole of `bytes` as one value.
  package init(parsing bytes: [UInt8]) throws(MLSError) {
    var reader = WireReader(bytes)
    self = try Self(from: &reader)
    try reader.finish()
  }

  package var encoded: [UInt8] {
    var writer = WireWriter()
    write(to: &writer)
    return writer.bytes
  }
}

extension UInt16: WireCodable {
  package init(from reader: inout WireReader) throws(MLSError) { self = try reader.uint16() }
  package func write(to writer: inout WireWriter) { writer.write(self) }
}

extension UInt32: WireCodable {
  package init(from reader: inout WireReader) throws(MLSError) { self = try reader.uint32() }
  package func write(to writer: inout WireWriter) { writer.write(self) }
}
