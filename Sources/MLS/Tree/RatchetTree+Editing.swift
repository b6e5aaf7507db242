extension RatchetTree {
  /// Adds a leaf at the leftmost blank place (RFC 9420, section 12.1.1).
  @discardableResult
  mutating func add(_ leaf: LeafNode) throws(MLSError) -> LeafIndex {
    let blank = stride(from: 0, to: nodes.count, by: 2).first { nodes[$0] == nil }
    if blank == nil {
      guard leafCount * 2 <= RatchetTree.maximumLeaves else {
        throw MLSError(.tooLarge, "a tree of more than \(RatchetTree.maximumLeaves) leaves")
      }
    }
    let node = blank ?? nodes.count + 1
    if blank == nil { nodes += Array(repeating: nil, count: nodes.count + 1) }
    nodes[node] = .leaf(leaf)
    let index = LeafIndex(node: node)
    for ancestor in TreeMath.directPath(node, leaves: leafCount) {
      guard var parent = parent(ancestor) else { continue }
      let place =
        parent.unmergedLeaves.firstIndex { $0 > index.rawValue } ?? parent.unmergedLeaves.endIndex
      parent.unmergedLeaves.insert(index.rawValue, at: place)
      nodes[ancestor] = .parent(parent)
    }
    return index
  }

  /// Takes a leaf out, with everything that its member knew (RFC 9420, section 12.1.3).
  mutating func remove(_ index: LeafIndex) throws(MLSError) {
    guard leaf(index) != nil else {
      throw MLSError(.badProposal, "a removal of leaf \(index.rawValue), where nobody is")
    }
    blank(index.node)
    truncate()
  }

  /// Blanks a leaf and its direct path.
  mutating func blank(_ node: Int) {
    nodes[node] = nil
    for ancestor in TreeMath.directPath(node, leaves: leafCount) { nodes[ancestor] = nil }
  }

  /// Halves the tree as long as nobody is in its right half.
  mutating func truncate() {
    while nodes.count > 1 {
      let root = TreeMath.root(leaves: leafCount)
      guard nodes[(root + 1)...].allSatisfy({ $0 == nil }) else { return }
      nodes.removeSubrange(root...)
    }
  }

  /// Puts a committer's new keys in place, with the parent hashes that follow from them.
  ///
  /// - Parameter keys: public keys for the filtered direct path, from the bottom.
  /// - Returns: the parent hash that the committer's leaf must have.
  mutating func setPath(of leaf: LeafIndex, keys: [[UInt8]]) throws(MLSError) -> [UInt8] {
    let path = filteredDirectPath(leaf)
    guard keys.count == path.count else {
      throw MLSError(.badTree, "a path of \(keys.count) nodes where the tree has \(path.count)")
    }
    for ancestor in TreeMath.directPath(leaf.node, leaves: leafCount) { nodes[ancestor] = nil }
    // From the root down: a node's hash names the one above it.
    var parentHash: [UInt8] = []
    for (step, key) in zip(path, keys).reversed() {
      let parent = ParentNode(encryptionKey: key, parentHash: parentHash)
      nodes[step.node] = .parent(parent)
      // Nobody came since: the parent is new.
      parentHash = RatchetTree.parentHash(
        of: parent, siblingHash: treeHash(step.copathChild))
    }
    return parentHash
  }

  mutating func set(_ leaf: LeafNode, at index: LeafIndex) { nodes[index.node] = .leaf(leaf) }
}
