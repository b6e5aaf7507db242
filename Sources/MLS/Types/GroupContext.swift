/// The state that a group agrees on in an epoch (RFC 9420, section 8.1).
package struct GroupContext: WireCodable, Hashable, Sendable {
  package var groupID: [UInt8]
  package var epoch: UInt64
  package var treeHash: [UInt8]
  package var confirmedTranscriptHash: [UInt8]
  package var extensions: [MLSExtension]

  package init(
    groupID: [UInt8], epoch: UInt64, treeHash: [UInt8], confirmedTranscriptHash: [UInt8],
    extensions: [MLSExtension]
  ) {
    self.groupID = groupID
    self.epoch = epoch
    self.treeHash = treeHash
    self.confirmedTranscriptHash = confirmedTranscriptHash
    self.extensions = extensions
  }

  package init(from reader: inout WireReader) throws(MLSError) {
    let version = try reader.uint16()
    let suite = try reader.uint16()
    guard version == 1, suite == Suite.identifier else {
      throw MLSError(.unsupported, "a group of version \(version) and suite \(suite)")
    }
    groupID = try reader.opaque()
    epoch = try reader.uint64()
    treeHash = try reader.opaque()
    confirmedTranscriptHash = try reader.opaque()
    extensions = try reader.vector(of: MLSExtension.self)
  }

  package func write(to writer: inout WireWriter) {
    writer.write(UInt16(1))
    writer.write(Suite.identifier)
    writer.opaque(groupID)
    writer.write(epoch)
    writer.opaque(treeHash)
    writer.opaque(confirmedTranscriptHash)
    writer.vector(extensions)
  }

  /// The external senders, which must be the only extension, and exactly one.
  package var externalSender: ExternalSender {
    get throws(MLSError) {
      guard extensions.count == 1, extensions[0].type == MLSExtension.externalSenders else {
        throw MLSError(.unsupported, "a group whose one extension is not external_senders")
      }
      var reader = WireReader(extensions[0].data)
      let senders = try reader.vector(of: ExternalSender.self)
      try reader.finish()
      guard senders.count == 1 else {
        throw MLSError(.unsupported, "a group with \(senders.count) external senders")
      }
      return senders[0]
    }
  }
}
