extension RatchetTree {
  /// The hash of the whole tree (RFC 9420, section 7.8).
  package var treeHash: [UInt8] { treeHash(TreeMath.root(leaves: leafCount)) }

  package func treeHash(_ node: Int) -> [UInt8] { treeHash(node, without: []) }

  /// - Parameter excluded: leaves that are taken as blank, ascending.
  private func treeHash(_ node: Int, without excluded: [UInt32]) -> [UInt8] {
    var input = WireWriter()
    if let left = TreeMath.left(node), let right = TreeMath.right(node) {
      input.write(UInt8(2))
      var parent = self.parent(node)
      if !excluded.isEmpty { parent?.unmergedLeaves.removeAll { excluded.contains($0) } }
      input.optional(parent)
      input.opaque(treeHash(left, without: excluded))
      input.opaque(treeHash(right, without: excluded))
    } else {
      let index = LeafIndex(node: node)
      input.write(UInt8(1))
      input.write(index.rawValue)
      input.optional(excluded.contains(index.rawValue) ? nil : leaf(index))
    }
    return Suite.hash(input.bytes)
  }

  /// What the nodes below a parent say of it (RFC 9420, section 7.9).
  ///
  /// The sibling is hashed as it was when the parent got its key: without the leaves that came later.
  func parentHash(of parent: ParentNode, sibling: Int) -> [UInt8] {
    var input = WireWriter()
    input.opaque(parent.encryptionKey)
    input.opaque(parent.parentHash)
    input.opaque(treeHash(sibling, without: parent.unmergedLeaves))
    return Suite.hash(input.bytes)
  }
}
