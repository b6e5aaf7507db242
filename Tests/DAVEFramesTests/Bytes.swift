internal import VoiceCrypto

@testable import DAVEFrames

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
