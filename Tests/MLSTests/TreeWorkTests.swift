import TestSupport
import Testing

@testable import MLS

/// What the check of a tree from outside costs, counted in hashes.
@Suite struct TreeWorkTests {
  private static func key(_ number: Int) -> [UInt8] {
    [4] + (0..<64).map { UInt8(truncatingIfNeeded: number >> (8 * ($0 % 4))) ^ UInt8($0) }
  }

  private static func leaf(_ number: Int) -> LeafNode {
    LeafNode(
      encryptionKey: key(number), signatureKey: key(number + 1_000_000),
      credential: Credential(identity: [UInt8(truncatingIfNeeded: number)]),
      source: .keyPackage(notBefore: 0, notAfter: .max))
  }

  /// The worst honest tree: half of the members have sent commits, so that every parent has a key,
  /// and as many came since, so that every parent has all of them as unmerged leaves.
  private static func fullTree(leaves: Int) throws -> RatchetTree {
    var tree = RatchetTree(leaf(0))
    for number in 1..<leaves { try tree.add(leaf(number)) }
    var next = 10 * leaves
    for number in stride(from: 1, to: leaves, by: 2) {
      try tree.remove(LeafIndex(UInt32(number)))
      // The tree must keep its size, whoever is last.
      if number == leaves - 1, tree.leafCount < leaves { try tree.add(leaf(number)) }
    }
    // The places of those that were taken out stay blank for now.
    for number in stride(from: 0, to: leaves, by: 2) {
      let index = LeafIndex(UInt32(number))
      let path = tree.filteredDirectPath(index)
      let keys = path.map { _ in
        next += 1
        return key(next)
      }
      let hash = try tree.setPath(of: index, keys: keys)
      var committed = leaf(next + 500_000)
      committed.source = .commit(parentHash: hash)
      tree.set(committed, at: index)
    }
    for number in stride(from: 1, to: leaves, by: 2) { try tree.add(leaf(number + 3 * leaves)) }
    return tree
  }

  private static func log2(_ number: Int) -> Int { number.trailingZeroBitCount }

  @Test(arguments: [16, 64, 256, 1024])
  func aFullTreeTakesNearlyLinearWork(leaves: Int) throws {
    let tree = try Self.fullTree(leaves: leaves)
    let parents = stride(from: 1, to: tree.nodes.count, by: 2).compactMap { tree.parent($0) }
    #expect(parents.reduce(0) { $0 + $1.unmergedLeaves.count } >= leaves)
    let work = try tree.checkParentHashes()
    #expect(work >= 2 * leaves - 1)
    #expect(work <= 2 * leaves * Self.log2(leaves) * Self.log2(leaves))
    // From the wire as well.
    #expect(try RatchetTree(parsing: tree.encoded) == tree)
  }

  @Test func aFullTreeIsRefusedForOneWrongHash() throws {
    var tree = try Self.fullTree(leaves: 64)
    try tree.checkParentHashes()
    var changed = tree
    guard case .parent(var root) = tree.nodes[63] else {
      Issue.record("no root")
      return
    }
    root.encryptionKey[5] ^= 1
    changed.nodes[63] = .parent(root)
    #expect(throws: MLSError.self) { try changed.checkParentHashes() }
    guard case .parent(var low) = tree.nodes[3] else { return }
    low.parentHash = [UInt8](repeating: 1, count: 32)
    tree.nodes[3] = .parent(low)
    #expect(throws: MLSError.self) { try tree.checkParentHashes() }
  }

  @Test func moreLeavesThanACallHasAreRefusedUnread() throws {
    var writer = WireWriter()
    let blank: Node? = nil
    for _ in 0..<(2 * RatchetTree.maximumLeaves + 2) { writer.optional(blank) }
    var whole = WireWriter()
    whole.opaque(writer.bytes)
    #expect(throws: MLSError.self) { try RatchetTree(parsing: whole.bytes) }
    var full = try Self.fullTree(leaves: 16)
    full.nodes = Array(
      repeating: full.nodes[0], count: TreeMath.nodeCount(leaves: RatchetTree.maximumLeaves))
    for node in stride(from: 1, to: full.nodes.count, by: 2) { full.nodes[node] = nil }
    #expect(throws: MLSError.self) { try full.add(Self.leaf(9_999_999)) }
  }

  private typealias Node = RatchetTree.Node
}
