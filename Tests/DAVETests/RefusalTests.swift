import MLS
import TestSupport
import Testing

@testable import DAVE

/// Rung (b): whatever is wrong with a message is refused, and afterwards the good one still works.
@Suite struct RefusalTests {
  /// Two members, and the messages that a third one's arrival makes for user 10.
  struct Scene {
    var call: Call
    var heard: [DAVEEvent]
    /// As it was before the third came.
    var before: DAVESession

    init(seed: UInt64) throws {
      call = Call(seed: seed)
      call.join(10, 20)
      before = try #require(call.sessions[10])
      call.mute = [10]
      let box = EventBox()
      call.tamper = { user, event in
        if user == 10 { box.append(event) }
        return event
      }
      call.join(30)
      call.expectAgreement(10, 20, 30)
      heard = box.events
      call.tamper = nil
    }

    var proposals: [UInt8] {
      for case .proposals(let bytes) in heard { return bytes }
      return []
    }

    var commit: (UInt16, [UInt8]) {
      for case .commit(let id, let bytes) in heard { return (id, bytes) }
      return (0, [])
    }

    /// The session with everything heard before the commit.
    func prepared() -> DAVESession {
      var session = before
      var random = SplitMix64(seed: 1)
      for event in heard {
        if case .commit = event { break }
        _ = session.handle(event, at: 0, using: &random)
      }
      return session
    }

    func expectGoodWorks(
      _ session: DAVESession, sourceLocation: SourceLocation = #_sourceLocation
    ) {
      var session = session
      var random = SplitMix64(seed: 2)
      let (id, bytes) = commit
      let actions = session.handle(.commit(transition: id, bytes), at: 0, using: &random)
      let installed = actions.contains { if case .install = $0 { true } else { false } }
      #expect(installed, sourceLocation: sourceLocation)
      #expect(session.state == .member(epoch: 2), sourceLocation: sourceLocation)
    }
  }

  private func isWarning(_ action: DAVEAction) -> Bool {
    if case .warn = action { true } else { false }
  }

  @Test func everyFlippedByteOfAProposalIsRefused() throws {
    let scene = try Scene(seed: 41)
    let bytes = scene.proposals
    var random = SplitMix64(seed: 3)
    for index in stride(from: 0, to: bytes.count, by: 3) {
      var session = scene.before
      _ = session.handle(.usersConnected([30]), at: 0, using: &random)
      var damaged = bytes
      damaged[index] ^= 0x10
      let actions = session.handle(.proposals(damaged), at: 0, using: &random)
      #expect(session.queue.isEmpty, "byte \(index)")
      let commits = actions.contains { if case .sendCommitWelcome = $0 { true } else { false } }
      #expect(!commits, "byte \(index)")
    }
  }

  @Test func everyFlippedByteOfACommitIsRefused() throws {
    let scene = try Scene(seed: 42)
    let (id, bytes) = scene.commit
    let prepared = scene.prepared()
    #expect(!prepared.queue.isEmpty)
    var random = SplitMix64(seed: 4)
    for index in stride(from: 0, to: bytes.count, by: 3) {
      var session = prepared
      var damaged = bytes
      damaged[index] ^= 0x10
      let actions = session.handle(.commit(transition: id, damaged), at: 0, using: &random)
      let installed = actions.contains { if case .install = $0 { true } else { false } }
      #expect(!installed, "byte \(index)")
    }
    scene.expectGoodWorks(prepared)
  }

  @Test func aProposalOfAnotherExternalSenderIsRefused() throws {
    let scene = try Scene(seed: 43)
    var random = SplitMix64(seed: 5)
    let stranger = SigningKey(using: &random)
    let content = FramedContent(
      groupID: DAVEIdentity.bigEndian(Call.channel), epoch: 1, sender: .external(0),
      body: .proposal(.remove(LeafIndex(1))))
    let message = try PublicMessage(signing: content, with: stranger)
    var payload = WireWriter()
    payload.write(UInt8(0))
    payload.opaque(message.encoded)
    var session = scene.before
    let actions = session.handle(.proposals(payload.bytes), at: 0, using: &random)
    #expect(actions.count == 1 && actions.allSatisfy(isWarning))
    #expect(session.queue.isEmpty)
  }

  @Test(
    arguments: [
      (epoch: 0, group: Call.channel), (epoch: 2, group: Call.channel),
      (epoch: 1, group: Call.channel + 1),
    ] as [(epoch: UInt64, group: UInt64)])
  func proposalsOfOtherEpochsAndGroupsAreDropped(epoch: UInt64, group: UInt64) throws {
    let scene = try Scene(seed: 44)
    var random = SplitMix64(seed: 6)
    let content = FramedContent(
      groupID: DAVEIdentity.bigEndian(group), epoch: epoch, sender: .external(0),
      body: .proposal(.remove(LeafIndex(1))))
    let message = try PublicMessage(signing: content, with: scene.call.gateway.signingKey)
    var payload = WireWriter()
    payload.write(UInt8(0))
    payload.opaque(message.encoded)
    var session = scene.before
    #expect(session.handle(.proposals(payload.bytes), at: 0, using: &random).isEmpty)
    #expect(session.queue.isEmpty)
  }

  @Test func nobodyIsAddedTwice() throws {
    let scene = try Scene(seed: 45)
    var random = SplitMix64(seed: 7)
    // User 20 is a member already; a second leaf for it would be a double.
    let double = try OwnKeyPackage(
      identity: DAVEIdentity.bigEndian(20), signingKey: SigningKey(using: &random),
      using: &random)
    let content = FramedContent(
      groupID: DAVEIdentity.bigEndian(Call.channel), epoch: 1, sender: .external(0),
      body: .proposal(.add(double.keyPackage)))
    let message = try PublicMessage(signing: content, with: scene.call.gateway.signingKey)
    var payload = WireWriter()
    payload.write(UInt8(0))
    payload.opaque(message.encoded)
    var session = scene.before
    #expect(session.handle(.proposals(payload.bytes), at: 0, using: &random).isEmpty)
    #expect(session.queue.count == 1)
    #expect(session.ownCommits.isEmpty)
  }

  @Test func whoIsToBeRemovedDoesNotCommit() throws {
    let scene = try Scene(seed: 46)
    var random = SplitMix64(seed: 8)
    let own = try #require(scene.before.group).ownLeaf
    let content = FramedContent(
      groupID: DAVEIdentity.bigEndian(Call.channel), epoch: 1, sender: .external(0),
      body: .proposal(.remove(own)))
    let message = try PublicMessage(signing: content, with: scene.call.gateway.signingKey)
    var payload = WireWriter()
    payload.write(UInt8(0))
    payload.opaque(message.encoded)
    var session = scene.before
    #expect(session.handle(.proposals(payload.bytes), at: 0, using: &random).isEmpty)
  }

  @Test func aRevocationEmptiesTheQueue() throws {
    let scene = try Scene(seed: 47)
    var random = SplitMix64(seed: 9)
    var session = scene.prepared()
    let reference = try #require(session.queue.first).reference.hash
    var references = WireWriter()
    references.opaque(reference)
    var payload = WireWriter()
    payload.write(UInt8(1))
    payload.opaque(references.bytes)
    #expect(session.handle(.proposals(payload.bytes), at: 0, using: &random).isEmpty)
    #expect(session.queue.isEmpty)
    // Said again, it is unknown, and no harm is done.
    let again = session.handle(.proposals(payload.bytes), at: 0, using: &random)
    #expect(again.count == 1 && again.allSatisfy(isWarning))
    #expect(session.state == .member(epoch: 1))
  }

  @Test(arguments: [false, true])
  func keyPackagesWithExtensionsAreRefused(isOfLeaf: Bool) throws {
    let scene = try Scene(seed: 49)
    var random = SplitMix64(seed: 11)
    let key = SigningKey(using: &random)
    var keyPackage = try OwnKeyPackage(
      identity: DAVEIdentity.bigEndian(30), signingKey: key, using: &random
    ).keyPackage
    let data = MLSExtension(type: 0x0A0A, data: [1])
    if isOfLeaf {
      keyPackage.leaf.extensions = [data]
      keyPackage.leaf.signature = []
      // What is signed is all but the signature.
      keyPackage.leaf.signature = try key.sign(
        label: "LeafNodeTBS", Array(keyPackage.leaf.encoded.dropLast()))
    } else {
      keyPackage.extensions = [data]
    }
    keyPackage.signature = []
    keyPackage.signature = try key.sign(
      label: "KeyPackageTBS", Array(keyPackage.encoded.dropLast()))
    try keyPackage.verify()
    var session = scene.before
    _ = session.handle(.usersConnected([30]), at: 0, using: &random)
    let actions = session.handle(
      .proposals(try payload([.add(keyPackage)], of: scene)), at: 0, using: &random)
    #expect(actions.count == 1 && actions.allSatisfy(isWarning))
    #expect(session.queue.isEmpty)
  }

  @Test func aFloodOfProposalsIsRefusedWhole() throws {
    let scene = try Scene(seed: 50)
    var random = SplitMix64(seed: 12)
    var session = scene.before
    // The other one of the two.
    let other = LeafIndex(1 - (try #require(session.group).ownLeaf.rawValue))
    let flood = [Proposal](repeating: .remove(other), count: DAVESession.mostProposals + 1)
    let bytes = try payload(flood, of: scene)
    #expect(bytes.count <= DAVESession.maximumPayload)
    let actions = session.handle(.proposals(bytes), at: 0, using: &random)
    #expect(actions.count == 1 && actions.allSatisfy(isWarning))
    #expect(session.queue.isEmpty)
    // The same one said again and again is one.
    let once = try payload([.remove(other)], of: scene)
    for _ in 0..<DAVESession.mostOwnCommits + 10 {
      _ = session.handle(.proposals(once), at: 0, using: &random)
    }
    #expect(session.queue.count == 1)
    #expect(session.ownCommits.count == DAVESession.mostOwnCommits)
  }

  /// Op 27 of the voice gateway, for epoch 1.
  private func payload(_ proposals: [Proposal], of scene: Scene) throws -> [UInt8] {
    let messages = try proposals.map { proposal in
      try PublicMessage(
        signing: FramedContent(
          groupID: DAVEIdentity.bigEndian(Call.channel), epoch: 1, sender: .external(0),
          body: .proposal(proposal)),
        with: scene.call.gateway.signingKey)
    }
    var payload = WireWriter()
    payload.write(UInt8(0))
    payload.vector(messages)
    return payload.bytes
  }

  @Test func hugePayloadsAreRefusedUnread() throws {
    let scene = try Scene(seed: 48)
    var random = SplitMix64(seed: 10)
    var session = scene.before
    let huge = [UInt8](repeating: 0, count: DAVESession.maximumPayload + 1)
    for event in [
      DAVEEvent.proposals(huge), .externalSender(huge),
    ] {
      #expect(session.handle(event, at: 0, using: &random).allSatisfy(isWarning))
      #expect(session.state == .member(epoch: 1))
    }
  }
}

/// Ops 4, 21, 22 and 24, and the cool-down of op 31.
@Suite struct TransitionTests {
  @Test func versionZeroIsPlaintext() {
    var random = SplitMix64(seed: 11)
    var session = DAVESession(user: 1, using: &random)
    #expect(
      session.handle(.sessionDescription(version: 0, channel: 5), at: 0, using: &random)
        == [.allowPlaintext(true)])
    #expect(session.state == .off)
  }

  @Test func aDowngradeAndTheWayBack() throws {
    var call = Call(seed: 12)
    call.join(10, 20)
    var random = SplitMix64(seed: 13)
    var session = try #require(call.sessions[10])
    #expect(
      session.handle(.prepareTransition(id: 9, version: 0), at: 0, using: &random)
        == [.allowPlaintext(true), .sendTransitionReady(transition: 9)])
    #expect(session.state == .member(epoch: 1))
    #expect(
      session.handle(.executeTransition(id: 9), at: 0, using: &random) == [.allowPlaintext(true)])
    #expect(session.state == .off)
    // Said again it changes nothing.
    #expect(session.handle(.executeTransition(id: 9), at: 0, using: &random).isEmpty)
    let actions = session.handle(.prepareEpoch(epoch: 1, version: 1), at: 0, using: &random)
    guard case .sendKeyPackage = try #require(actions.first) else {
      Issue.record("no key package for the new group")
      return
    }
    #expect(session.state == .pending)
    #expect(session.incarnation == 1)
  }

  @Test func transitionZeroNeedsNoAnswer() throws {
    var call = Call(seed: 14)
    call.join(10, 20)
    var random = SplitMix64(seed: 15)
    var session = try #require(call.sessions[10])
    #expect(
      session.handle(.prepareTransition(id: 0, version: 1), at: 0, using: &random)
        == [.allowPlaintext(false)])
    #expect(session.state == .member(epoch: 1))
  }

  @Test func recoveryCoolsDown() throws {
    var call = Call(seed: 16)
    call.join(10, 20)
    var random = SplitMix64(seed: 17)
    var session = try #require(call.sessions[10])
    func recoveries(_ actions: [DAVEAction]) -> Int {
      actions.filter { if case .sendInvalidCommitWelcome = $0 { true } else { false } }.count
    }
    let rubbish = [UInt8](repeating: 7, count: 40)
    #expect(
      recoveries(
        session.handle(.commit(transition: 5, rubbish), at: 0, using: &random)) == 1)
    // Pending again: commits of the group that goes on are none of ours.
    #expect(
      session.handle(.commit(transition: 6, rubbish), at: 1, using: &random).isEmpty)
    #expect(
      recoveries(session.handle(.welcome(transition: 5, rubbish), at: 2, using: &random)) == 0)
    #expect(
      recoveries(session.handle(.welcome(transition: 7, rubbish), at: 3, using: &random)) == 1)
    #expect(
      recoveries(
        session.handle(
          .welcome(transition: 7, rubbish), at: 31_000_000_000, using: &random)) == 1)
  }

  @Test func aNewConnectionForgetsTheGroup() throws {
    var call = Call(seed: 18)
    call.join(10, 20)
    var random = SplitMix64(seed: 19)
    var session = try #require(call.sessions[10])
    _ = session.handle(.identified(connection: 1), at: 0, using: &random)
    #expect(session.state == .off)
    let actions = session.handle(
      .sessionDescription(version: 1, channel: 77), at: 0, using: &random)
    #expect(actions.count == 2)
    #expect(session.state == .pending)
    #expect(session.connection == 1)
  }
}
