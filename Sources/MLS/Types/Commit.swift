/// New keys for the committer's path (RFC 9420, section 7.6).
package struct UpdatePath: WireCodable, Hashable, Sendable {
  package struct Node: WireCodable, Hashable, Sendable {
    package var encryptionKey: [UInt8]
    /// One for each node of the copath child's resolution.
    package var encryptedPathSecrets: [HPKECiphertext]

    init(encryptionKey: [UInt8], encryptedPathSecrets: [HPKECiphertext]) {
      self.encryptionKey = encryptionKey
      self.encryptedPathSecrets = encryptedPathSecrets
    }

    package init(from reader: inout WireReader) throws(MLSError) {
      encryptionKey = try reader.opaque()
      encryptedPathSecrets = try reader.vector(of: HPKECiphertext.self)
    }

    package func write(to writer: inout WireWriter) {
      writer.opaque(encryptionKey)
      writer.vector(encryptedPathSecrets)
    }
  }

  package var leaf: LeafNode
  package var nodes: [Node]

  init(leaf: LeafNode, nodes: [Node]) {
    self.leaf = leaf
    self.nodes = nodes
  }

  package init(from reader: inout WireReader) throws(MLSError) {
    leaf = try LeafNode(from: &reader)
    nodes = try reader.vector(of: Node.self)
  }

  package func write(to writer: inout WireWriter) {
    leaf.write(to: &writer)
    writer.vector(nodes)
  }
}

/// The step into the next epoch (RFC 9420, section 12.4).
package struct Commit: WireCodable, Hashable, Sendable {
  package var proposals: [ProposalReference]
  package var path: UpdatePath?

  init(proposals: [ProposalReference], path: UpdatePath?) {
    self.proposals = proposals
    self.path = path
  }

  package init(from reader: inout WireReader) throws(MLSError) {
    proposals = try reader.vector(of: ProposalReference.self)
    path = try reader.optional(UpdatePath.self)
  }

  package func write(to writer: inout WireWriter) {
    writer.vector(proposals)
    writer.optional(path)
  }
}
