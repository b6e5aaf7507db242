/// A handshake message as an MLSMessage of wire format `mls_public_message`
/// (RFC 9420, sections 6 and 6.2): all that DAVE's ops 27, 28 and 29 carry.
package struct PublicMessage: WireCodable, Hashable, Sendable {
  private static let version: UInt16 = 1
  private static let wireFormat: UInt16 = 1

  package var content: FramedContent
  package var signature: [UInt8]
  /// Of commits.
  package var confirmationTag: [UInt8]?
  /// Of messages of members.
  package var membershipTag: [UInt8]?

  init(
    content: FramedContent, signature: [UInt8], confirmationTag: [UInt8]?,
    membershipTag: [UInt8]? = nil
  ) {
    self.content = content
    self.signature = signature
    self.confirmationTag = confirmationTag
    self.membershipTag = membershipTag
  }

  package init(from reader: inout WireReader) throws(MLSError) {
    let version = try reader.uint16()
    let wireFormat = try reader.uint16()
    guard version == PublicMessage.version, wireFormat == PublicMessage.wireFormat else {
      throw MLSError(.unsupported, "a message of version \(version), wire format \(wireFormat)")
    }
    content = try FramedContent(from: &reader)
    signature = try reader.opaque()
    if case .commit = content.body { confirmationTag = try reader.opaque() }
    if case .member = content.sender { membershipTag = try reader.opaque() }
  }

  package func write(to writer: inout WireWriter) {
    writer.write(PublicMessage.version)
    writer.write(PublicMessage.wireFormat)
    content.write(to: &writer)
    writeAuthData(to: &writer)
    if let membershipTag { writer.opaque(membershipTag) }
  }

  private func writeAuthData(to writer: inout WireWriter) {
    writer.opaque(signature)
    if let confirmationTag { writer.opaque(confirmationTag) }
  }
}

// What is hashed, signed and tagged.
extension PublicMessage {
  static let label = "FramedContentTBS"

  /// FramedContentTBS. What members send is bound to the group's state, what others send is not.
  static func toBeSigned(content: [UInt8], context: GroupContext?) -> [UInt8] {
    var writer = WireWriter()
    writer.write(version)
    writer.write(wireFormat)
    writer.raw(content)
    context?.write(to: &writer)
    return writer.bytes
  }

  func toBeSigned(in context: GroupContext) -> [UInt8] {
    if case .member = content.sender {
      PublicMessage.toBeSigned(content: content.bytes, context: context)
    } else {
      PublicMessage.toBeSigned(content: content.bytes, context: nil)
    }
  }

  /// AuthenticatedContentTBM.
  func toBeTagged(in context: GroupContext) -> [UInt8] {
    var writer = WireWriter()
    writer.raw(toBeSigned(in: context))
    writeAuthData(to: &writer)
    return writer.bytes
  }

  /// What a proposal is called in commits.
  package var proposalReference: [UInt8] {
    var writer = WireWriter()
    writer.write(PublicMessage.wireFormat)
    content.write(to: &writer)
    writeAuthData(to: &writer)
    return Suite.proposalReference(writer.bytes)
  }

  /// ConfirmedTranscriptHashInput of a commit (RFC 9420, section 8.2).
  var transcriptInput: [UInt8] {
    var writer = WireWriter()
    writer.write(PublicMessage.wireFormat)
    content.write(to: &writer)
    writer.opaque(signature)
    return writer.bytes
  }

  /// - Parameter key: of the sender; 65 bytes.
  func verifySignature(by key: [UInt8], in context: GroupContext) throws(MLSError) {
    guard
      Suite.verify(
        signature, publicKey: key, label: PublicMessage.label, toBeSigned(in: context))
    else { throw MLSError(.badSignature, "the signature of a message") }
  }
}

extension PublicMessage {
  /// A message from outside the group, which no group's state goes into.
  package init(signing content: FramedContent, with key: SigningKey) throws(MLSError) {
    self.init(
      content: content,
      signature: try key.sign(
        label: PublicMessage.label,
        PublicMessage.toBeSigned(content: content.bytes, context: nil)),
      confirmationTag: nil)
  }
}
