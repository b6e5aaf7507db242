import Testing

@testable import MLS

/// What the library reads it writes again, byte for byte.
@Suite(.enabled(if: Vectors.arePresent, Vectors.absence))
struct MessageVectorTests {
  struct Messages: Decodable {
    var mls_welcome: Hex
    var mls_key_package: Hex
    var mls_group_info: Hex
    var ratchet_tree: Hex
    var commit: Hex
    var public_message_commit: Hex
    var add_proposal: Hex
    var remove_proposal: Hex
  }

  @Test func roundTrips() throws {
    let cases = try Vectors.cases("messages", of: Messages.self)
    #expect(!cases.isEmpty)
    var checks = 0
    func check<T: WireCodable>(_ type: T.Type, _ bytes: [UInt8]) throws {
      #expect(try T(parsing: bytes).encoded == bytes)
      // Cut anywhere, it is refused.
      for length in 0..<bytes.count {
        #expect(throws: MLSError.self) { try T(parsing: Array(bytes[..<length])) }
      }
      checks += 1
    }
    for vector in cases {
      // Messages of suite 1: its number is made ours, since keys are opaque to the codec.
      // MLSMessage, wire formats 3, 5 and 4, whose contents follow four bytes.
      let welcome = vector.mls_welcome.bytes
      #expect(Array(welcome.prefix(4)) == [0, 1, 0, 3])
      try check(Welcome.self, [0, 2] + welcome.dropFirst(6))
      let keyPackage = vector.mls_key_package.bytes
      #expect(Array(keyPackage.prefix(4)) == [0, 1, 0, 5])
      try check(KeyPackage.self, [0, 1, 0, 2] + keyPackage.dropFirst(8))
      let info = vector.mls_group_info.bytes
      #expect(Array(info.prefix(4)) == [0, 1, 0, 4])
      try check(GroupInfo.self, [0, 1, 0, 2] + info.dropFirst(8))
      try check(RatchetTree.self, vector.ratchet_tree.bytes)
      // The vectors give proposals without their type.
      try check(Proposal.self, [0, 1, 0, 1, 0, 2] + vector.add_proposal.bytes.dropFirst(4))
      try check(Proposal.self, [0, 3] + vector.remove_proposal.bytes)
      try check(Commit.self, vector.commit.bytes)
      try check(PublicMessage.self, vector.public_message_commit.bytes)
    }
    #expect(checks == cases.count * 8)
    Vectors.report("messages", cases: cases.count, checks: checks)
  }

  struct WelcomeCase: Decodable {
    var init_priv: Hex
    var signer_pub: Hex
    var key_package: Hex
    var welcome: Hex
  }

  @Test func welcome() throws {
    let cases = try Vectors.cases("welcome", of: WelcomeCase.self)
    #expect(!cases.isEmpty)
    for vector in cases {
      let keyPackage = try KeyPackage(parsing: Array(vector.key_package.bytes.dropFirst(4)))
      let welcome = try Welcome(parsing: Array(vector.welcome.bytes.dropFirst(4)))
      let entry = try #require(
        welcome.secrets.first { $0.newMember == keyPackage.reference })
      let opened = try DecryptionKey(scalar: vector.init_priv.bytes).open(
        entry.encrypted, label: "Welcome", context: welcome.encryptedGroupInfo)
      let secrets = try GroupSecrets(parsing: opened)
      let (key, nonce) = EpochSecrets.welcomeKey(joinerSecret: secrets.joinerSecret)
      let info = try GroupInfo(
        parsing: try Suite.openAEAD(welcome.encryptedGroupInfo, key: key, nonce: nonce))
      try info.verifySignature(by: vector.signer_pub.bytes)
      let epoch = EpochSecrets(joinerSecret: secrets.joinerSecret, context: info.context)
      #expect(
        epoch.verifyConfirmationTag(info.confirmationTag, info.context.confirmedTranscriptHash))
    }
    Vectors.report("welcome", cases: cases.count, checks: cases.count * 3)
  }
}
