import TestSupport
import Testing

@testable import MLS

/// Commits that a member signs and tags as it should, and that are wrong in one thing.
@Suite struct CommitRefusalTests {
  /// A group of three at epoch 1, and two proposals that are open in it.
  struct Scene {
    var random = SplitMix64(seed: 9)
    let gateway: SigningKey
    let creator: Group
    let other: Group
    let addition: QueuedProposal
    let removal: QueuedProposal

    init() throws {
      let gateway = SigningKey(using: &random)
      let sender = ExternalSender(
        signatureKey: gateway.publicKey, credential: Credential(identity: [0]))
      var people: [OwnKeyPackage] = []
      for identity in 1...4 as ClosedRange<UInt8> {
        people.append(
          try OwnKeyPackage(
            identity: [identity], signingKey: SigningKey(using: &random), using: &random))
      }
      let pending = try Group(
        creating: [9], externalSender: sender, with: people[0], using: &random)
      let additions = try people[1...2].map { person in
        try Self.verify(.add(person.keyPackage), in: pending, gateway)
      }
      let commit = try pending.commit(additions, using: &random)
      creator = commit.next
      other = try Group(
        joining: try #require(commit.welcome), with: [people[1]], groupID: [9],
        externalSender: sender)
      addition = try Self.verify(.add(people[3].keyPackage), in: creator, gateway)
      removal = try Self.verify(.remove(LeafIndex(2)), in: creator, gateway)
      self.gateway = gateway
    }

    static func verify(
      _ proposal: Proposal, in group: Group, _ gateway: SigningKey
    ) throws -> QueuedProposal {
      let content = FramedContent(
        groupID: group.groupID, epoch: group.epoch, sender: .external(0), body: .proposal(proposal))
      return try group.verify(proposal: try PublicMessage(signing: content, with: gateway))
    }

    var good: PublicMessage {
      get throws {
        var random = random
        return try creator.commit([addition], using: &random).message
      }
    }

    /// The creator's commit with another frame around it, signed and tagged anew.
    func commit(
      groupID: [UInt8] = [9], epoch: UInt64 = 1, sender: Sender = .member(LeafIndex(0)),
      proposals: [ProposalReference]? = nil, path: UpdatePath? = nil
    ) throws -> PublicMessage {
      let content = FramedContent(
        groupID: groupID, epoch: epoch, sender: sender,
        body: .commit(Commit(proposals: proposals ?? [addition.reference], path: path)))
      let signature = try creator.signingKey.sign(
        label: PublicMessage.label,
        PublicMessage.toBeSigned(content: content.bytes, context: creator.context))
      var message = PublicMessage(
        content: content, signature: signature, confirmationTag: try good.confirmationTag)
      message.membershipTag = Suite.mac(
        key: creator.secrets.membershipKey, message.toBeTagged(in: creator.context))
      return message
    }

    func expect(
      _ code: MLSError.Code, _ message: PublicMessage,
      sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      var caught: MLSError.Code?
      do throws(MLSError) {
        _ = try other.applying(message, proposals: [addition, removal])
      } catch {
        caught = error.code
      }
      #expect(caught == code, sourceLocation: sourceLocation)
      // And the good one is taken after.
      let next = try other.applying(try good, proposals: [addition, removal])
      #expect(next.epoch == 2 && next.members.count == 4, sourceLocation: sourceLocation)
    }
  }

  @Test func commitsOfOtherGroupsAndEpochs() throws {
    let scene = try Scene()
    try scene.expect(.wrongGroup, scene.commit(groupID: [8]))
    for epoch in [0, 2, .max] as [UInt64] {
      try scene.expect(.wrongEpoch, scene.commit(epoch: epoch))
    }
  }

  @Test func commitsOfWhoIsNoOtherMember() throws {
    let scene = try Scene()
    // Of the receiver itself, of a leaf where nobody is, of one outside of the tree.
    for leaf in [1, 3, 4, .max] as [UInt32] {
      try scene.expect(.wrongSender, scene.commit(sender: .member(LeafIndex(leaf))))
    }
    var outside = try scene.commit(sender: .external(0))
    outside.membershipTag = nil
    try scene.expect(.wrongSender, outside)
  }

  @Test func commitsThatAnotherMemberSigned() throws {
    let scene = try Scene()
    // The tag is right, which any member can make; the signature is not leaf 2's.
    try scene.expect(.badSignature, scene.commit(sender: .member(LeafIndex(2))))
    var message = try scene.good
    message.membershipTag = [UInt8](repeating: 0, count: 32)
    try scene.expect(.badTag, message)
    message.membershipTag = nil
    try scene.expect(.badTag, message)
  }

  @Test func commitsWithAnotherConfirmationTag() throws {
    let scene = try Scene()
    // Signed anew, so the transcript is another than the tag was made for.
    try scene.expect(.badTag, scene.commit())
  }

  @Test func commitsOfProposalsThatAreNotThere() throws {
    let scene = try Scene()
    let known = scene.addition.reference
    let unknown = ProposalReference([UInt8](repeating: 5, count: 32))
    try scene.expect(.badProposal, scene.commit(proposals: [unknown]))
    try scene.expect(.badProposal, scene.commit(proposals: [known, unknown]))
    try scene.expect(.badProposal, scene.commit(proposals: [known, known]))
  }

  @Test func commitsWithoutThePathThatTheyNeed() throws {
    let scene = try Scene()
    try scene.expect(.badProposal, scene.commit(proposals: [scene.removal.reference]))
    try scene.expect(.badProposal, scene.commit(proposals: []))
  }

  @Test func pathsThatChangeTheirSender() throws {
    var scene = try Scene()
    let commit = try scene.creator.commit([scene.removal], using: &scene.random).message
    guard case .commit(let body) = commit.content.body, let path = body.path else {
      Issue.record("a removal without a path")
      return
    }
    let references = [scene.removal.reference]
    var changed = path
    changed.leaf.signatureKey = scene.other.signingKey.publicKey
    try scene.expect(.wrongSender, scene.commit(proposals: references, path: changed))
    changed = path
    changed.leaf.credential = Credential(identity: [7])
    try scene.expect(.wrongSender, scene.commit(proposals: references, path: changed))
    changed = path
    changed.leaf.signature[10] ^= 1
    try scene.expect(.badSignature, scene.commit(proposals: references, path: changed))
    changed = path
    changed.nodes.removeLast()
    try scene.expect(.badTree, scene.commit(proposals: references, path: changed))
    changed = path
    changed.leaf = try #require(scene.creator.tree.leaf(LeafIndex(0)))
    try scene.expect(.malformed, scene.commit(proposals: references, path: changed))
  }
}
