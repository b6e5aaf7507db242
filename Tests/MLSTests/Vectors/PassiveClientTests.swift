import Testing

@testable import MLS

/// Groups of other implementations, followed as a member that only listens.
///
/// They use what DAVE does not (pre-shared keys, proposals of members, updates, changes of the group
/// context), which these tests add around the library's own joining and committing.
@Suite(.enabled(if: Vectors.arePresent, Vectors.absence))
struct PassiveClientTests {
  struct Client: Decodable {
    struct PreSharedKey: Decodable {
      var psk_id: Hex
      var psk: Hex
    }
    struct Epoch: Decodable {
      var proposals: [Hex]
      var commit: Hex
      var epoch_authenticator: Hex
    }
    var external_psks: [PreSharedKey]
    var key_package: Hex
    var signature_priv: Hex
    var encryption_priv: Hex
    var init_priv: Hex
    var welcome: Hex
    var ratchet_tree: Hex?
    var initial_epoch_authenticator: Hex
    var epochs: [Epoch]

    func secret(_ keys: [PreSharedKeyID]) -> [UInt8]? {
      var known: [(PreSharedKeyID, [UInt8])] = []
      for id in keys {
        guard let key = external_psks.first(where: { $0.psk_id.bytes == id.external }) else {
          return nil
        }
        known.append((id, key.psk.bytes))
      }
      return PreSharedKeyID.secret(known)
    }
  }

  @Test func welcomes() throws {
    let cases = try Vectors.cases("passive-client-welcome", of: Client.self)
    #expect(!cases.isEmpty)
    for client in cases {
      let group = try join(client)
      #expect(group.epochAuthenticator == client.initial_epoch_authenticator.bytes)
    }
    Vectors.report("passive-client-welcome", cases: cases.count, checks: cases.count)
  }

  @Test func commits() throws {
    let cases = try Vectors.cases("passive-client-handling-commit", of: Client.self)
    #expect(!cases.isEmpty)
    var applied = 0
    var skipped = 0
    for client in cases {
      var group = try join(client)
      #expect(group.epochAuthenticator == client.initial_epoch_authenticator.bytes)
      for epoch in client.epochs {
        guard let next = try follow(epoch, client: client, from: group) else {
          // A resumption key of an earlier epoch, which DAVE has no use for.
          skipped += 1
          break
        }
        group = next
        #expect(group.epochAuthenticator == epoch.epoch_authenticator.bytes)
        applied += 1
      }
    }
    #expect(applied == 22)
    #expect(skipped == 4)
    Vectors.report("passive-client-handling-commit", cases: cases.count, checks: applied)
  }

  private func join(_ client: Client) throws -> Group {
    let keyPackage = try KeyPackage(parsing: Array(client.key_package.bytes.dropFirst(4)))
    try keyPackage.verify()
    let own = OwnKeyPackage(
      keyPackage, initKey: try DecryptionKey(scalar: client.init_priv.bytes),
      encryptionKey: try DecryptionKey(scalar: client.encryption_priv.bytes),
      signingKey: try SigningKey(scalar: client.signature_priv.bytes))
    let welcome = try Welcome(parsing: Array(client.welcome.bytes.dropFirst(4)))
    let (entry, _) = try Group.find([own], in: welcome)
    var reader = WireReader(
      try own.initKey.open(
        entry.encrypted, label: "Welcome", context: welcome.encryptedGroupInfo))
    var secrets = GroupSecrets(joinerSecret: try reader.opaque(), pathSecret: nil)
    if try reader.uint8() == 1 { secrets.pathSecret = try reader.opaque() }
    let keys = try reader.vector(of: PreSharedKeyID.self)
    return try Group(
      joining: welcome, as: own, secrets: secrets,
      preSharedKeys: try #require(client.secret(keys)),
      outsideTree: try client.ratchet_tree.map { try RatchetTree(parsing: $0.bytes) })
  }

  /// Nil where a commit needs a key that a passive client does not have.
  private func follow(
    _ epoch: Client.Epoch, client: Client, from group: Group
  ) throws -> Group? {
    var known: [[UInt8]: (VectorProposal, Sender)] = [:]
    for bytes in epoch.proposals {
      let message = try VectorMessage(mlsMessage: bytes.bytes)
      guard case .proposal(let proposal) = message.kind else { continue }
      known[message.proposalReference] = (proposal, message.sender)
    }
    let message = try VectorMessage(mlsMessage: epoch.commit.bytes)
    guard case .commit(let commit) = message.kind, case .member(let committer) = message.sender
    else { return nil }
    let toBeSigned = PublicMessage.toBeSigned(content: message.content, context: group.context)
    let key = try #require(group.tree.leaf(committer)).signatureKey
    #expect(
      Suite.verify(
        message.signature, publicKey: key, label: PublicMessage.label, toBeSigned))
    #expect(
      Suite.verifyMAC(
        try #require(message.membershipTag), key: group.secrets.membershipKey,
        toBeSigned + message.authData))

    var tree = group.tree
    var added: [LeafIndex] = []
    var extensions = group.context.extensions
    var keys: [PreSharedKeyID] = []
    var entries: [(VectorProposal, Sender)] = []
    for entry in commit.entries {
      switch entry {
      case .proposal(let proposal): entries.append((proposal, .member(committer)))
      case .reference(let hash): entries.append(try #require(known[hash]))
      }
    }
    for (proposal, sender) in entries {
      switch proposal {
      case .update(let leaf):
        guard case .member(let index) = sender else { continue }
        tree.blank(index.node)
        tree.set(leaf, at: index)
      case .remove(let index): try tree.remove(LeafIndex(index))
      case .groupContextExtensions(let new): extensions = new
      case .preSharedKey(let id): keys.append(id)
      case .add, .other: break
      }
    }
    for case (.add(let keyPackage), _) in entries { added.append(try tree.add(keyPackage.leaf)) }
    guard let secret = client.secret(keys) else { return nil }
    return try group.advance(
      transcriptInput: message.transcriptInput, tag: try #require(message.confirmationTag),
      committer: committer,
      path: commit.path, tree: tree, added: added, preSharedKeys: secret, extensions: extensions)
  }
}
