/// The place of a leaf, counted from the left.
package struct LeafIndex: Hashable, Comparable, Sendable {
  package let rawValue: UInt32

  package init(_ rawValue: UInt32) { self.rawValue = rawValue }

  package static func < (left: LeafIndex, right: LeafIndex) -> Bool {
    left.rawValue < right.rawValue
  }

  /// Its place among all nodes.
  package var node: Int { Int(rawValue) * 2 }

  /// The leaf at an even place among all nodes.
  init(node: Int) { rawValue = UInt32(truncatingIfNeeded: node / 2) }
}

/// Array-based trees (RFC 9420, appendix C): leaves at even places, parents at odd ones, and always
/// as many leaves as a power of two.
package enum TreeMath {
  package static func nodeCount(leaves: Int) -> Int { leaves == 0 ? 0 : 2 * leaves - 1 }

  /// 0 for leaves.
  static func level(_ node: Int) -> Int { (~node).trailingZeroBitCount }

  package static func root(leaves: Int) -> Int { leaves - 1 }

  package static func left(_ node: Int) -> Int? {
    let level = level(node)
    return level == 0 ? nil : node ^ (1 << (level - 1))
  }

  package static func right(_ node: Int) -> Int? {
    let level = level(node)
    return level == 0 ? nil : node ^ (3 << (level - 1))
  }

  /// Nil for the root.
  package static func parent(_ node: Int, leaves: Int) -> Int? {
    guard node != root(leaves: leaves) else { return nil }
    let level = level(node)
    let side = (node >> (level + 1)) & 1
    return (node | (1 << level)) ^ (side << (level + 1))
  }

  package static func sibling(_ node: Int, leaves: Int) -> Int? {
    guard let parent = parent(node, leaves: leaves) else { return nil }
    return node < parent ? right(parent) : left(parent)
  }

  /// From the parent to the root.
  static func directPath(_ node: Int, leaves: Int) -> [Int] {
    var path: [Int] = []
    var current = node
    while let parent = parent(current, leaves: leaves) {
      path.append(parent)
      current = parent
    }
    return path
  }

  /// The leaves under a node.
  static func leaves(under node: Int) -> Range<Int> {
    let level = level(node)
    // A node of level k has 2^k leaves under it, around its own place.
    let first = (node - ((1 << level) - 1)) / 2
    return first..<first + (1 << level)
  }

  /// Whether `node` is `ancestor` or below it.
  static func contains(_ ancestor: Int, _ node: Int) -> Bool {
    let reach = (1 << level(ancestor)) - 1
    return node >= ancestor - reach && node <= ancestor + reach
  }
}
