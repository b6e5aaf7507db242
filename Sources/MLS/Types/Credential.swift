/// A basic credential (RFC 9420, section 5.3), the only kind that DAVE uses.
///
/// Its identity is the user id, 8 bytes big-endian; of an external sender whatever the service says.
package struct Credential: WireCodable, Hashable, Sendable {
  /// CredentialType `basic`.
  static let basic: UInt16 = 1

  package var identity: [UInt8]

  package init(identity: [UInt8]) { self.identity = identity }

  package init(from reader: inout WireReader) throws(MLSError) {
    let type = try reader.uint16()
    guard type == Credential.basic else {
      throw MLSError(.unsupported, "a credential of type \(type)")
    }
    identity = try reader.opaque()
  }

  package func write(to writer: inout WireWriter) {
    writer.write(Credential.basic)
    writer.opaque(identity)
  }
}
