/// Writing numbers in either byte order.
extension [UInt8] {
  mutating func append16(_ value: Int, bigEndian: Bool = true) {
    let bytes = [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
    append(contentsOf: bigEndian ? bytes : bytes.reversed())
  }

  mutating func append32(_ value: Int, bigEndian: Bool = true) {
    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    append(contentsOf: bigEndian ? bytes : bytes.reversed())
  }
}
