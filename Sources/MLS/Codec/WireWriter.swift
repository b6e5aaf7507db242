/// Writes the presentation language of RFC 9420, section 2.1.
package struct WireWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func write(_ value: some FixedWidthInteger & UnsignedInteger) {
    var shift = value.bitWidth
    while shift > 0 {
      shift -= 8
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  package mutating func raw(_ value: [UInt8]) { bytes += value }

  /// `opaque<V>`.
  package mutating func opaque(_ value: [UInt8]) {
    header(value.count)
    bytes += value
  }

  /// `T<V>`.
  package mutating func vector(_ elements: [some WireCodable]) {
    var contents = WireWriter()
    for element in elements { element.write(to: &contents) }
    opaque(contents.bytes)
  }

  /// `optional<T>`.
  package mutating func optional(_ value: (some WireCodable)?) {
    if let value {
      bytes.append(1)
      value.write(to: &self)
    } else {
      bytes.append(0)
    }
  }

  private mutating func header(_ length: Int) {
    switch WireWriter.vectorHeaderSize(length) {
    case 1: write(UInt8(length))
    case 2: write(UInt16(0x4000 | length))
    default:
      // Nothing here writes a gigabyte: callers cap what they take from outside far below.
      precondition(length < 1 << 30, "a vector of \(length) bytes")
      write(UInt32(0x8000_0000 | length))
    }
  }

  /// Bytes of the shortest header for a vector of `length` bytes.
  static func vectorHeaderSize(_ length: Int) -> Int {
    length < 1 << 6 ? 1 : length < 1 << 14 ? 2 : 4
  }
}
