internal import TestSupport
internal import Testing

@testable import RTP

@Suite("RTP header")
struct RTPHeaderTests {
  /// V=2 P=1 X=1 CC=2, M=1 PT=120, extension of two words.
  private let full: [UInt8] =
    [0xB2, 0xF8, 0x12, 0x34, 0x01, 0x02, 0x03, 0x04, 0xCA, 0xFE, 0xBA, 0xBE]
    + [0, 0, 0, 1, 0, 0, 0, 2] + [0xBE, 0xDE, 0x00, 0x02] + [UInt8](repeating: 9, count: 8)

  @Test("reads every field")
  func fields() throws {
    let header = try RTPHeader(parsing: full.span)
    #expect(header.hasPadding && header.hasExtension && header.marker)
    #expect(header.payloadType == 120)
    #expect(header.sequenceNumber == 0x1234)
    #expect(header.timestamp == 0x0102_0304)
    #expect(header.ssrc == 0xCAFE_BABE)
    #expect(header.csrcCount == 2)
    #expect(header.authenticatedLength == 24)
    #expect(header.extensionProfile == 0xBEDE)
    #expect(header.extensionBodyLength == 8)
  }

  @Test("encodes what it reads")
  func encode() throws {
    var bytes: [UInt8] = []
    try RTPHeader(parsing: full.span).encode(csrcs: [1, 2], into: &bytes)
    #expect(bytes == [UInt8](full.prefix(24)))
  }

  @Test("a cut header is truncated, at every length")
  func truncated() {
    for length in 0..<24 {
      let cut = [UInt8](full.prefix(length))
      #expect(throws: RTPError.truncated) { try RTPHeader(parsing: cut.span) }
    }
    for length in 24..<32 {
      let cut = [UInt8](full.prefix(length))
      #expect(throws: RTPError.extensionPastEnd) { try RTPHeader(parsing: cut.span) }
    }
  }

  @Test("the longest extension length does not overflow")
  func longestExtension() {
    var bytes = full
    bytes[22] = 0xFF
    bytes[23] = 0xFF
    #expect(throws: RTPError.extensionPastEnd) { try RTPHeader(parsing: bytes.span) }
  }

  @Test("only version 2", arguments: [0x00, 0x40, 0xC0] as [UInt8])
  func version(first: UInt8) {
    var bytes = full
    bytes[0] = first
    #expect(throws: RTPError.version) { try RTPHeader(parsing: bytes.span) }
  }

  @Test("random bytes give a header that fits, or an error")
  func random() {
    var random = SplitMix64(seed: 1)
    var parsed = 0
    for _ in 0..<20_000 {
      let bytes = random.bytes(Int.random(in: 0...80, using: &random))
      guard let header = try? RTPHeader(parsing: bytes.span) else { continue }
      parsed += 1
      #expect(header.authenticatedLength + header.extensionBodyLength <= bytes.count)
      var again: [UInt8] = []
      header.encode(into: &again)
      #expect(again[..<12] == bytes[..<12])
    }
    #expect(parsed > 1_000)
  }

  @Test(
    "padding is cut from the end",
    arguments: [
      ([1, 2, 3], false, 3), ([7, 7, 1], true, 2), ([7, 7, 3], true, 0), ([1], true, 0),
      ([], false, 0),
    ] as [([UInt8], Bool, Int)])
  func padding(payload: [UInt8], hasPadding: Bool, left: Int) throws {
    #expect(try payloadWithoutPadding(payload.span, hasPadding: hasPadding) == left)
  }

  @Test(
    "a padding count of 0 or past the start is refused",
    arguments: [[], [0], [1, 0], [2], [1, 2, 4], [255]] as [[UInt8]])
  func badPadding(payload: [UInt8]) {
    #expect(throws: RTPError.padding) {
      try payloadWithoutPadding(payload.span, hasPadding: true)
    }
  }
}
