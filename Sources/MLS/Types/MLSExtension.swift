/// An extension, whose contents only its type tells (RFC 9420, section 13).
package struct MLSExtension: WireCodable, Hashable, Sendable {
  static let ratchetTree: UInt16 = 2
  static let externalSenders: UInt16 = 5

  package var type: UInt16
  package var data: [UInt8]

  package init(type: UInt16, data: [UInt8]) {
    self.type = type
    self.data = data
  }

  package init(from reader: inout WireReader) throws(MLSError) {
    type = try reader.uint16()
    data = try reader.opaque()
  }

  package func write(to writer: inout WireWriter) {
    writer.write(type)
    writer.opaque(data)
  }
}

/// Who may propose from outside the group (RFC 9420, section 12.1.8.1): in DAVE the voice gateway.
package struct ExternalSender: WireCodable, Hashable, Sendable {
  /// 65 bytes, a point of P-256.
  package var signatureKey: [UInt8]
  package var credential: Credential

  package init(signatureKey: [UInt8], credential: Credential) {
    self.signatureKey = signatureKey
    self.credential = credential
  }

  package init(from reader: inout WireReader) throws(MLSError) {
    signatureKey = try reader.opaque()
    credential = try Credential(from: &reader)
  }

  package func write(to writer: inout WireWriter) {
    writer.opaque(signatureKey)
    credential.write(to: &writer)
  }

  /// The group context's one extension.
  package var groupContextExtension: MLSExtension {
    var data = WireWriter()
    data.vector([self])
    return MLSExtension(type: MLSExtension.externalSenders, data: data.bytes)
  }
}
