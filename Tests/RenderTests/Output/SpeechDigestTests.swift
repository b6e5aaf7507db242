import SystemPackage
import TestSupport
import Testing
import VoiceCrypto

@testable import Render

@Suite struct SpeechDigestTests {
  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  /// The digest by its description: for each extent offset and length in bytes, then the bytes.
  private func reference(_ extents: [(Int64, [Int16])]) -> String {
    var bytes: [UInt8] = []
    func append(_ value: UInt64) {
      for shift in 0..<8 { bytes.append(UInt8(value >> (8 * UInt64(shift)) & 0xFF)) }
    }
    for (start, samples) in extents {
      append(UInt64(start) * 2)
      append(UInt64(samples.count) * 2)
      for sample in samples {
        bytes.append(UInt8(UInt16(bitPattern: sample) & 0xFF))
        bytes.append(UInt8(UInt16(bitPattern: sample) >> 8))
      }
    }
    return SHA256Digest.hex(of: bytes.span)
  }

  private func samples(_ count: Int) -> [Int16] {
    (0..<count).map { Int16(truncatingIfNeeded: $0 &* 7_919) }
  }

  @Test func theWordsOfTheDesign() throws {
    let samples: [Int16] = [1, -2]
    var digest = SpeechDigest(folder: temporary.path, stem: "1")
    try digest.update(samples.span, at: 3)
    let text = try digest.finish()
    // python: sha256(struct.pack('<QQhh', 6, 4, 1, -2))
    #expect(text == "5193c2bc4500dfce93d5e6c3f81b1a0f65b9247939b45f221fbda0c36f68d75d")
  }

  @Test func howItIsCutIntoWritesDoesNotMatter() throws {
    let speech = samples(1_000)
    var digest = SpeechDigest(folder: temporary.path, stem: "1")
    try digest.update(speech.span.extracting(0..<10), at: 50)
    try digest.update(speech.span.extracting(10..<10), at: 60)
    try digest.update(speech.span.extracting(10..<1_000), at: 60)
    try digest.update(speech.span, at: 2_000)
    let extents = digest.extents
    #expect(
      extents == [SampleRange(start: 50, end: 1_050), SampleRange(start: 2_000, end: 3_000)])
    let text = try digest.finish()
    #expect(text == reference([(50, speech), (2_000, speech)]))
  }

  @Test func longExtentsGoThroughAFileWithoutAName() throws {
    let long = samples(SpeechDigest.held)  // twice the bytes that are held
    let short = samples(77)
    var digest = SpeechDigest(folder: temporary.path, stem: "1")
    var start = 0
    while start < long.count {
      let end = min(long.count, start + 1_234)
      try digest.update(long.span.extracting(start..<end), at: Int64(start))
      start = end
    }
    #expect(temporary.entries().isEmpty)
    try digest.update(short.span, at: 1_000_000)
    try digest.update(long.span, at: 2_000_000)
    let text = try digest.finish()
    #expect(text == reference([(0, long), (1_000_000, short), (2_000_000, long)]))
  }

  @Test func silenceIsTheDigestOfNothing() throws {
    var digest = SpeechDigest(folder: temporary.path, stem: "1")
    let text = try digest.finish()
    #expect(text == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }
}
