internal import TestSupport
internal import Testing

@testable import DAVEFrames

@Suite("DAVE frame layout")
struct DAVEFrameTests {
  private let tag = [UInt8](repeating: 0x77, count: 8)

  private func parse(_ bytes: [UInt8]) throws(DAVEFrameError) -> DAVEFrame {
    try DAVEFrame(parsing: bytes.span)
  }

  /// A frame with these footer bytes between tag and size.
  private func frame(body: Int, _ footer: [UInt8], size: UInt8? = nil) -> [UInt8] {
    let bytes = [UInt8](repeating: 0x11, count: body) + tag + footer
    return bytes + [size ?? UInt8(8 + footer.count + 3), 0xFA, 0xFA]
  }

  @Test("the shortest frame is a footer of 12 bytes")
  func shortest() throws {
    let layout = try parse(frame(body: 0, [1]))
    #expect(layout.bodyLength == 0)
    #expect(layout.counter == 1)
    #expect(layout.unencryptedRanges.isEmpty)
  }

  @Test(
    "counters of one to five bytes",
    arguments: [
      ([0x7F], 127), ([0x80, 0x01], 128), ([0xFF, 0x7F], 16_383), ([0x80, 0x80, 0x01], 16_384),
      ([0xFF, 0xFF, 0xFF, 0x7F], 0xFFF_FFFF), ([0xFF, 0xFF, 0xFF, 0xFF, 0x0F], UInt32.max),
    ] as [([UInt8], UInt32)])
  func counters(bytes: [UInt8], value: UInt32) throws {
    #expect(try parse(frame(body: 5, bytes)).counter == value)
    var encoded: [UInt8] = []
    ULEB128.append(value, to: &encoded)
    #expect(encoded == bytes)
  }

  @Test("ranges")
  func ranges() throws {
    let layout = try parse(frame(body: 200, [9, 0, 4, 4, 0, 100, 0x64]))
    #expect(
      layout.unencryptedRanges == [
        .init(offset: 0, length: 4), .init(offset: 4, length: 0), .init(offset: 100, length: 100),
      ])
  }

  @Test(
    "no marker: not DAVE",
    arguments: [[], [0xFA], [0xFA, 0xFB], [0xF8, 0xFF, 0xFE], [0xFB, 0xFA, 0xFA, 0]] as [[UInt8]])
  func notDAVE(bytes: [UInt8]) {
    #expect(throws: DAVEFrameError.notDAVE) { try parse(bytes) }
  }

  @Test("footers that contradict themselves")
  func malformed() {
    let bad: [[UInt8]] = [
      [0xFA, 0xFA], [0x0C, 0xFA, 0xFA],
      frame(body: 0, [1], size: 11), frame(body: 0, [1], size: 13), frame(body: 3, [1], size: 0),
      frame(body: 3, [1], size: 255), frame(body: 9, []),
      // A counter that does not end, ends too late or is too large.
      frame(body: 3, [0x80]), frame(body: 3, [0xFF, 0xFF, 0xFF, 0xFF, 0x1F]),
      frame(body: 3, [0x80, 0x80, 0x80, 0x80, 0x80, 0x00]),
      // Half a pair, a pair past the body, overlapping and descending pairs, an overflowing one.
      frame(body: 9, [1, 0]), frame(body: 9, [1, 0, 10]), frame(body: 9, [1, 9, 1]),
      frame(body: 9, [1, 0, 4, 3, 2]), frame(body: 9, [1, 5, 1, 0, 1]),
      frame(body: 9, [1, 1] + [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
      frame(body: 9, [1] + [0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
    ]
    for bytes in bad {
      #expect(throws: DAVEFrameError.malformed, "\(bytes)") { try parse(bytes) }
    }
  }

  @Test("silence is exactly three bytes")
  func silence() {
    for (bytes, expected) in [
      ([0xF8, 0xFF, 0xFE], true), ([0xF8, 0xFF, 0xFE, 0], false), ([0xF8, 0xFF], false),
      ([0xF8, 0xFF, 0xFF], false),
    ] as [([UInt8], Bool)] {
      let isSilence = DAVEFrame.isSilence(bytes.span)
      #expect(isSilence == expected)
    }
  }

  @Test("random footers never trap, and what parses lies within the frame")
  func random() {
    var random = SplitMix64(seed: 4)
    var parsed = 0
    for _ in 0..<50_000 {
      var bytes = random.bytes(Int.random(in: 0...60, using: &random)).map {
        // Small numbers, so that some footers hold together.
        $0 & (UInt8.random(in: 0...3, using: &random) == 0 ? 0xFF : 0x07)
      }
      bytes += [UInt8.random(in: 8...40, using: &random), 0xFA, 0xFA]
      guard let layout = try? parse(bytes) else { continue }
      parsed += 1
      #expect(layout.bodyLength + 12 <= bytes.count)
      #expect(layout.unencryptedRanges.allSatisfy { $0.end <= layout.bodyLength })
    }
    #expect(parsed > 500)
  }
}
