extension RatchetTree {
  /// The checks of a tree that comes from outside (RFC 9420, section 12.4.3.1): signatures, unmerged
  /// leaves, parent hashes, and that no key is there twice.
  func validate(groupID: [UInt8]) throws(MLSError) {
    try checkUniqueKeys()
    for (index, leaf) in members { try leaf.verify(groupID: groupID, leaf: index) }
    for node in stride(from: 1, to: nodes.count, by: 2) {
      guard let parent = parent(node) else { continue }
      try Suite.checkPublicKey(parent.encryptionKey)
      try checkUnmergedLeaves(of: parent, at: node)
    }
    // Only now are resolutions known to stay inside the tree.
    try checkParentHashes()
  }

  func checkUniqueKeys() throws(MLSError) {
    var encryptionKeys = Set<[UInt8]>()
    for case let node? in nodes where !encryptionKeys.insert(node.encryptionKey).inserted {
      throw MLSError(.badTree, "two nodes with one encryption key")
    }
    var signatureKeys = Set<[UInt8]>()
    for (_, leaf) in members where !signatureKeys.insert(leaf.signatureKey).inserted {
      throw MLSError(.badTree, "two members with one signature key")
    }
  }

  private func checkUnmergedLeaves(of parent: ParentNode, at node: Int) throws(MLSError) {
    var previous: UInt32?
    for unmerged in parent.unmergedLeaves {
      if let previous, unmerged <= previous {
        throw MLSError(.badTree, "unmerged leaves out of order")
      }
      previous = unmerged
      let index = LeafIndex(unmerged)
      guard leaf(index) != nil, TreeMath.contains(node, index.node) else {
        throw MLSError(.badTree, "unmerged leaf \(unmerged) is not below its node")
      }
      // Whoever does not know a key does not know those between it and itself either.
      for between in TreeMath.directPath(index.node, leaves: leafCount) {
        guard between != node else { break }
        if let lower = self.parent(between), !lower.isUnmerged(unmerged) {
          throw MLSError(.badTree, "unmerged leaf \(unmerged) is merged further down")
        }
      }
    }
  }

  /// Every parent got its key together with a node below it, which says so (RFC 9420, 7.9.2).
  ///
  /// With n leaves it takes at most some n log² n hashes, whatever the tree: at each of log n levels
  /// the nodes together have n leaves below, of which each unmerged one costs the way up to it.
  ///
  /// - Returns: How many hashes it took.
  @discardableResult
  func checkParentHashes() throws(MLSError) -> Int {
    var hashes = TreeHashes(of: self)
    for node in stride(from: 1, to: nodes.count, by: 2) {
      guard let parent = parent(node), let left = TreeMath.left(node),
        let right = TreeMath.right(node)
      else { continue }
      guard
        isConfirmed(parent, from: left, sibling: right, &hashes)
          || isConfirmed(parent, from: right, sibling: left, &hashes)
      else { throw MLSError(.badTree, "the parent hash of node \(node)") }
    }
    return hashes.count
  }

  private func isConfirmed(
    _ parent: ParentNode, from child: Int, sibling: Int, _ hashes: inout TreeHashes
  ) -> Bool {
    // Of the child's resolution all but one came later, and that one was made with the parent.
    let unmerged = Set(
      parent.unmergedLeaves.map { LeafIndex($0).node }.filter { TreeMath.contains(child, $0) })
    let all = resolution(child)
    let made = all.filter { !unmerged.contains($0) }
    guard made.count == 1, all.count == unmerged.count + 1 else { return false }
    let siblingHash = hashes.hash(sibling, without: Set(parent.unmergedLeaves))
    return parentHash(in: made[0])
      == RatchetTree.parentHash(of: parent, siblingHash: siblingHash)
  }

  private func parentHash(in node: Int) -> [UInt8]? {
    switch nodes[node] {
    case .parent(let parent): return parent.parentHash
    case .leaf(let leaf):
      guard case .commit(let hash) = leaf.source else { return nil }
      return hash
    case nil: return nil
    }
  }
}
