internal import TestSupport
internal import Testing
internal import VoiceCrypto

@Suite("Sealed boxes and secrets")
struct SecretTests {
  @Test("Alice's public key of RFC 7748 section 6.1")
  func publicKey() throws {
    let pair = try BoxKeyPair(
      secretKey: SecretBytes(
        hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")))
    #expect(
      pair.publicKey == hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"))
  }

  @Test("a sealed box opens with its key only, and not when a byte is changed or missing")
  func sealedBox() throws {
    let pair = try BoxKeyPair.generate()
    let content = [UInt8](0..<50)
    let box = try SealedBox.seal(content.span, to: pair.publicKey)
    let again = try SealedBox.seal(content.span, to: pair.publicKey)
    #expect(box.count == 98)
    #expect(box != again)
    #expect(try SealedBox.open(box.span, with: pair).copy() == content)
    let other = try BoxKeyPair.generate()
    #expect(throws: VoiceCryptoError.authentication) {
      _ = try SealedBox.open(box.span, with: other)
    }
    for index in box.indices {
      var changed = box
      changed[index] ^= 1
      #expect(throws: VoiceCryptoError.authentication) {
        _ = try SealedBox.open(changed.span, with: pair)
      }
      let cut = [UInt8](box.prefix(index))
      let expected: VoiceCryptoError = index < 48 ? .truncated : .authentication
      #expect(throws: expected) { _ = try SealedBox.open(cut.span, with: pair) }
    }
  }

  @Test("an empty sealed box; keys of other lengths; a public key that is no point")
  func oddBoxes() throws {
    let pair = try BoxKeyPair.generate()
    let empty = try SealedBox.seal([UInt8]().span, to: pair.publicKey)
    #expect(try SealedBox.open(empty.span, with: pair).count == 0)
    #expect(throws: VoiceCryptoError.length) {
      _ = try SealedBox.seal([UInt8]().span, to: [1, 2, 3])
    }
    #expect(throws: VoiceCryptoError.library("crypto_box_seal")) {
      _ = try SealedBox.seal([UInt8]().span, to: [UInt8](repeating: 0, count: 32))
    }
    #expect(throws: VoiceCryptoError.length) { _ = try BoxKeyPair(secretKey: SecretBytes([1])) }
  }

  @Test("a passphrase box opens with its passphrase and additional data only")
  func passphraseBox() throws {
    let secret = SecretBytes([UInt8](0..<32))
    let right = SecretBytes([UInt8]("correct horse".utf8))
    let additional: [UInt8] = [1, 2]
    let box = try PassphraseBox.seal(
      secret, passphrase: right, additionalData: additional.span, operations: 1, memory: 8192)
    let opened = try box.open(passphrase: right, additionalData: additional.span)
    #expect(opened.copy() == secret.copy())
    #expect(throws: VoiceCryptoError.authentication) {
      _ = try box.open(passphrase: SecretBytes([1]), additionalData: additional.span)
    }
    #expect(throws: VoiceCryptoError.authentication) {
      _ = try box.open(passphrase: right, additionalData: Span<UInt8>())
    }
    var changed = box
    changed.ciphertext[5] ^= 1
    #expect(throws: VoiceCryptoError.authentication) {
      _ = try changed.open(passphrase: right, additionalData: additional.span)
    }
  }

  @Test("a crafted passphrase box cannot ask for unreasonable work")
  func craftedPassphraseBox() {
    let salt = [UInt8](repeating: 0, count: 16)
    let nonce = [UInt8](repeating: 0, count: 24)
    let ciphertext = [UInt8](repeating: 0, count: 48)
    let crafted = [
      PassphraseBox(salt: salt, nonce: nonce, operations: 17, memory: 8192, ciphertext: ciphertext),
      PassphraseBox(salt: salt, nonce: nonce, operations: 0, memory: 8192, ciphertext: ciphertext),
      PassphraseBox(salt: salt, nonce: nonce, operations: 1, memory: .max, ciphertext: ciphertext),
      PassphraseBox(salt: salt, nonce: nonce, operations: 1, memory: -1, ciphertext: ciphertext),
      PassphraseBox(salt: [1], nonce: nonce, operations: 1, memory: 8192, ciphertext: ciphertext),
      PassphraseBox(salt: salt, nonce: [1], operations: 1, memory: 8192, ciphertext: ciphertext),
      PassphraseBox(salt: salt, nonce: nonce, operations: 1, memory: 8192, ciphertext: [1]),
    ]
    for box in crafted {
      #expect(throws: VoiceCryptoError.format) {
        _ = try box.open(passphrase: SecretBytes([1]), additionalData: Span<UInt8>())
      }
    }
  }

  @Test("Base64 of secrets, there and back; other text is refused")
  func base64() throws {
    for (text, encoded) in [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy"),
    ] {
      let secret = SecretBytes([UInt8](text.utf8))
      #expect(Base64.encode(secret).copy() == [UInt8](encoded.utf8))
      #expect(try Base64.decode([UInt8](encoded.utf8).span).copy() == [UInt8](text.utf8))
    }
    for bad in ["Zg", "Zg=", "Z", "Zg===", "Zm9 v", "Zm9v\n", "Zm9v=", "Zh==", "-_-_"] {
      #expect(throws: VoiceCryptoError.format, "\(bad)") {
        _ = try Base64.decode([UInt8](bad.utf8).span)
      }
    }
  }

  @Test("a secret prints as its length")
  func description() {
    #expect("\(SecretBytes([1, 2, 3]))" == "3 secret bytes")
    #expect(SecretBytes.random(count: 32).copy() != SecretBytes.random(count: 32).copy())
    #expect(randomBytes(32) != randomBytes(32))
    #expect(randomBytes(0).isEmpty)
    var bytes: [UInt8] = [1, 2, 3]
    wipe(&bytes)
    #expect(bytes.isEmpty)
    var original: [UInt8] = [7, 8]
    let taken = SecretBytes(wiping: original)
    #expect(taken.copy() == [7, 8])
    original.append(9)
    #expect(original == [7, 8, 9])
  }
}
