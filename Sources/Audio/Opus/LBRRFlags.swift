/// The forward error correction that one Opus frame carries (RFC 6716 section 4.2.4).
///
/// libopus before 1.4 has no query for it, and decoding a frame "with FEC" that has none is silent concealment, so the
/// flags are read here. They are the first symbols of a SILK or hybrid frame. The VAD and LBRR bits have probability
/// 1/2 each, so with a fresh range decoder they are simply the leading bits of the first byte.
package struct LBRRFlags: Equatable, Sendable {
  /// Bit n: the mid (or only) channel has a copy for the n-th 20 ms (or the only 10 ms) of the lost frame.
  package let mid: UInt8
  /// The same for the side channel; 0 in mono.
  package let side: UInt8

  /// Whether anything of the frame before can be recovered.
  package var isPresent: Bool { mid | side != 0 }

  init(frame: Span<UInt8>, configuration: Int, isStereo: Bool) {
    // A frame of at most one byte is DTX: libopus does not read it, and conceals.
    guard configuration < 16, frame.count > 1 else {
      (mid, side) = (0, 0)
      return
    }
    let samples = OpusPacket.frameSamples(configuration: configuration)
    let parts = max(1, samples / 960)
    var symbols = RangeDecoder(frame)
    var present: (mid: Bool, side: Bool) = (false, false)
    for _ in 0..<parts { _ = symbols.decodeBit() }
    present.mid = symbols.decodeBit()
    if isStereo {
      for _ in 0..<parts { _ = symbols.decodeBit() }
      present.side = symbols.decodeBit()
    }
    mid = present.mid ? symbols.decodeFlags(parts: parts) : 0
    side = present.side ? symbols.decodeFlags(parts: parts) : 0
  }
}

/// The few steps of the range decoder (RFC 6716 section 4.1) that the flags need: at most eight bits of probability 1/2 and
/// two symbols of eight bits' precision, so it never needs more than the first six bytes.
private struct RangeDecoder {
  private var bytes: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32)
  private var next = 0
  private var range: UInt32 = 128
  private var value: UInt32 = 0

  init(_ frame: Span<UInt8>) {
    func byte(_ index: Int) -> UInt32 { index < frame.count ? UInt32(frame[index]) : 0 }
    bytes = (byte(0), byte(1), byte(2), byte(3), byte(4), byte(5), byte(6), byte(7))
    let first = readByte()
    remainder = first
    value = 127 - (first >> 1)
    normalise()
  }

  private var remainder: UInt32 = 0

  private mutating func readByte() -> UInt32 {
    defer { next += 1 }
    return switch next {
    case 0: bytes.0
    case 1: bytes.1
    case 2: bytes.2
    case 3: bytes.3
    case 4: bytes.4
    case 5: bytes.5
    case 6: bytes.6
    case 7: bytes.7
    default: 0
    }
  }

  private mutating func normalise() {
    while range <= 1 << 23 {
      let byte = readByte()
      let symbol = ((remainder << 8) | byte) >> 1 & 0xFF
      remainder = byte
      range <<= 8
      value = ((value << 8) &+ (255 - symbol)) & 0x7FFF_FFFF
    }
  }

  mutating func decodeBit() -> Bool {
    let half = range >> 1
    let isSet = value < half
    if isSet {
      range = half
    } else {
      value -= half
      range -= half
    }
    normalise()
    return isSet
  }

  /// The per-part flags of 40 and 60 ms frames (RFC 6716 table 4), as a bit mask.
  mutating func decodeFlags(parts: Int) -> UInt8 {
    switch parts {
    case 2: decodeSymbol([203, 150, 0]) + 1
    case 3: decodeSymbol([215, 195, 166, 125, 110, 82, 0]) + 1
    default: 1
    }
  }

  /// A symbol by its inverse cumulative distribution of eight bits.
  private mutating func decodeSymbol<let count: Int>(_ inverse: [count of UInt8]) -> UInt8 {
    let scale = range >> 8
    var upper = range
    var symbol = 0
    var lower = scale * UInt32(inverse[0])
    while value < lower, symbol < count - 1 {
      upper = lower
      symbol += 1
      lower = scale * UInt32(inverse[symbol])
    }
    value -= lower
    range = upper - lower
    normalise()
    return UInt8(symbol)
  }
}
