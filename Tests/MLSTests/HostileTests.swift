import TestSupport
import Testing

@testable import MLS

/// What only a member of the group, or the voice gateway, could send, and must not get through.
@Suite struct HostileTests {
  /// A group of two, at epoch 1, and what is needed to make Welcomes to it by hand.
  struct Scene {
    var random = SplitMix64(seed: 1)
    let gateway: SigningKey
    let sender: ExternalSender
    let first: OwnKeyPackage
    let second: OwnKeyPackage
    let tree: RatchetTree

    init() throws {
      gateway = SigningKey(using: &random)
      sender = ExternalSender(
        signatureKey: gateway.publicKey, credential: Credential(identity: [0]))
      first = try OwnKeyPackage(
        identity: [1], signingKey: SigningKey(using: &random), using: &random)
      second = try OwnKeyPackage(
        identity: [2], signingKey: SigningKey(using: &random), using: &random)
      var tree = RatchetTree(first.keyPackage.leaf)
      try tree.add(second.keyPackage.leaf)
      self.tree = tree
    }

    func welcome(
      epoch: UInt64 = 1, joiner: [UInt8] = [UInt8](repeating: 7, count: 32),
      pathSecret: [UInt8]? = nil, extensions: Int = 1, tree changed: RatchetTree? = nil,
      sealed: ((HPKECiphertext) -> HPKECiphertext)? = nil
    ) throws -> Welcome {
      let tree = changed ?? tree
      let context = GroupContext(
        groupID: [9], epoch: epoch, treeHash: tree.treeHash,
        confirmedTranscriptHash: [UInt8](repeating: 3, count: 32),
        extensions: [sender.groupContextExtension])
      let secrets = EpochSecrets(joinerSecret: joiner, context: context)
      var info = GroupInfo(
        context: context,
        extensions: Array(
          repeating: MLSExtension(type: MLSExtension.ratchetTree, data: tree.encoded),
          count: extensions),
        confirmationTag: secrets.confirmationTag(context.confirmedTranscriptHash),
        signer: LeafIndex(0))
      try info.sign(with: first.signingKey)
      let (key, nonce) = EpochSecrets.welcomeKey(joinerSecret: joiner)
      let sealedInfo = try Suite.sealAEAD(info.encoded, key: key, nonce: nonce)
      let entry = try Suite.seal(
        GroupSecrets(joinerSecret: joiner, pathSecret: pathSecret).encoded,
        to: second.keyPackage.initKey, label: "Welcome", context: sealedInfo)
      return Welcome(
        secrets: [
          Welcome.Secrets(newMember: second.reference, encrypted: sealed?(entry) ?? entry)
        ],
        encryptedGroupInfo: sealedInfo)
    }

    func join(_ welcome: Welcome) throws -> Group {
      try Group(joining: welcome, with: [second], groupID: [9], externalSender: sender)
    }
  }

  @Test func aWelcomeMadeByHandIsGood() throws {
    let scene = try Scene()
    #expect(try scene.join(scene.welcome()).epoch == 1)
    #expect(try scene.join(scene.welcome(epoch: .max - 1)).epoch == .max - 1)
  }

  @Test func theLastEpochCannotEnd() throws {
    var scene = try Scene()
    var group = try scene.join(scene.welcome(epoch: .max - 1))
    let newcomer = try OwnKeyPackage(
      identity: [3], signingKey: SigningKey(using: &scene.random), using: &scene.random)
    let queued = QueuedProposal(
      reference: ProposalReference([1]), proposal: .add(newcomer.keyPackage))
    group = try group.commit([queued], using: &scene.random).next
    #expect(group.epoch == .max)
    #expect(throws: MLSError.self) { try group.commit([queued], using: &scene.random) }
  }

  /// Beyond the last epoch there is none to count: a commit would have trapped.
  @Test(arguments: [0, .max] as [UInt64])
  func aWelcomeToTheFirstOrLastEpochIsRefused(epoch: UInt64) throws {
    let scene = try Scene()
    #expect(throws: MLSError.self) { try scene.join(scene.welcome(epoch: epoch)) }
  }

  @Test func secretsOfOtherLengthsAreRefused() throws {
    let scene = try Scene()
    #expect(throws: MLSError.self) { try scene.join(scene.welcome(joiner: [])) }
    #expect(throws: MLSError.self) {
      try scene.join(scene.welcome(joiner: [UInt8](repeating: 1, count: 33)))
    }
    #expect(throws: MLSError.self) { try scene.join(scene.welcome(pathSecret: [])) }
  }

  @Test func anExtensionTwiceIsRefused() throws {
    let scene = try Scene()
    #expect(throws: MLSError.self) { try scene.join(scene.welcome(extensions: 2)) }
    #expect(throws: MLSError.self) { try scene.join(scene.welcome(extensions: 0)) }
  }

  @Test func shortCiphertextsAreRefused() throws {
    let scene = try Scene()
    for count in 0..<20 {
      let welcome = try scene.welcome(sealed: { entry in
        HPKECiphertext(
          kemOutput: entry.kemOutput, ciphertext: Array(entry.ciphertext.prefix(count)))
      })
      #expect(throws: MLSError.self) { try scene.join(welcome) }
      let other = try scene.welcome(sealed: { entry in
        HPKECiphertext(
          kemOutput: Array(entry.kemOutput.prefix(count)), ciphertext: entry.ciphertext)
      })
      #expect(throws: MLSError.self) { try scene.join(other) }
      let cut = Welcome(
        secrets: try scene.welcome().secrets,
        encryptedGroupInfo: Array(try scene.welcome().encryptedGroupInfo.prefix(count)))
      #expect(throws: MLSError.self) { try scene.join(cut) }
    }
  }

  @Test(arguments: [[5], [0, 0], [1, 0], [UInt32.max], [0, 1, 2]] as [[UInt32]])
  func unmergedLeavesThatCannotBeAreRefused(unmerged: [UInt32]) throws {
    let scene = try Scene()
    var random = SplitMix64(seed: 2)
    var tree = scene.tree
    tree.nodes[1] = .parent(
      ParentNode(
        encryptionKey: DecryptionKey(using: &random).publicKey, parentHash: [],
        unmergedLeaves: unmerged))
    #expect(throws: MLSError.self) { try scene.join(scene.welcome(tree: tree)) }
  }

  /// Every parent of a full tree says that all leaves below it came later: the most that a list of
  /// unmerged leaves can be. It took quadratic time.
  @Test func aHugeHostileTreeIsRefusedSoon() throws {
    let scene = try Scene()
    let leaves = RatchetTree.maximumLeaves / 4
    var tree = scene.tree
    tree.nodes = (0..<TreeMath.nodeCount(leaves: leaves)).map { node in
      guard node % 2 == 1 else { return scene.tree.nodes[0] }
      let below = TreeMath.leaves(under: node)
      return .parent(
        ParentNode(
          encryptionKey: [], parentHash: [],
          unmergedLeaves: below.map { UInt32(truncatingIfNeeded: $0) }))
    }
    var hashes = TreeHashes(of: tree)
    let root = TreeMath.root(leaves: leaves)
    #expect(hashes.hash(root, without: []) == tree.treeHash)
    #expect(throws: MLSError.self) { try tree.checkParentHashes() }
    // Without everybody it is the hash of blank leaves under parents without unmerged ones.
    var blank = tree
    for node in blank.nodes.indices {
      blank.nodes[node] =
        node % 2 == 0
        ? nil : .parent(ParentNode(encryptionKey: [], parentHash: [], unmergedLeaves: []))
    }
    let everybody = Set((0..<leaves).map { UInt32(truncatingIfNeeded: $0) })
    #expect(hashes.hash(root, without: everybody) == blank.treeHash)
  }

  @Test func unmergedLeavesAreFoundByHalves() {
    let node = ParentNode(encryptionKey: [], parentHash: [], unmergedLeaves: [1, 4, 5, 9])
    #expect((0..<12).filter { node.isUnmerged($0) } == [1, 4, 5, 9])
    let none = ParentNode(encryptionKey: [], parentHash: [])
    #expect(!none.isUnmerged(0))
  }

  #if TAPEDECK_FUZZ_STUB
    #error("signatures are checked in every build but that of the fuzz program without them")
  #endif

  @Test func wrongSignaturesAreRefused() throws {
    var random = SplitMix64(seed: 5)
    let key = SigningKey(using: &random)
    let signature = try key.sign(label: "a", [1])
    #expect(Suite.verify(signature, publicKey: key.publicKey, label: "a", [1]))
    #expect(!Suite.verify(signature, publicKey: key.publicKey, label: "a", [2]))
    #expect(!Suite.verify(signature, publicKey: key.publicKey, label: "b", [1]))
  }
}
