import MLS
import TestSupport
import Testing

@testable import DAVE

/// Who may be in a group, and what a member's Welcome or commit says otherwise.
@Suite struct RosterTests {
  private static let channel = DAVEIdentity.bigEndian(Call.channel)

  /// A session that waits for a Welcome, and somebody who makes one for it.
  private struct Scene {
    var random = SplitMix64(seed: 81)
    var session: DAVESession
    let gateway: SigningKey
    let sender: ExternalSender
    let own: KeyPackage

    init() throws {
      gateway = SigningKey(using: &random)
      sender = ExternalSender(
        signatureKey: gateway.publicKey, credential: Credential(identity: [0]))
      session = DAVESession(user: 10, using: &random)
      _ = session.handle(.identified(connection: 0), at: 0, using: &random)
      _ = session.handle(.usersConnected([50, 60]), at: 0, using: &random)
      _ = session.handle(.externalSender(sender.encoded), at: 0, using: &random)
      let actions = session.handle(
        .sessionDescription(version: 1, channel: Call.channel), at: 0, using: &random)
      guard case .sendKeyPackage(let bytes) = try #require(actions.last) else {
        throw MLSError(.malformed, "no key package")
      }
      own = try KeyPackage(parsing: bytes)
    }

    mutating func welcome(_ others: [KeyPackage], creator: UInt64 = 50) throws -> [UInt8] {
      let founder = try OwnKeyPackage(
        identity: DAVEIdentity.bigEndian(creator), signingKey: SigningKey(using: &random),
        using: &random)
      let pending = try Group(
        creating: RosterTests.channel, externalSender: sender, with: founder, using: &random)
      let queue = try ([own] + others).map { keyPackage in
        let content = FramedContent(
          groupID: RosterTests.channel, epoch: 0, sender: .external(0),
          body: .proposal(.add(keyPackage)))
        return try pending.verify(proposal: try PublicMessage(signing: content, with: gateway))
      }
      let welcome = try pending.commit(queue, using: &random).welcome
      return try #require(welcome?.cut(to: own.reference)).encoded
    }

    mutating func keyPackage(
      _ identity: [UInt8], change: (inout KeyPackage) -> Void = { _ in }
    ) throws -> KeyPackage {
      let key = SigningKey(using: &random)
      var keyPackage = try OwnKeyPackage(identity: identity, signingKey: key, using: &random)
        .keyPackage
      change(&keyPackage)
      keyPackage.leaf.signature = []
      keyPackage.leaf.signature = try key.sign(
        label: "LeafNodeTBS", Array(keyPackage.leaf.encoded.dropLast()))
      keyPackage.signature = []
      keyPackage.signature = try key.sign(
        label: "KeyPackageTBS", Array(keyPackage.encoded.dropLast()))
      return keyPackage
    }

    mutating func join(_ welcome: [UInt8]) -> (installed: Bool, warnings: [String], asked: Bool) {
      let actions = session.handle(.welcome(transition: 3, welcome), at: 0, using: &random)
      var result = (installed: false, warnings: [String](), asked: false)
      for action in actions {
        switch action {
        case .install: result.installed = true
        case .warn(let warning): result.warnings.append(warning.message)
        case .sendInvalidCommitWelcome: result.asked = true
        default: break
        }
      }
      return result
    }
  }

  @Test func usersAreWelcome() throws {
    var scene = try Scene()
    let joined = scene.join(
      try scene.welcome([scene.keyPackage(DAVEIdentity.bigEndian(60))]))
    #expect(joined.installed && joined.warnings.isEmpty && !joined.asked)
    #expect(Set(scene.session.roster.keys) == [10, 50, 60])
  }

  /// Who left while the Welcome was made is still in it.
  @Test func strangersAreOnlyWarnedOf() throws {
    var scene = try Scene()
    let joined = scene.join(
      try scene.welcome([scene.keyPackage(DAVEIdentity.bigEndian(61))]))
    #expect(joined.installed && joined.warnings.count == 1 && !joined.asked)
  }

  private func expectRefusal(
    _ scene: inout Scene, _ others: [KeyPackage], creator: UInt64 = 50, _ reason: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let joined = scene.join(try scene.welcome(others, creator: creator))
    #expect(!joined.installed && joined.asked, sourceLocation: sourceLocation)
    #expect(
      joined.warnings.first?.contains(reason) == true, "\(joined.warnings)",
      sourceLocation: sourceLocation)
    #expect(scene.session.state == .pending, sourceLocation: sourceLocation)
    #expect(scene.session.roster.isEmpty, sourceLocation: sourceLocation)
  }

  @Test func aUserIsNotInAGroupTwice() throws {
    var scene = try Scene()
    let double = try scene.keyPackage(DAVEIdentity.bigEndian(50))
    try expectRefusal(&scene, [double], "twice")
    // Nor we ourselves.
    scene = try Scene()
    try expectRefusal(&scene, [], creator: 10, "twice")
  }

  @Test func whoIsNoUserIsInNoGroup() throws {
    var scene = try Scene()
    let short = try scene.keyPackage([1, 2, 3, 4, 5, 6, 7])
    try expectRefusal(&scene, [short], "no user")
  }

  @Test func leavesHaveNoExtensions() throws {
    var scene = try Scene()
    let extended = try scene.keyPackage(DAVEIdentity.bigEndian(60)) { keyPackage in
      keyPackage.leaf.extensions = [MLSExtension(type: 0x0A0A, data: [1])]
    }
    try expectRefusal(&scene, [extended], "extensions")
  }

  /// Members do not commit such proposals; one who does is not followed.
  @Test func aCommitThatAddsAMemberOnceMoreIsRefused() throws {
    var call = Call(seed: 82)
    call.join(10, 20, 30)
    var random = SplitMix64(seed: 1)
    let double = try OwnKeyPackage(
      identity: DAVEIdentity.bigEndian(30), signingKey: SigningKey(using: &random),
      using: &random)
    let content = FramedContent(
      groupID: Self.channel, epoch: call.gateway.epoch, sender: .external(0),
      body: .proposal(.add(double.keyPackage)))
    let message = try PublicMessage(signing: content, with: call.gateway.signingKey)
    var payload = WireWriter()
    payload.write(UInt8(0))
    payload.opaque(message.encoded)
    let other = try #require(call.sessions[20]?.group)
    let queued = try other.verify(proposal: message)
    let commit = try other.commit([queued], using: &random).message.encoded
    var session = try #require(call.sessions[10])
    #expect(session.handle(.proposals(payload.bytes), at: 0, using: &random).isEmpty)
    let before = session.state
    let actions = session.handle(.commit(transition: 9, commit), at: 0, using: &random)
    #expect(actions.contains(.sendInvalidCommitWelcome(transition: 9)))
    #expect(!actions.contains { if case .install = $0 { true } else { false } })
    #expect(before != .pending && session.state == .pending)
  }

  /// Its addition is held back; to whoever commits it all the same we answer with op 31.
  @Test func aCommitThatAddsAStrangerIsRefused() throws {
    var call = Call(seed: 83)
    call.join(10, 20)
    call.tamper = { user, event in
      if user == 10, case .usersConnected = event { return nil }
      return event
    }
    let box = EventBox()
    call.observe = { user, action, _ in
      if user == 10, case .sendInvalidCommitWelcome(let id) = action {
        box.append(.executeTransition(id: id))
      }
    }
    call.join(30)
    #expect(box.events.count == 1)
    #expect(call.warnings[10]?.first?.code == .badCommit)
    #expect(call.installed[10]?.contains { $0.origin == .ownCommit && $0.epoch == 2 } == false)
  }

  @Test func whatIsLeftOfARevocationIsCommittedAnew() throws {
    var call = Call(seed: 84)
    call.join(10, 20)
    call.mute = [10, 20]
    let box = EventBox()
    call.tamper = { user, event in
      if user == 10, case .proposals = event { box.append(event) }
      return event
    }
    let commits = CommitBox()
    call.observe = { user, action, _ in
      if user == 10, case .sendCommitWelcome(let bytes) = action { commits.all.append(bytes) }
    }
    call.join(30, 40)
    #expect(call.sessions[10]?.queue.count == 2)
    // User 30 goes before anybody was heard.
    call.leave(30)
    #expect(call.sessions[10]?.queue.count == 1)
    call.mute = []
    var reader = WireReader(try #require(commits.all.last))
    let last = try PublicMessage(from: &reader)
    guard case .commit(let commit) = last.content.body else {
      Issue.record("no commit")
      return
    }
    #expect(commit.proposals == call.sessions[10]?.queue.map(\.reference))
    #expect(commits.all.count == 3)
  }

  private final class CommitBox {
    var all: [[UInt8]] = []
  }
}
