internal import Fuzzing

@testable internal import MLS

/// What is read must give the same bytes when it is written: hashes and signatures are over them.
private func check<Value: WireCodable>(_ type: Value.Type, _ bytes: [UInt8]) {
  // As the whole input, and as its beginning, with what is left.
  var reader = WireReader(bytes)
  guard let value = try? Value(from: &reader) else {
    precondition((try? Value(parsing: bytes)) == nil)
    return
  }
  let consumed = bytes.count - reader.remaining
  precondition(value.encoded == Array(bytes[..<consumed]), "\(Value.self)")
  precondition((try? Value(parsing: bytes)) != nil || reader.remaining > 0)
}

fuzz { bytes, count in
  let bytes = input(bytes, count)
  guard let kind = bytes.first else { return 1 }
  let rest = Array(bytes.dropFirst())
  switch kind % 13 {
  case 0: check(PublicMessage.self, rest)
  case 1: check(Welcome.self, rest)
  case 2: check(KeyPackage.self, rest)
  case 3: check(LeafNode.self, rest)
  case 4: checkTree(rest)
  case 5: check(GroupInfo.self, rest)
  case 6: check(GroupContext.self, rest)
  case 7: check(Commit.self, rest)
  case 8: check(UpdatePath.self, rest)
  case 9: check(Proposal.self, rest)
  case 10: check(ExternalSender.self, rest)
  case 11: check(MLSExtension.self, rest)
  default: check(ParentNode.self, rest)
  }
  return 0
}

/// A tree of any shape, with its checks: whatever its unmerged leaves say, nothing traps.
private func checkTree(_ bytes: [UInt8]) {
  check(RatchetTree.self, bytes)
  guard let tree = try? RatchetTree(parsing: bytes) else { return }
  _ = tree.treeHash
  try? tree.validate(groupID: [1])
}
