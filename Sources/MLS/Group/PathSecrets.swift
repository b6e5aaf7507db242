/// The chain of secrets of a path (RFC 9420, section 7.4).
struct PathSecrets {
  /// One for each node, from the bottom.
  let secrets: [[UInt8]]
  let keys: [DecryptionKey]
  /// What follows the last one.
  let commitSecret: [UInt8]

  /// - Parameter first: the secret of the lowest of `count` nodes; 32 bytes.
  init(first: [UInt8], count: Int) throws(MLSError) {
    guard first.count == Suite.hashLength else {
      throw MLSError(.malformed, "a path secret of \(first.count) bytes")
    }
    var secrets: [[UInt8]] = []
    var keys: [DecryptionKey] = []
    var secret = first
    for _ in 0..<count {
      secrets.append(secret)
      keys.append(try DecryptionKey(deriving: Suite.deriveSecret(secret, label: "node")))
      secret = Suite.deriveSecret(secret, label: "path")
    }
    self.secrets = secrets
    self.keys = keys
    commitSecret = secret
  }
}

/// The private keys that a member holds: its own, and of nodes above it that it was told.
struct PrivateKeys: Sendable {
  private var keys: [Int: DecryptionKey] = [:]

  subscript(node: Int) -> DecryptionKey? {
    get { keys[node] }
    set { keys[node] = newValue }
  }

  /// Drops keys of nodes that were blanked, cut off or given another key: the place may be used again.
  mutating func prune(to tree: RatchetTree) {
    keys = keys.filter { node, key in
      node < tree.nodes.count && tree.nodes[node]?.encryptionKey == key.publicKey
    }
  }

  /// Takes over the secrets of a path from the node on that is above us and the committer.
  ///
  /// - Parameter path: the committer's filtered direct path from that node to the root.
  mutating func adopt(
    _ secrets: PathSecrets, path: some Collection<RatchetTree.PathStep>, in tree: RatchetTree
  ) throws(MLSError) {
    for (step, key) in zip(path, secrets.keys) {
      guard tree.nodes[step.node]?.encryptionKey == key.publicKey else {
        throw MLSError(.badTree, "a path secret that is not that of node \(step.node)")
      }
      keys[step.node] = key
    }
  }
}
