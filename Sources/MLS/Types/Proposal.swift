/// A change to the group (RFC 9420, section 12.1). DAVE has these two; any other is an error.
package enum Proposal: WireCodable, Hashable, Sendable {
  case add(KeyPackage)
  case remove(LeafIndex)

  package init(from reader: inout WireReader) throws(MLSError) {
    switch try reader.uint16() {
    case 1: self = .add(try KeyPackage(from: &reader))
    case 3: self = .remove(LeafIndex(try reader.uint32()))
    case let other: throw MLSError(.badProposal, "a proposal of type \(other)")
    }
  }

  package func write(to writer: inout WireWriter) {
    switch self {
    case .add(let keyPackage):
      writer.write(UInt16(1))
      keyPackage.write(to: &writer)
    case .remove(let leaf):
      writer.write(UInt16(3))
      writer.write(leaf.rawValue)
    }
  }
}

/// A proposal by reference. DAVE's commits hold no proposals themselves, since only the external
/// sender proposes.
package struct ProposalReference: WireCodable, Hashable, Sendable {
  /// 32 bytes.
  package var hash: [UInt8]

  package init(_ hash: [UInt8]) { self.hash = hash }

  package init(from reader: inout WireReader) throws(MLSError) {
    let type = try reader.uint8()
    guard type == 2 else {
      throw MLSError(.badProposal, "a commit with a proposal of type \(type), not by reference")
    }
    hash = try reader.opaque()
  }

  package func write(to writer: inout WireWriter) {
    writer.write(UInt8(2))
    writer.opaque(hash)
  }
}
