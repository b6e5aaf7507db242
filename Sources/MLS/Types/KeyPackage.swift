/// What somebody offers to be added with (RFC 9420, section 10). Op 26 carries it bare.
package struct KeyPackage: WireCodable, Hashable, Sendable {
  /// 65 bytes, a point of P-256: Welcomes are encrypted to it.
  package var initKey: [UInt8]
  package var leaf: LeafNode
  package var extensions: [MLSExtension]
  package var signature: [UInt8]

  package init(from reader: inout WireReader) throws(MLSError) {
    let version = try reader.uint16()
    let suite = try reader.uint16()
    guard version == 1, suite == Suite.identifier else {
      throw MLSError(.unsupported, "a key package of version \(version) and suite \(suite)")
    }
    initKey = try reader.opaque()
    leaf = try LeafNode(from: &reader)
    extensions = try reader.vector(of: MLSExtension.self)
    signature = try reader.opaque()
  }

  private init(initKey: [UInt8], leaf: LeafNode) {
    self.initKey = initKey
    self.leaf = leaf
    extensions = []
    signature = []
  }

  package func write(to writer: inout WireWriter) {
    writeUnsigned(to: &writer)
    writer.opaque(signature)
  }

  private func writeUnsigned(to writer: inout WireWriter) {
    writer.write(UInt16(1))
    writer.write(Suite.identifier)
    writer.opaque(initKey)
    leaf.write(to: &writer)
    writer.vector(extensions)
  }

  /// What a Welcome calls it.
  package var reference: [UInt8] { Suite.keyPackageReference(encoded) }

  private static let label = "KeyPackageTBS"

  /// The checks of RFC 9420, section 10.1.
  package func verify() throws(MLSError) {
    guard case .keyPackage = leaf.source else {
      throw MLSError(.malformed, "a key package whose leaf is of another source")
    }
    // A key package's leaf is signed without a place.
    try leaf.verify(groupID: [], leaf: LeafIndex(0))
    try Suite.checkPublicKey(initKey)
    guard initKey != leaf.encryptionKey else {
      throw MLSError(.badKey, "a key package with one key for two uses")
    }
    var content = WireWriter()
    writeUnsigned(to: &content)
    guard
      Suite.verify(
        signature, publicKey: leaf.signatureKey, label: KeyPackage.label, content.bytes)
    else { throw MLSError(.badSignature, "the signature of a key package") }
  }
}

/// A key package of our own, with the keys that open a Welcome to it.
package struct OwnKeyPackage: Sendable {
  package let keyPackage: KeyPackage
  package let reference: [UInt8]
  let initKey: DecryptionKey
  let encryptionKey: DecryptionKey
  let signingKey: SigningKey

  package init(
    identity: [UInt8], signingKey: SigningKey, using random: inout some RandomNumberGenerator
  ) throws(MLSError) {
    let initKey = DecryptionKey(using: &random)
    let encryptionKey = DecryptionKey(using: &random)
    var leaf = LeafNode(
      encryptionKey: encryptionKey.publicKey, signatureKey: signingKey.publicKey,
      credential: Credential(identity: identity),
      source: .keyPackage(notBefore: 0, notAfter: .max))
    try leaf.sign(with: signingKey, groupID: [], leaf: LeafIndex(0))
    self.init(
      try KeyPackage(signing: leaf, initKey: initKey.publicKey, with: signingKey),
      initKey: initKey, encryptionKey: encryptionKey, signingKey: signingKey)
  }

  init(
    _ keyPackage: KeyPackage, initKey: DecryptionKey, encryptionKey: DecryptionKey,
    signingKey: SigningKey
  ) {
    self.keyPackage = keyPackage
    reference = keyPackage.reference
    self.initKey = initKey
    self.encryptionKey = encryptionKey
    self.signingKey = signingKey
  }
}

extension KeyPackage {
  fileprivate init(
    signing leaf: LeafNode, initKey: [UInt8], with key: SigningKey
  ) throws(MLSError) {
    self.init(initKey: initKey, leaf: leaf)
    var content = WireWriter()
    writeUnsigned(to: &content)
    signature = try key.sign(label: KeyPackage.label, content.bytes)
  }
}
