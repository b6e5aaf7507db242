internal import TestSupport
internal import Testing
internal import VoiceCrypto

@Suite("AES-128-GCM with 8-byte tags")
struct ShortTagTests {
  private let nonce = [UInt8](repeating: 0, count: 8) + [1, 0, 0, 0]

  @Test("one context seals and opens in turn, with and without additional data")
  func roundTrip() throws {
    var random = SplitMix64(seed: 1)
    var cipher = try ShortTagAES128GCM(key: [UInt8](0..<16))
    var sealed: [UInt8] = []
    var opened: [UInt8] = []
    for length in 0..<100 {
      let plaintext = random.bytes(length)
      let additional = random.bytes(length % 7)
      try cipher.seal(
        plaintext.span, nonce: nonce.span, additionalData: additional.span, into: &sealed)
      #expect(sealed.count == length + 8)
      try cipher.open(
        sealed.span.extracting(0..<length), tag: sealed.span.extracting(length..<(length + 8)),
        nonce: nonce.span, additionalData: additional.span, into: &opened)
      #expect(opened == plaintext)
    }
  }

  @Test("no changed byte of ciphertext, tag, nonce or additional data is accepted")
  func tampered() throws {
    var cipher = try ShortTagAES128GCM(key: [UInt8](0..<16))
    let additional: [UInt8] = [4, 5, 6]
    var sealed: [UInt8] = []
    try cipher.seal(
      [UInt8](10..<30).span, nonce: nonce.span, additionalData: additional.span, into: &sealed)
    let parts = [[UInt8](sealed[..<20]), [UInt8](sealed[20...]), nonce, additional]
    for part in parts.indices {
      for index in parts[part].indices {
        var changed = parts
        changed[part][index] ^= 0x80
        #expect(throws: VoiceCryptoError.authentication) {
          try cipher.opened(
            changed[0], tag: changed[1], nonce: changed[2], additionalData: changed[3])
        }
      }
    }
  }

  @Test("lengths are checked")
  func lengths() throws {
    #expect(throws: VoiceCryptoError.length) {
      _ = try ShortTagAES128GCM(key: [UInt8](0..<32))
    }
    var cipher = try ShortTagAES128GCM(key: [UInt8](0..<16))
    let tag = [UInt8](repeating: 0, count: 8)
    for (tag, nonce) in [(tag + [0], nonce), (tag, nonce + [0]), ([], nonce), (tag, [])] {
      #expect(throws: VoiceCryptoError.length) {
        try cipher.opened([1], tag: tag, nonce: nonce, additionalData: [])
      }
    }
  }
}
