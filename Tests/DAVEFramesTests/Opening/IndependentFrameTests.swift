internal import TestSupport
internal import Testing

@testable import DAVEFrames

/// Frames by another implementation: `Tests/Vectors/dave-frames.py` prints them.
@Suite("Frames made elsewhere")
struct IndependentFrameTests {
  private static let text = [UInt8](0x40..<0x60)

  @Test(
    "open, and are what the sealer makes",
    arguments: [
      Frame(
        generation: 0, count: 1, plaintext: text,
        bytes: """
          9b9f41a0e052c30210254dfc3f1c9618ed5c8f29c34026129adc6d269d3ba55a
          5cc4bea5c3c650b7010cfafa
          """),
      Frame(
        generation: 0, count: 300, plaintext: [],
        bytes: """
          14c37f149be44674ac020dfafa
          """),
      Frame(
        generation: 0, count: 301, plaintext: text,
        ranges: [.init(offset: 0, length: 3), .init(offset: 10, length: 5)],
        bytes: """
          404142fe9125ba513b944a4b4c4d4ef08cef5b406380c60c7ccc2b22402af3d5
          d3e924c51c26ae7bad0200030a0511fafa
          """),
      Frame(
        generation: 1, count: 0, plaintext: text,
        bytes: """
          8ed1d19a92559ae9ddb4d0487382fd5c6e7ac05af1f4cceae1eac1cb70b69595
          6fd4f1ec519c6c32808080080ffafa
          """),
      Frame(
        generation: 256, count: 7, plaintext: text,
        bytes: """
          8866e9cc9cbbed641e05161f85b7dca678beb0ad52f9601f6a6294d838ab5fa2
          3c5c63c4267bbfc7070cfafa
          """),
    ])
  func frame(_ frame: Frame) throws {
    let secret = [UInt8](0..<16)
    // A sealer's first frame has the counter behind those that it is said to have sent.
    let before = frame.generation << 24 + UInt64(frame.count) - 1
    var sealer = try FrameSealer(baseSecret: secret, framesBefore: before)
    #expect(try sealer.sealed(frame.plaintext, unencryptedRanges: frame.ranges) == hex(frame.bytes))
    var opener = try FrameOpener(baseSecret: secret)
    if frame.generation > 250 {
      var earlier = try FrameSealer(baseSecret: secret, framesBefore: 200 << 24)
      _ = try opener.opened(earlier.sealed([]))
    }
    #expect(try opener.opened(hex(frame.bytes)) == frame.plaintext)
  }

  struct Frame: Sendable {
    var generation: UInt64
    var count: UInt32
    var plaintext: [UInt8]
    var ranges: [DAVEFrame.Range] = []
    var bytes: String
  }
}
