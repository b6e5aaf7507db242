internal import VoiceCrypto

@testable import DAVEFrames

/// Repeatable random numbers (SplitMix64).
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension RandomNumberGenerator {
  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
  }
}

/// The bytes of a string of hexadecimal digits.
func hex(_ text: String) -> [UInt8] {
  let digits = text.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map {
    UInt8(digits[$0] * 16 + digits[$0 + 1])
  }
}

extension FrameOpener {
  /// The plaintext of a frame, as an array.
  mutating func opened(_ frame: [UInt8]) throws(DAVEFrameError) -> [UInt8] {
    var output: [UInt8] = [1, 2, 3]
    try open(frame.span, into: &output)
    return output
  }
}

extension FrameSealer {
  /// The frame of a plaintext, as an array.
  mutating func sealed(
    _ plaintext: [UInt8], unencryptedRanges: [DAVEFrame.Range] = []
  ) throws(VoiceCryptoError) -> [UInt8] {
    var frame: [UInt8] = []
    try seal(plaintext.span, unencryptedRanges: unencryptedRanges, into: &frame)
    return frame
  }
}
