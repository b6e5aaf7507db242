import Testing

@testable import MLS

@Suite(.enabled(if: Vectors.arePresent, Vectors.absence))
struct TreeVectorTests {
  struct TreeOperation: Decodable {
    var tree_before: Hex
    var tree_after: Hex
    var tree_hash_before: Hex
    var tree_hash_after: Hex
    var proposal: Hex
    var proposal_sender: UInt32
  }

  /// These are of suite 1: their hash is SHA-256 as well, and keys are opaque to the tree.
  @Test func treeOperations() throws {
    let cases = try Vectors.cases("tree-operations", of: TreeOperation.self)
    #expect(!cases.isEmpty)
    for vector in cases {
      var tree = try RatchetTree(parsing: vector.tree_before.bytes)
      #expect(tree.treeHash == vector.tree_hash_before.bytes)
      // Key packages of another suite are refused, so the suite's number is made ours.
      var proposal = vector.proposal.bytes
      if proposal[1] == 1 { proposal.replaceSubrange(4..<6, with: [0, 2]) }
      var reader = WireReader(proposal)
      switch try VectorProposal(from: &reader) {
      case .add(let keyPackage): try tree.add(keyPackage.leaf)
      case .update(let leaf):
        tree.blank(LeafIndex(vector.proposal_sender).node)
        tree.set(leaf, at: LeafIndex(vector.proposal_sender))
      case .remove(let leaf): try tree.remove(LeafIndex(leaf))
      default: Issue.record("an unexpected proposal")
      }
      #expect(tree.encoded == vector.tree_after.bytes)
      #expect(tree.treeHash == vector.tree_hash_after.bytes)
    }
    Vectors.report("tree-operations", cases: cases.count, checks: cases.count * 3)
  }

  struct TreeValidation: Decodable {
    var tree: Hex
    var group_id: Hex
    var resolutions: [[Int]]
    var tree_hashes: [Hex]
  }

  @Test func treeValidation() throws {
    let cases = try Vectors.cases("tree-validation", of: TreeValidation.self)
    #expect(!cases.isEmpty)
    var checks = 0
    for vector in cases {
      let tree = try RatchetTree(parsing: vector.tree.bytes)
      #expect(tree.encoded == vector.tree.bytes)
      for node in 0..<vector.resolutions.count {
        #expect(tree.resolution(node) == vector.resolutions[node])
        #expect(tree.treeHash(node) == vector.tree_hashes[node].bytes)
        checks += 2
      }
      try tree.validate(groupID: vector.group_id.bytes)
      // Its leaves are signed for this group.
      if tree.members.contains(where: { member in
        if case .keyPackage = member.leaf.source { false } else { true }
      }) {
        #expect(throws: MLSError.self) {
          try tree.validate(groupID: vector.group_id.bytes + [0])
        }
      }
      checks += 2
    }
    Vectors.report("tree-validation", cases: cases.count, checks: checks)
  }

  struct TreeKEM: Decodable {
    struct PathSecret: Decodable {
      var node: Int
      var path_secret: Hex
    }
    struct Leaf: Decodable {
      var index: UInt32
      var encryption_priv: Hex
      var signature_priv: Hex
      var path_secrets: [PathSecret]
    }
    struct Update: Decodable {
      var sender: UInt32
      var update_path: Hex
      var path_secrets: [Hex?]
      var commit_secret: Hex
      var tree_hash_after: Hex
    }
    var group_id: Hex
    var epoch: UInt64
    var confirmed_transcript_hash: Hex
    var ratchet_tree: Hex
    var leaves_private: [Leaf]
    var update_paths: [Update]
  }

  @Test func treeKEM() throws {
    let cases = try Vectors.cases("treekem", of: TreeKEM.self)
    #expect(!cases.isEmpty)
    var checks = 0
    for vector in cases {
      let tree = try RatchetTree(parsing: vector.ratchet_tree.bytes)
      // The vectors give the epoch that path secrets are encrypted in, which is the next one.
      let context = GroupContext(
        groupID: vector.group_id.bytes, epoch: vector.epoch - 1, treeHash: tree.treeHash,
        confirmedTranscriptHash: vector.confirmed_transcript_hash.bytes, extensions: [])
      var groups: [UInt32: Group] = [:]
      for leaf in vector.leaves_private {
        groups[leaf.index] = try group(of: leaf, in: tree, context: context)
        checks += leaf.path_secrets.count
      }
      for update in vector.update_paths {
        let path = try UpdatePath(parsing: update.update_path.bytes)
        #expect(path.encoded == update.update_path.bytes)
        let sender = LeafIndex(update.sender)
        let steps = tree.filteredDirectPath(sender)
        var after = tree
        try after.apply(path, from: sender, groupID: vector.group_id.bytes)
        #expect(after.treeHash == update.tree_hash_after.bytes)
        for (leaf, group) in groups where leaf != update.sender {
          var group = group
          group.privateKeys.prune(to: after)
          let secret = try group.open(path, steps: steps, excluding: [], in: after)
          #expect(secret == update.commit_secret.bytes)
          let expected = try #require(update.path_secrets[Int(leaf)]).bytes
          let above = try #require(
            steps.first { TreeMath.contains($0.node, LeafIndex(leaf).node) })
          let key = try DecryptionKey(deriving: Suite.deriveSecret(expected, label: "node"))
          #expect(group.privateKeys[above.node]?.publicKey == key.publicKey)
          checks += 2
        }
        checks += 2

        // And a path of our own, which every other member can open.
        let committer = try #require(groups[update.sender])
        var random = SystemRandomNumberGenerator()
        var own = tree
        var keys = committer.privateKeys
        let made = try OwnPath(
          in: &own, of: committer, excluding: [], keys: &keys, using: &random)
        var copy = tree
        try copy.apply(made.path, from: sender, groupID: vector.group_id.bytes)
        #expect(copy.treeHash == own.treeHash)
        try copy.checkParentHashes()
        for (leaf, group) in groups where leaf != update.sender {
          var group = group
          group.privateKeys.prune(to: copy)
          #expect(
            try group.open(made.path, steps: steps, excluding: [], in: copy)
              == made.secrets.commitSecret)
          checks += 1
        }
      }
    }
    Vectors.report("treekem", cases: cases.count, checks: checks)
  }

  private func group(
    of leaf: TreeKEM.Leaf, in tree: RatchetTree, context: GroupContext
  ) throws -> Group {
    var keys = PrivateKeys()
    let own = LeafIndex(leaf.index)
    keys[own.node] = try DecryptionKey(scalar: leaf.encryption_priv.bytes)
    for secret in leaf.path_secrets {
      let key = try DecryptionKey(
        deriving: Suite.deriveSecret(secret.path_secret.bytes, label: "node"))
      #expect(tree.nodes[secret.node]?.encryptionKey == key.publicKey)
      keys[secret.node] = key
    }
    return Group(
      context: context, tree: tree, ownLeaf: own,
      signingKey: try SigningKey(scalar: leaf.signature_priv.bytes), privateKeys: keys,
      secrets: EpochSecrets(epochSecret: EpochSecrets.none), interimTranscriptHash: [])
  }
}
