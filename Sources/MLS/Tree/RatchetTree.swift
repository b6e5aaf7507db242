/// A node above the leaves (RFC 9420, section 7.1).
package struct ParentNode: WireCodable, Hashable, Sendable {
  /// 65 bytes, a point of P-256.
  package var encryptionKey: [UInt8]
  package var parentHash: [UInt8]
  /// Ascending. Leaves below that were added since the node got its key, and do not know it.
  package var unmergedLeaves: [UInt32]

  init(encryptionKey: [UInt8], parentHash: [UInt8], unmergedLeaves: [UInt32] = []) {
    self.encryptionKey = encryptionKey
    self.parentHash = parentHash
    self.unmergedLeaves = unmergedLeaves
  }

  package init(from reader: inout WireReader) throws(MLSError) {
    encryptionKey = try reader.opaque()
    parentHash = try reader.opaque()
    unmergedLeaves = try reader.vector(of: UInt32.self)
  }

  package func write(to writer: inout WireWriter) {
    writer.opaque(encryptionKey)
    writer.opaque(parentHash)
    writer.vector(unmergedLeaves)
  }

  /// By halves: a list that is not in order may give the wrong answer, and is refused for its order.
  func isUnmerged(_ leaf: UInt32) -> Bool {
    var range = 0..<unmergedLeaves.count
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      if unmergedLeaves[middle] == leaf { return true }
      range =
        unmergedLeaves[middle] < leaf ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return false
  }
}

/// The public part of the tree of keys (RFC 9420, section 7).
///
/// A value: a commit is applied to a copy, which takes the old one's place when all is checked.
package struct RatchetTree: Hashable, Sendable {
  package enum Node: WireCodable, Hashable, Sendable {
    case leaf(LeafNode)
    case parent(ParentNode)

    package init(from reader: inout WireReader) throws(MLSError) {
      switch try reader.uint8() {
      case 1: self = .leaf(try LeafNode(from: &reader))
      case 2: self = .parent(try ParentNode(from: &reader))
      case let other: throw MLSError(.malformed, "a node of type \(other)")
      }
    }

    package func write(to writer: inout WireWriter) {
      switch self {
      case .leaf(let leaf):
        writer.write(UInt8(1))
        leaf.write(to: &writer)
      case .parent(let parent):
        writer.write(UInt8(2))
        parent.write(to: &writer)
      }
    }

    var encryptionKey: [UInt8] {
      switch self {
      case .leaf(let leaf): leaf.encryptionKey
      case .parent(let parent): parent.encryptionKey
      }
    }
  }

  /// No call has more people; a tree that says so is refused before it costs time.
  static let maximumLeaves = 4096

  /// Nil where blank. Their number is one less than twice a power of two.
  package internal(set) var nodes: [Node?]

  /// A tree of one leaf.
  init(_ leaf: LeafNode) { nodes = [.leaf(leaf)] }

  /// Leaves, blank ones too: a power of two.
  package var leafCount: Int { (nodes.count + 1) / 2 }

  package func leaf(_ index: LeafIndex) -> LeafNode? {
    guard Int(index.rawValue) < leafCount, case .leaf(let leaf) = nodes[index.node] else {
      return nil
    }
    return leaf
  }

  func parent(_ node: Int) -> ParentNode? {
    guard case .parent(let parent) = nodes[node] else { return nil }
    return parent
  }

  /// Everybody, from the left.
  package var members: [(index: LeafIndex, leaf: LeafNode)] {
    stride(from: 0, to: nodes.count, by: 2).compactMap { node in
      let index = LeafIndex(node: node)
      return leaf(index).map { (index, $0) }
    }
  }

  /// The nodes that together cover all members below (RFC 9420, section 4.1.1).
  package func resolution(_ node: Int) -> [Int] {
    switch nodes[node] {
    case .leaf: return [node]
    case .parent(let parent):
      return [node] + parent.unmergedLeaves.map { LeafIndex($0).node }
    case nil:
      guard let left = TreeMath.left(node), let right = TreeMath.right(node) else { return [] }
      return resolution(left) + resolution(right)
    }
  }

  /// A step of the way from a leaf to the root.
  struct PathStep {
    var node: Int
    /// The child that is not on the way.
    var copathChild: Int
  }

  /// The direct path without the nodes whose other side nobody is on (RFC 9420, section 4.1.2).
  func filteredDirectPath(_ leaf: LeafIndex) -> [PathStep] {
    var steps: [PathStep] = []
    var child = leaf.node
    for node in TreeMath.directPath(leaf.node, leaves: leafCount) {
      if let sibling = TreeMath.sibling(child, leaves: leafCount), !isEmpty(below: sibling) {
        steps.append(PathStep(node: node, copathChild: sibling))
      }
      child = node
    }
    return steps
  }

  private func isEmpty(below node: Int) -> Bool { resolution(node).isEmpty }
}

extension RatchetTree: WireCodable {
  /// The contents of the `ratchet_tree` extension: blank nodes at the end are left out.
  package init(from reader: inout WireReader) throws(MLSError) {
    var contents = try reader.nested()
    nodes = []
    while !contents.isAtEnd {
      guard nodes.count < TreeMath.nodeCount(leaves: RatchetTree.maximumLeaves) else {
        throw MLSError(.tooLarge, "a tree of more than \(RatchetTree.maximumLeaves) leaves")
      }
      let node = try contents.optional(Node.self)
      switch node {
      case .leaf where nodes.count % 2 == 1:
        throw MLSError(.badTree, "a leaf at the place of a parent")
      case .parent where nodes.count % 2 == 0:
        throw MLSError(.badTree, "a parent at the place of a leaf")
      default: nodes.append(node)
      }
    }
    guard case .some(.some) = nodes.last else {
      throw MLSError(.badTree, "a tree that is empty or ends in a blank node")
    }
    var leaves = 1
    while TreeMath.nodeCount(leaves: leaves) < nodes.count { leaves *= 2 }
    nodes += Array(repeating: nil, count: TreeMath.nodeCount(leaves: leaves) - nodes.count)
  }

  package func write(to writer: inout WireWriter) {
    let end = nodes.lastIndex { $0 != nil }.map { $0 + 1 } ?? 0
    var contents = WireWriter()
    for node in nodes[..<end] { contents.optional(node) }
    writer.opaque(contents.bytes)
  }
}
