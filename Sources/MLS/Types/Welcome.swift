/// What a new member needs (RFC 9420, section 12.4.3.1). Ops 28 and 30 carry it bare.
package struct Welcome: WireCodable, Hashable, Sendable {
  package struct Secrets: WireCodable, Hashable, Sendable {
    /// The key package that they are encrypted to.
    package var newMember: [UInt8]
    package var encrypted: HPKECiphertext

    init(newMember: [UInt8], encrypted: HPKECiphertext) {
      self.newMember = newMember
      self.encrypted = encrypted
    }

    package init(from reader: inout WireReader) throws(MLSError) {
      newMember = try reader.opaque()
      encrypted = try HPKECiphertext(from: &reader)
    }

    package func write(to writer: inout WireWriter) {
      writer.opaque(newMember)
      encrypted.write(to: &writer)
    }
  }

  package var secrets: [Secrets]
  package var encryptedGroupInfo: [UInt8]

  init(secrets: [Secrets], encryptedGroupInfo: [UInt8]) {
    self.secrets = secrets
    self.encryptedGroupInfo = encryptedGroupInfo
  }

  package init(from reader: inout WireReader) throws(MLSError) {
    let suite = try reader.uint16()
    guard suite == Suite.identifier else {
      throw MLSError(.unsupported, "a Welcome of suite \(suite)")
    }
    secrets = try reader.vector(of: Secrets.self)
    encryptedGroupInfo = try reader.opaque()
  }

  package func write(to writer: inout WireWriter) {
    writer.write(Suite.identifier)
    writer.vector(secrets)
    writer.opaque(encryptedGroupInfo)
  }

  /// The same for one new member alone, as the voice gateway hands it on.
  package func cut(to newMember: [UInt8]) -> Welcome? {
    guard let entry = secrets.first(where: { $0.newMember == newMember }) else { return nil }
    return Welcome(secrets: [entry], encryptedGroupInfo: encryptedGroupInfo)
  }
}

/// What each new member gets encrypted to its own key (RFC 9420, section 12.4.3.1).
struct GroupSecrets: WireCodable, Equatable {
  var joinerSecret: [UInt8]
  var pathSecret: [UInt8]?

  init(joinerSecret: [UInt8], pathSecret: [UInt8]?) {
    self.joinerSecret = joinerSecret
    self.pathSecret = pathSecret
  }

  init(from reader: inout WireReader) throws(MLSError) {
    joinerSecret = try reader.opaque()
    switch try reader.uint8() {
    case 0: pathSecret = nil
    case 1: pathSecret = try reader.opaque()
    case let other: throw MLSError(.malformed, "\(other) for the presence of an optional")
    }
    let preSharedKeys = try reader.nested()
    guard preSharedKeys.isAtEnd else {
      throw MLSError(.unsupported, "a Welcome with pre-shared keys")
    }
  }

  func write(to writer: inout WireWriter) {
    writer.opaque(joinerSecret)
    if let pathSecret {
      writer.write(UInt8(1))
      writer.opaque(pathSecret)
    } else {
      writer.write(UInt8(0))
    }
    writer.opaque([])
  }
}

/// The group as a new member finds it (RFC 9420, section 12.4.3).
package struct GroupInfo: WireCodable, Hashable, Sendable {
  package var context: GroupContext
  package var extensions: [MLSExtension]
  package var confirmationTag: [UInt8]
  package var signer: LeafIndex
  package var signature: [UInt8]

  init(
    context: GroupContext, extensions: [MLSExtension], confirmationTag: [UInt8], signer: LeafIndex
  ) {
    self.context = context
    self.extensions = extensions
    self.confirmationTag = confirmationTag
    self.signer = signer
    signature = []
  }

  package init(from reader: inout WireReader) throws(MLSError) {
    context = try GroupContext(from: &reader)
    extensions = try reader.vector(of: MLSExtension.self)
    confirmationTag = try reader.opaque()
    signer = LeafIndex(try reader.uint32())
    signature = try reader.opaque()
  }

  package func write(to writer: inout WireWriter) {
    writeUnsigned(to: &writer)
    writer.opaque(signature)
  }

  private func writeUnsigned(to writer: inout WireWriter) {
    context.write(to: &writer)
    writer.vector(extensions)
    writer.opaque(confirmationTag)
    writer.write(signer.rawValue)
  }

  private static let label = "GroupInfoTBS"

  mutating func sign(with key: SigningKey) throws(MLSError) {
    var content = WireWriter()
    writeUnsigned(to: &content)
    signature = try key.sign(label: GroupInfo.label, content.bytes)
  }

  func verifySignature(by key: [UInt8]) throws(MLSError) {
    var content = WireWriter()
    writeUnsigned(to: &content)
    guard Suite.verify(signature, publicKey: key, label: GroupInfo.label, content.bytes) else {
      throw MLSError(.badSignature, "the signature of a Welcome's group")
    }
  }
}
