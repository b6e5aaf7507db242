internal import Crypto
internal import FoundationEssentials

/// What `EncryptWithLabel` makes.
package struct HPKECiphertext: WireCodable, Hashable, Sendable {
  package var kemOutput: [UInt8]
  package var ciphertext: [UInt8]

  init(kemOutput: [UInt8], ciphertext: [UInt8]) {
    self.kemOutput = kemOutput
    self.ciphertext = ciphertext
  }

  package init(from reader: inout WireReader) throws(MLSError) {
    kemOutput = try reader.opaque()
    ciphertext = try reader.opaque()
  }

  package func write(to writer: inout WireWriter) {
    writer.opaque(kemOutput)
    writer.opaque(ciphertext)
  }
}

/// The private half of an HPKE key pair, DHKEM(P-256, HKDF-SHA256).
package struct DecryptionKey: Sendable {
  private let key: P256.KeyAgreement.PrivateKey
  /// 65 bytes: 04, x, y.
  package let publicKey: [UInt8]

  package init(scalar: [UInt8]) throws(MLSError) {
    do {
      key = try P256.KeyAgreement.PrivateKey(rawRepresentation: scalar)
    } catch {
      throw MLSError(.badKey, "not a private key of P-256")
    }
    publicKey = Array(key.publicKey.x963Representation)
  }

  package init(using random: inout some RandomNumberGenerator) {
    self = Suite.firstValid(using: &random) { (scalar) throws(MLSError) in
      try DecryptionKey(scalar: scalar)
    }
  }

  /// DeriveKeyPair of RFC 9180, section 7.1.3, which swift-crypto keeps to itself.
  package init(deriving inputKeyMaterial: [UInt8]) throws(MLSError) {
    // "KEM" and the identifier of DHKEM(P-256, HKDF-SHA256).
    let suite: [UInt8] = Array("HPKE-v1KEM".utf8) + [0x00, 0x10]
    let secret = Suite.extract(
      salt: [], inputKeyMaterial: suite + Array("dkp_prk".utf8) + inputKeyMaterial)
    for counter in UInt8.min...UInt8.max {
      let candidate = Suite.expand(
        secret, info: [0, 32] + suite + Array("candidate".utf8) + [counter], length: 32)
      if let key = try? DecryptionKey(scalar: candidate) {
        self = key
        return
      }
    }
    throw MLSError(.badKey, "no key pair can be derived")
  }

  /// DecryptWithLabel of RFC 9420, section 5.1.3.
  package func open(
    _ sealed: HPKECiphertext, label: String, context: [UInt8]
  ) throws(MLSError) -> [UInt8] {
    do {
      var recipient = try HPKE.Recipient(
        privateKey: key, ciphersuite: Suite.hpke,
        info: Suite.encryptContext(label: label, context),
        encapsulatedKey: Data(sealed.kemOutput))
      return Array(try recipient.open(Data(sealed.ciphertext)))
    } catch {
      throw MLSError(.decryption, "a ciphertext for “\(label)” does not open")
    }
  }
}

extension Suite {
  fileprivate static var hpke: HPKE.Ciphersuite {
    HPKE.Ciphersuite(kem: .P256_HKDF_SHA256, kdf: .HKDF_SHA256, aead: .AES_GCM_128)
  }

  /// EncryptWithLabel of RFC 9420, section 5.1.3. The ephemeral key is swift-crypto's own: it takes
  /// no randomness from outside.
  package static func seal(
    _ plaintext: [UInt8], to publicKey: [UInt8], label: String, context: [UInt8]
  ) throws(MLSError) -> HPKECiphertext {
    do {
      let key = try P256.KeyAgreement.PublicKey(x963Representation: publicKey)
      var sender = try HPKE.Sender(
        recipientKey: key, ciphersuite: hpke, info: encryptContext(label: label, context))
      let ciphertext = try sender.seal(Data(plaintext))
      return HPKECiphertext(
        kemOutput: Array(sender.encapsulatedKey), ciphertext: Array(ciphertext))
    } catch {
      throw MLSError(.badKey, "cannot encrypt to a key: \(error)")
    }
  }

  fileprivate static func encryptContext(label: String, _ context: [UInt8]) -> Data {
    var input = WireWriter()
    input.opaque(Array("MLS 1.0 ".utf8) + Array(label.utf8))
    input.opaque(context)
    return Data(input.bytes)
  }

  /// Refuses what is no uncompressed point of P-256.
  static func checkPublicKey(_ key: [UInt8]) throws(MLSError) {
    guard (try? P256.KeyAgreement.PublicKey(x963Representation: key)) != nil else {
      throw MLSError(.badKey, "a public key of \(key.count) bytes is no point of P-256")
    }
  }

  /// AES-128-GCM with the whole tag, as the Welcome's GroupInfo has it.
  static func sealAEAD(
    _ plaintext: [UInt8], key: [UInt8], nonce: [UInt8]
  ) throws(MLSError) -> [UInt8] {
    do {
      let box = try AES.GCM.seal(
        plaintext, using: SymmetricKey(data: key), nonce: AES.GCM.Nonce(data: nonce))
      return Array(box.ciphertext) + Array(box.tag)
    } catch {
      throw MLSError(.badKey, "cannot encrypt: \(error)")
    }
  }

  static func openAEAD(
    _ sealed: [UInt8], key: [UInt8], nonce: [UInt8]
  ) throws(MLSError) -> [UInt8] {
    guard sealed.count >= 16 else { throw MLSError(.decryption, "a ciphertext without its tag") }
    do {
      let box = try AES.GCM.SealedBox(
        nonce: AES.GCM.Nonce(data: nonce), ciphertext: sealed.dropLast(16),
        tag: sealed.suffix(16))
      return Array(try AES.GCM.open(box, using: SymmetricKey(data: key)))
    } catch {
      throw MLSError(.decryption, "a ciphertext does not open")
    }
  }
}
