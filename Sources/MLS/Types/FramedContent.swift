/// Who sent a handshake message (RFC 9420, section 6).
package enum Sender: WireCodable, Hashable, Sendable {
  case member(LeafIndex)
  /// The place in the group context's list of external senders.
  case external(UInt32)

  package init(from reader: inout WireReader) throws(MLSError) {
    switch try reader.uint8() {
    case 1: self = .member(LeafIndex(try reader.uint32()))
    case 2: self = .external(try reader.uint32())
    case let other: throw MLSError(.unsupported, "a sender of type \(other)")
    }
  }

  package func write(to writer: inout WireWriter) {
    switch self {
    case .member(let leaf):
      writer.write(UInt8(1))
      writer.write(leaf.rawValue)
    case .external(let index):
      writer.write(UInt8(2))
      writer.write(index)
    }
  }
}

/// A proposal or commit with what it belongs to (RFC 9420, section 6).
package struct FramedContent: WireCodable, Hashable, Sendable {
  package enum Body: Hashable, Sendable {
    case proposal(Proposal)
    case commit(Commit)
  }

  package var groupID: [UInt8]
  package var epoch: UInt64
  package var sender: Sender
  package var authenticatedData: [UInt8]
  package var body: Body
  /// As received or written: what is hashed and signed.
  package let bytes: [UInt8]

  package init(groupID: [UInt8], epoch: UInt64, sender: Sender, body: Body) {
    self.groupID = groupID
    self.epoch = epoch
    self.sender = sender
    authenticatedData = []
    self.body = body
    var writer = WireWriter()
    writer.opaque(groupID)
    writer.write(epoch)
    sender.write(to: &writer)
    writer.opaque([])
    switch body {
    case .proposal(let proposal):
      writer.write(UInt8(2))
      proposal.write(to: &writer)
    case .commit(let commit):
      writer.write(UInt8(3))
      commit.write(to: &writer)
    }
    bytes = writer.bytes
  }

  package init(from reader: inout WireReader) throws(MLSError) {
    let start = reader.offset
    groupID = try reader.opaque()
    epoch = try reader.uint64()
    sender = try Sender(from: &reader)
    authenticatedData = try reader.opaque()
    switch try reader.uint8() {
    case 2: body = .proposal(try Proposal(from: &reader))
    case 3: body = .commit(try Commit(from: &reader))
    case let other: throw MLSError(.unsupported, "content of type \(other)")
    }
    bytes = reader.consumed(since: start)
  }

  package func write(to writer: inout WireWriter) { writer.raw(bytes) }
}
