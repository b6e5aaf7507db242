internal import TestSupport
internal import Testing

@testable import VoiceCrypto

/// Published vectors, whose nonces fill all of the nonce that the protocol leaves zero.
@Suite("Published AEAD vectors")
struct PublishedVectorTests {
  private static let gcmPlaintext = hex(
    """
    d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
    1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39
    """)
  private static let gcmAdditional = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
  private static let gcmNonce = hex("cafebabefacedbaddecaf888")
  private static let gcmKey = hex("feffe9928665731c6d6a8f9467308308")
  /// Test case 16 of the GCM specification (McGrew and Viega): AES-256.
  private static let gcm256 = hex(
    """
    522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
    8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662
    76fc6ece0f4e1768cddf8853bb2d551b
    """)
  /// Test case 4: AES-128.
  private static let gcm128 = hex(
    """
    42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e
    21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091
    5bc94fbc3221a5db94fae95ae7121a47
    """)

  @Test("AES-256-GCM by libcrypto")
  func libcrypto() throws {
    let cipher = try EVPGCM(key: SecretBytes(Self.gcmKey + Self.gcmKey), tagLength: 16)
    let sealed = seal(with: cipher, tagLength: 16)
    #expect(sealed == Self.gcm256)
  }

  @Test("AES-256-GCM by libsodium", .enabled(if: SodiumAES256GCM.isAvailable))
  func libsodium() throws {
    let cipher = try SodiumAES256GCM(key: SecretBytes(Self.gcmKey + Self.gcmKey))
    var sealed = [UInt8](repeating: 0, count: Self.gcmPlaintext.count + 16)
    var opened = [UInt8](repeating: 0, count: Self.gcmPlaintext.count)
    let isSealed = sealed.withUnsafeMutableBufferPointer { sealed in
      Self.gcmPlaintext.withUnsafeBufferPointer { plaintext in
        Self.gcmNonce.withUnsafeBufferPointer { nonce in
          Self.gcmAdditional.withUnsafeBufferPointer {
            cipher.seal(plaintext, nonceSuffix: nonce, header: $0, into: sealed)
          }
        }
      }
    }
    #expect(isSealed && sealed == Self.gcm256)
    let isOpened = opened.withUnsafeMutableBufferPointer { opened in
      sealed.withUnsafeBufferPointer { sealed in
        Self.gcmNonce.withUnsafeBufferPointer { nonce in
          Self.gcmAdditional.withUnsafeBufferPointer {
            cipher.open(sealed, nonceSuffix: nonce, header: $0, into: opened)
          }
        }
      }
    }
    #expect(isOpened && opened == Self.gcmPlaintext)
  }

  @Test("AES-128-GCM with the tag cut to 8 bytes")
  func shortTag() throws {
    var cipher = try ShortTagAES128GCM(key: Self.gcmKey)
    var output: [UInt8] = []
    try cipher.seal(
      Self.gcmPlaintext.span, nonce: Self.gcmNonce.span, additionalData: Self.gcmAdditional.span,
      into: &output)
    let expected = [UInt8](Self.gcm128.dropLast(8))
    #expect(output == expected)
    var opened: [UInt8] = []
    try cipher.open(
      expected.span.extracting(0..<60), tag: expected.span.extracting(60..<68),
      nonce: Self.gcmNonce.span, additionalData: Self.gcmAdditional.span, into: &opened)
    #expect(opened == Self.gcmPlaintext)
  }

  /// draft-irtf-cfrg-xchacha, appendix A.3.1.
  @Test("XChaCha20-Poly1305")
  func xchacha() throws {
    let plaintext = [UInt8](
      ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
        + "future, sunscreen would be it.").utf8)
    let expected = hex(
      """
      bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb
      731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452
      2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9
      21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780a
      cf49
      """)
    let cipher = try XChaCha20Poly1305(key: SecretBytes([UInt8](0x80...0x9F)))
    let nonce = [UInt8](0x40...0x57)
    let additional = hex("50515253c0c1c2c3c4c5c6c7")
    var sealed = [UInt8](repeating: 0, count: plaintext.count + 16)
    let isSealed = sealed.withUnsafeMutableBufferPointer { sealed in
      plaintext.withUnsafeBufferPointer { plaintext in
        nonce.withUnsafeBufferPointer { nonce in
          additional.withUnsafeBufferPointer {
            cipher.seal(plaintext, nonceSuffix: nonce, header: $0, into: sealed)
          }
        }
      }
    }
    #expect(isSealed && sealed == expected)
  }

  private func seal(with cipher: borrowing EVPGCM, tagLength: Int) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: Self.gcmPlaintext.count + tagLength)
    let length = Self.gcmPlaintext.count
    let isSealed = output.withUnsafeMutableBufferPointer { output in
      Self.gcmPlaintext.withUnsafeBufferPointer { plaintext in
        Self.gcmNonce.withUnsafeBufferPointer { nonce in
          Self.gcmAdditional.withUnsafeBufferPointer { header in
            guard let nonce = nonce.baseAddress else { return false }
            return cipher.seal(
              plaintext, nonce: nonce, header: header,
              into: UnsafeMutableBufferPointer(rebasing: output[..<length]),
              tag: UnsafeMutableBufferPointer(rebasing: output[length...]))
          }
        }
      }
    }
    return isSealed ? output : []
  }
}
