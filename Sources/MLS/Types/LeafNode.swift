/// What a member can do (RFC 9420, section 7.2).
package struct Capabilities: WireCodable, Hashable, Sendable {
  package var versions: [UInt16]
  package var cipherSuites: [UInt16]
  package var extensions: [UInt16]
  package var proposals: [UInt16]
  package var credentials: [UInt16]

  /// What members of DAVE groups say.
  package static let dave = Capabilities(
    versions: [1], cipherSuites: [Suite.identifier], extensions: [], proposals: [],
    credentials: [Credential.basic])

  init(
    versions: [UInt16], cipherSuites: [UInt16], extensions: [UInt16], proposals: [UInt16],
    credentials: [UInt16]
  ) {
    self.versions = versions
    self.cipherSuites = cipherSuites
    self.extensions = extensions
    self.proposals = proposals
    self.credentials = credentials
  }

  package init(from reader: inout WireReader) throws(MLSError) {
    versions = try reader.vector(of: UInt16.self)
    cipherSuites = try reader.vector(of: UInt16.self)
    extensions = try reader.vector(of: UInt16.self)
    proposals = try reader.vector(of: UInt16.self)
    credentials = try reader.vector(of: UInt16.self)
  }

  package func write(to writer: inout WireWriter) {
    for list in [versions, cipherSuites, extensions, proposals, credentials] {
      writer.vector(list)
    }
  }
}

/// A member of the group (RFC 9420, section 7.2).
package struct LeafNode: WireCodable, Hashable, Sendable {
  /// Where the leaf came from.
  package enum Source: Hashable, Sendable {
    /// Not checked: the DAVE protocol says that members do not look at lifetimes.
    case keyPackage(notBefore: UInt64, notAfter: UInt64)
    case update
    case commit(parentHash: [UInt8])
  }

  /// 65 bytes, a point of P-256.
  package var encryptionKey: [UInt8]
  /// 65 bytes, a point of P-256.
  package var signatureKey: [UInt8]
  package var credential: Credential
  package var capabilities: Capabilities
  package var source: Source
  package var extensions: [MLSExtension]
  package var signature: [UInt8]

  init(
    encryptionKey: [UInt8], signatureKey: [UInt8], credential: Credential, source: Source
  ) {
    self.encryptionKey = encryptionKey
    self.signatureKey = signatureKey
    self.credential = credential
    capabilities = .dave
    self.source = source
    extensions = []
    signature = []
  }

  package init(from reader: inout WireReader) throws(MLSError) {
    encryptionKey = try reader.opaque()
    signatureKey = try reader.opaque()
    credential = try Credential(from: &reader)
    capabilities = try Capabilities(from: &reader)
    switch try reader.uint8() {
    case 1:
      source = .keyPackage(notBefore: try reader.uint64(), notAfter: try reader.uint64())
    case 2: source = .update
    case 3: source = .commit(parentHash: try reader.opaque())
    case let other: throw MLSError(.malformed, "a leaf node of source \(other)")
    }
    extensions = try reader.vector(of: MLSExtension.self)
    signature = try reader.opaque()
  }

  package func write(to writer: inout WireWriter) {
    writeUnsigned(to: &writer)
    writer.opaque(signature)
  }

  private func writeUnsigned(to writer: inout WireWriter) {
    writer.opaque(encryptionKey)
    writer.opaque(signatureKey)
    credential.write(to: &writer)
    capabilities.write(to: &writer)
    switch source {
    case .keyPackage(let notBefore, let notAfter):
      writer.write(UInt8(1))
      writer.write(notBefore)
      writer.write(notAfter)
    case .update: writer.write(UInt8(2))
    case .commit(let parentHash):
      writer.write(UInt8(3))
      writer.opaque(parentHash)
    }
    writer.vector(extensions)
  }
}

extension LeafNode {
  private static let label = "LeafNodeTBS"

  /// LeafNodeTBS: outside key packages the signature covers the group and the place in it as well.
  private func toBeSigned(groupID: [UInt8], leaf: LeafIndex) -> [UInt8] {
    var writer = WireWriter()
    writeUnsigned(to: &writer)
    switch source {
    case .keyPackage: break
    case .update, .commit:
      writer.opaque(groupID)
      writer.write(leaf.rawValue)
    }
    return writer.bytes
  }

  mutating func sign(with key: SigningKey, groupID: [UInt8], leaf: LeafIndex) throws(MLSError) {
    signature = try key.sign(
      label: LeafNode.label, toBeSigned(groupID: groupID, leaf: leaf))
  }

  /// The checks of RFC 9420, section 7.3, that need nothing but the leaf and its place.
  func verify(groupID: [UInt8], leaf: LeafIndex) throws(MLSError) {
    try Suite.checkPublicKey(encryptionKey)
    let content = toBeSigned(groupID: groupID, leaf: leaf)
    guard
      Suite.verify(signature, publicKey: signatureKey, label: LeafNode.label, content)
    else { throw MLSError(.badSignature, "the signature of a leaf node") }
    guard capabilities.versions.contains(1), capabilities.cipherSuites.contains(Suite.identifier),
      capabilities.credentials.contains(Credential.basic)
    else { throw MLSError(.unsupported, "a leaf node without the suite or credential of DAVE") }
  }
}
