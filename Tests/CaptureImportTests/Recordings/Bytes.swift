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

/// Sebastiano Vigna's generator: the same numbers everywhere.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
