internal import TestSupport
internal import Testing
internal import VoiceCrypto

@Suite("Hashes")
struct HashTests {
  @Test("SHA-256 vectors of FIPS 180-4, in one piece and byte by byte")
  func sha256() {
    let vectors = [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ]
    var digest = SHA256Digest()
    for (text, expected) in vectors {
      let bytes = [UInt8](text.utf8)
      #expect(SHA256Digest.hex(of: bytes.span) == expected)
      for byte in bytes { digest.update([byte].span) }
      #expect(digest.finalizeHex() == expected)
    }
  }

  @Test("BLAKE2b-256")
  func blake2b() {
    #expect(
      hexadecimal(blake2b256([UInt8]().span).span)
        == "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8")
    #expect(
      hexadecimal(blake2b256([UInt8]("abc".utf8).span).span)
        == "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319")
  }

  @Test(
    "comparison in constant time",
    arguments: [
      ([1, 2], [1, 2], true), ([1, 2], [1, 3], false), ([1, 2], [1, 2, 0], false), ([], [], true),
    ] as [([UInt8], [UInt8], Bool)])
  func comparison(left: [UInt8], right: [UInt8], expected: Bool) {
    let equal = constantTimeEqual(left.span, right.span)
    #expect(equal == expected)
  }
}

@Suite("HMAC-SHA-256")
struct HMACTests {
  /// RFC 4231, test cases 1, 2, 5 and 6.
  @Test("published vectors")
  func vectors() {
    let cases: [(key: [UInt8], message: [UInt8], code: String)] = [
      (
        [UInt8](repeating: 0x0B, count: 20), [UInt8]("Hi There".utf8),
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
      ),
      (
        [UInt8]("Jefe".utf8), [UInt8]("what do ya want for nothing?".utf8),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
      ),
      (
        [UInt8](repeating: 0x0C, count: 20), [UInt8]("Test With Truncation".utf8),
        "a3b6167473100ee06e0c796c2955552b"
      ),
      (
        [UInt8](repeating: 0xAA, count: 131),
        [UInt8]("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
      ),
    ]
    for (key, message, code) in cases {
      let expected = hex(code)
      let found = hmacSHA256(
        key: SecretBytes(key), message: message.span, length: expected.count)
      #expect(found.copy() == expected)
    }
  }
}
