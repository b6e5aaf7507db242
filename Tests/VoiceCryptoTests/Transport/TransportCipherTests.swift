internal import TestSupport
internal import Testing
internal import VoiceCrypto

@Suite("Transport encryption")
struct TransportCipherTests {
  /// A mode with an implementation of it.
  struct Variant: CustomTestStringConvertible, Sendable {
    var mode: TransportMode
    var aes: TransportCipher.AESImplementation
    var testDescription: String { "\(mode.rawValue) \(aes)" }

    func cipher(key: [UInt8]) throws(VoiceCryptoError) -> TransportCipher {
      try TransportCipher(mode: mode, key: key, aes: aes)
    }
  }

  private static let hasSodiumAES =
    (try? TransportCipher(mode: .aes256GCM, key: [UInt8](0..<32), aes: .libsodium)) != nil

  static let variants: [Variant] =
    [
      Variant(mode: .xchacha20, aes: .automatic), Variant(mode: .aes256GCM, aes: .automatic),
      Variant(mode: .aes256GCM, aes: .libcrypto),
    ] + (hasSodiumAES ? [Variant(mode: .aes256GCM, aes: .libsodium)] : [])

  private let key = [UInt8](100..<132)
  private let header = [UInt8](0..<16)

  @Test("what was sealed opens; the layout is header, ciphertext, tag, nonce", arguments: variants)
  func roundTrip(variant: Variant) throws {
    var random = SplitMix64(seed: 1)
    var sealer = try variant.cipher(key: key)
    var opener = try variant.cipher(key: key)
    for length in [0, 1, 3, 15, 16, 17, 63, 64, 65, 500, 1_400] {
      for headerLength in [0, 8, 12, 16, 76] {
        let header = random.bytes(headerLength)
        let plaintext = random.bytes(length)
        let packet = try sealer.sealed(header: header, plaintext, nonce: 0x0102_0304)
        #expect(packet.count == headerLength + length + 20)
        #expect([UInt8](packet.prefix(headerLength)) == header)
        #expect(packet.suffix(4) == [1, 2, 3, 4])
        #expect(try opener.opened(packet, authenticatedLength: headerLength) == plaintext)
      }
    }
  }

  @Test("no changed bit is accepted, in header, ciphertext, tag or nonce", arguments: variants)
  func tampered(variant: Variant) throws {
    var cipher = try variant.cipher(key: key)
    let packet = try cipher.sealed(header: header, [UInt8](1...40), nonce: 7)
    for index in packet.indices {
      var changed = packet
      changed[index] ^= 1 << UInt8(index % 8)
      var output: [UInt8] = [1]
      #expect(throws: VoiceCryptoError.authentication) {
        try cipher.open(changed.span, authenticatedLength: 16, into: &output)
      }
      #expect(output.isEmpty)
    }
    // The boundary between header and ciphertext is authenticated too.
    #expect(throws: VoiceCryptoError.authentication) {
      try cipher.opened(packet, authenticatedLength: 12)
    }
    #expect(try cipher.opened(packet, authenticatedLength: 16) == [UInt8](1...40))
  }

  @Test("every cut datagram is refused", arguments: variants)
  func cut(variant: Variant) throws {
    var cipher = try variant.cipher(key: key)
    let packet = try cipher.sealed(header: header, [1, 2, 3], nonce: 7)
    for length in packet.indices {
      let cut = [UInt8](packet.prefix(length))
      let expected: VoiceCryptoError = length < 36 ? .truncated : .authentication
      #expect(throws: expected) { try cipher.opened(cut, authenticatedLength: 16) }
    }
    #expect(throws: VoiceCryptoError.truncated) {
      try cipher.opened(packet, authenticatedLength: -1)
    }
    #expect(throws: VoiceCryptoError.truncated) {
      try cipher.opened(packet, authenticatedLength: .max)
    }
  }

  @Test("another key does not open", arguments: variants)
  func wrongKey(variant: Variant) throws {
    var sealer = try variant.cipher(key: key)
    var opener = try variant.cipher(key: key.reversed())
    let packet = try sealer.sealed(header: header, [1, 2, 3], nonce: 1)
    #expect(throws: VoiceCryptoError.authentication) {
      try opener.opened(packet, authenticatedLength: 16)
    }
  }

  @Test("libsodium and libcrypto give the same bytes", .enabled(if: hasSodiumAES))
  func sameBytes() throws {
    var random = SplitMix64(seed: 2)
    for _ in 0..<200 {
      let key = random.bytes(32)
      var sodium = try TransportCipher(mode: .aes256GCM, key: key, aes: .libsodium)
      var crypto = try TransportCipher(mode: .aes256GCM, key: key, aes: .libcrypto)
      let header = random.bytes(Int.random(in: 0...40, using: &random))
      let plaintext = random.bytes(Int.random(in: 0...300, using: &random))
      let nonce = UInt32.random(in: 0...UInt32.max, using: &random)
      let packet = try sodium.sealed(header: header, plaintext, nonce: nonce)
      let same = try crypto.sealed(header: header, plaintext, nonce: nonce)
      #expect(packet == same)
      #expect(try crypto.opened(packet, authenticatedLength: header.count) == plaintext)
      #expect(try sodium.opened(packet, authenticatedLength: header.count) == plaintext)
    }
  }

  @Test("mode none copies, and has an empty key")
  func none() throws {
    var cipher = try TransportCipher(mode: .none, key: [])
    let packet = try cipher.sealed(header: [1, 2], [3, 4, 5], nonce: 0)
    #expect(packet == [1, 2, 3, 4, 5])
    #expect(try cipher.opened(packet, authenticatedLength: 2) == [3, 4, 5])
    #expect(throws: VoiceCryptoError.truncated) {
      try cipher.opened(packet, authenticatedLength: 6)
    }
  }

  @Test("keys of other lengths are refused", arguments: [0, 16, 31, 33])
  func keyLength(length: Int) {
    for mode in [TransportMode.aes256GCM, .xchacha20] {
      #expect(throws: VoiceCryptoError.length) {
        _ = try TransportCipher(mode: mode, key: [UInt8](repeating: 0, count: length))
      }
    }
    #expect(throws: VoiceCryptoError.length) {
      _ = try TransportCipher(mode: .none, key: [1])
    }
  }

  @Test("the output is reused in place", arguments: variants)
  func reuse(variant: Variant) throws {
    var cipher = try variant.cipher(key: key)
    let long = try cipher.sealed(header: header, [UInt8](repeating: 1, count: 400), nonce: 1)
    let short = try cipher.sealed(header: header, [UInt8](repeating: 2, count: 40), nonce: 2)
    var output: [UInt8] = []
    try cipher.open(long.span, authenticatedLength: 16, into: &output)
    let address = output.withUnsafeBufferPointer { $0.baseAddress }
    for packet in [short, long, short, long] {
      try cipher.open(packet.span, authenticatedLength: 16, into: &output)
      let now = output.withUnsafeBufferPointer { $0.baseAddress }
      #expect(now == address)
    }
    #expect(output == [UInt8](repeating: 1, count: 400))
  }

  @Test("the names are Discord's")
  func names() {
    #expect(TransportMode(rawValue: "aead_aes256_gcm_rtpsize") == .aes256GCM)
    #expect(TransportMode(rawValue: "aead_xchacha20_poly1305_rtpsize") == .xchacha20)
    #expect(TransportMode(rawValue: "none") == TransportMode.none)
  }
}
