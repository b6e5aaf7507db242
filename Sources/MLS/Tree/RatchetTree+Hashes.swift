extension RatchetTree {
  /// The hash of the whole tree (RFC 9420, section 7.8).
  package var treeHash: [UInt8] { treeHash(TreeMath.root(leaves: leafCount)) }

  package func treeHash(_ node: Int) -> [UInt8] {
    guard let left = TreeMath.left(node), let right = TreeMath.right(node) else {
      let index = LeafIndex(node: node)
      return RatchetTree.leafHash(index, leaf(index))
    }
    return RatchetTree.parentHash(parent(node), left: treeHash(left), right: treeHash(right))
  }

  fileprivate static func leafHash(_ index: LeafIndex, _ leaf: LeafNode?) -> [UInt8] {
    var input = WireWriter()
    input.write(UInt8(1))
    input.write(index.rawValue)
    input.optional(leaf)
    return Suite.hash(input.bytes)
  }

  fileprivate static func parentHash(
    _ parent: ParentNode?, left: [UInt8], right: [UInt8]
  ) -> [UInt8] {
    var input = WireWriter()
    input.write(UInt8(2))
    input.optional(parent)
    input.opaque(left)
    input.opaque(right)
    return Suite.hash(input.bytes)
  }

  /// What the nodes below a parent say of it (RFC 9420, section 7.9).
  ///
  /// - Parameter siblingHash: of the sibling as it was when the parent got its key.
  static func parentHash(of parent: ParentNode, siblingHash: [UInt8]) -> [UInt8] {
    var input = WireWriter()
    input.opaque(parent.encryptionKey)
    input.opaque(parent.parentHash)
    input.opaque(siblingHash)
    return Suite.hash(input.bytes)
  }
}

/// The hashes of all nodes, made once: checking a tree asks for each of them at every level.
struct TreeHashes {
  private let tree: RatchetTree
  private var hashes: [[UInt8]]
  /// How many hashes were made: the measure of what a tree from outside costs.
  private(set) var count = 0

  init(of tree: RatchetTree) {
    self.tree = tree
    hashes = Array(repeating: [], count: tree.nodes.count)
    fill(TreeMath.root(leaves: tree.leafCount))
  }

  private mutating func fill(_ node: Int) {
    if let left = TreeMath.left(node), let right = TreeMath.right(node) {
      fill(left)
      fill(right)
      hashes[node] = RatchetTree.parentHash(
        tree.parent(node), left: hashes[left], right: hashes[right])
    } else {
      let index = LeafIndex(node: node)
      hashes[node] = RatchetTree.leafHash(index, tree.leaf(index))
    }
    count += 1
  }

  /// The hash of a node as it was before these leaves came.
  ///
  /// Only what is above one of them is hashed again: no other node knows of them, which holds for a
  /// tree whose unmerged leaves were checked.
  mutating func hash(_ node: Int, without excluded: Set<UInt32>) -> [UInt8] {
    hash(node, without: excluded, among: excluded.sorted()[...])
  }

  private mutating func hash(
    _ node: Int, without excluded: Set<UInt32>, among sorted: ArraySlice<UInt32>
  ) -> [UInt8] {
    let leaves = TreeMath.leaves(under: node)
    let below = sorted.drop { Int($0) < leaves.lowerBound }.prefix { Int($0) < leaves.upperBound }
    guard !below.isEmpty else { return hashes[node] }
    count += 1
    guard let left = TreeMath.left(node), let right = TreeMath.right(node) else {
      return RatchetTree.leafHash(LeafIndex(node: node), nil)
    }
    var parent = tree.parent(node)
    parent?.unmergedLeaves.removeAll { excluded.contains($0) }
    return RatchetTree.parentHash(
      parent, left: hash(left, without: excluded, among: below),
      right: hash(right, without: excluded, among: below))
  }
}
