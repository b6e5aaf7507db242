@testable import MLS

/// Proposals of RFC 9420 that DAVE does not have, so that the vectors that use them can be read.
enum VectorProposal {
  case add(KeyPackage)
  case update(LeafNode)
  case remove(UInt32)
  case preSharedKey(PreSharedKeyID)
  case groupContextExtensions([MLSExtension])
  case other

  init(from reader: inout WireReader) throws(MLSError) {
    switch try reader.uint16() {
    case 1: self = .add(try KeyPackage(from: &reader))
    case 2: self = .update(try LeafNode(from: &reader))
    case 3: self = .remove(try reader.uint32())
    case 4: self = .preSharedKey(try PreSharedKeyID(from: &reader))
    case 5:
      _ = try reader.opaque()
      _ = try reader.uint32()
      _ = try reader.vector(of: MLSExtension.self)
      self = .other
    case 6:
      _ = try reader.opaque()
      self = .other
    case 7: self = .groupContextExtensions(try reader.vector(of: MLSExtension.self))
    case let type: throw MLSError(.badProposal, "a proposal of type \(type)")
    }
  }
}

/// RFC 9420, section 8.4.
struct PreSharedKeyID: WireCodable, Hashable {
  /// Nil for keys that are not external, which these tests do not resolve.
  var external: [UInt8]?
  private let bytes: [UInt8]

  init(from reader: inout WireReader) throws(MLSError) {
    let start = reader.offset
    switch try reader.uint8() {
    case 1: external = try reader.opaque()
    case 2:
      _ = try reader.uint8()
      _ = try reader.opaque()
      _ = try reader.uint64()
    case let type: throw MLSError(.malformed, "a pre-shared key of type \(type)")
    }
    _ = try reader.opaque()
    bytes = reader.consumed(since: start)
  }

  func write(to writer: inout WireWriter) { writer.raw(bytes) }

  /// psk_secret over these keys, in order.
  static func secret(_ keys: [(id: PreSharedKeyID, key: [UInt8])]) -> [UInt8] {
    var secret = EpochSecrets.none
    for (index, entry) in keys.enumerated() {
      var label = WireWriter()
      entry.id.write(to: &label)
      label.write(UInt16(index))
      label.write(UInt16(keys.count))
      let extracted = Suite.extract(salt: EpochSecrets.none, inputKeyMaterial: entry.key)
      let input = Suite.expandWithLabel(
        extracted, label: "derived psk", context: label.bytes, length: 32)
      secret = Suite.extract(salt: input, inputKeyMaterial: secret)
    }
    return secret
  }
}

/// A commit that may hold proposals themselves.
struct VectorCommit {
  enum Entry {
    case proposal(VectorProposal)
    case reference([UInt8])
  }
  var entries: [Entry] = []
  var path: UpdatePath?

  init(from reader: inout WireReader) throws(MLSError) {
    var list = try reader.nested()
    while !list.isAtEnd {
      switch try list.uint8() {
      case 1: entries.append(.proposal(try VectorProposal(from: &list)))
      case 2: entries.append(.reference(try list.opaque()))
      case let type: throw MLSError(.malformed, "a proposal or reference of type \(type)")
      }
    }
    path = try reader.optional(UpdatePath.self)
  }
}

/// Authenticated content with any proposal.
struct VectorMessage {
  enum Kind {
    case application
    case proposal(VectorProposal)
    case commit(VectorCommit)
  }
  var groupID: [UInt8]
  var epoch: UInt64
  var sender: Sender
  var kind: Kind
  /// FramedContent, and the body in it.
  var content: [UInt8]
  var body: [UInt8]
  var signature: [UInt8]
  var confirmationTag: [UInt8]?
  var membershipTag: [UInt8]?

  private init(content reader: inout WireReader) throws(MLSError) {
    let start = reader.offset
    groupID = try reader.opaque()
    epoch = try reader.uint64()
    sender = try Sender(from: &reader)
    _ = try reader.opaque()
    let type = try reader.uint8()
    let bodyStart = reader.offset
    switch type {
    case 1:
      _ = try reader.opaque()
      kind = .application
    case 2: kind = .proposal(try VectorProposal(from: &reader))
    case 3: kind = .commit(try VectorCommit(from: &reader))
    case let other: throw MLSError(.malformed, "content of type \(other)")
    }
    body = reader.consumed(since: bodyStart)
    content = reader.consumed(since: start)
    signature = try reader.opaque()
    if case .commit = kind { confirmationTag = try reader.opaque() }
  }

  /// wire_format, then the rest, without a membership tag.
  init(authenticatedContent bytes: [UInt8]) throws(MLSError) {
    var reader = WireReader(bytes)
    guard try reader.uint16() == 1 else { throw MLSError(.unsupported, "not public") }
    try self.init(content: &reader)
    try reader.finish()
  }

  init(mlsMessage bytes: [UInt8]) throws(MLSError) {
    var reader = WireReader(bytes)
    let version = try reader.uint16()
    let format = try reader.uint16()
    guard version == 1, format == 1 else { throw MLSError(.unsupported, "not public") }
    try self.init(content: &reader)
    if case .member = sender { membershipTag = try reader.opaque() }
    try reader.finish()
  }

  var authData: [UInt8] {
    var writer = WireWriter()
    writer.opaque(signature)
    if let confirmationTag { writer.opaque(confirmationTag) }
    return writer.bytes
  }

  var transcriptInput: [UInt8] {
    var writer = WireWriter()
    writer.write(UInt16(1))
    writer.raw(content)
    writer.opaque(signature)
    return writer.bytes
  }

  var proposalReference: [UInt8] {
    Suite.proposalReference([0, 1] + content + authData)
  }
}
