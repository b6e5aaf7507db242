import TestSupport
import Testing

@testable import tapedeck

@Suite struct KeyDecoderTests {
  @Test(
    arguments: [
      ("m", [.character("m")]), ("\u{1B}[A", [.up]), ("\u{1B}OB", [.down]), ("\r", [.enter]),
      ("\n", [.enter]), ("\u{1B}[5~\u{1B}[6~", [.pageUp, .pageDown]), ("\u{1B}[1;5A", [.up]),
      ("\u{1B}[H\u{1B}[4~", [.home, .end]), ("\u{3}\u{4}", [.interrupt, .endOfInput]),
      ("é日", [.character("é"), .character("日")]), ("\u{1B}[200~s", [.character("s")]),
      ("\u{1B}x", [.escape, .character("x")]), ("\u{1B}\u{1B}[A", [.escape, .up]),
      ("\t\u{7F}a", [.character("a")]),
    ] as [(String, [Key])])
  func keys(text: String, keys: [Key]) {
    var whole = KeyDecoder()
    #expect(whole.decode(text.utf8) == keys)
    // However it is cut into reads.
    var single = KeyDecoder()
    #expect(text.utf8.flatMap { single.decode([$0]) } == keys)
    #expect(!single.isWaiting)
  }

  @Test func escapeAloneNeedsAPause() {
    var decoder = KeyDecoder()
    #expect(decoder.decode([0x1B]).isEmpty)
    #expect(decoder.isWaiting)
    #expect(decoder.flush() == [.escape])
    #expect(!decoder.isWaiting)
    #expect(decoder.decode("s".utf8) == [.character("s")])
  }

  @Test func rubbishIsBounded() {
    var random = SplitMix64(seed: 3)
    var decoder = KeyDecoder()
    for _ in 0..<200_000 { _ = decoder.decode([UInt8(truncatingIfNeeded: random.next())]) }
    _ = decoder.decode([UInt8](repeating: 0x31, count: 32))
    _ = decoder.flush()
    #expect(decoder.decode([0xFF, 0xC0, 0x73]) == [.character("s")])
  }
}
