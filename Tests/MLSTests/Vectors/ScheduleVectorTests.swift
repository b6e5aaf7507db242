import Testing

@testable import MLS

@Suite(.enabled(if: Vectors.arePresent, Vectors.absence))
struct ScheduleVectorTests {
  struct KeySchedule: Decodable {
    struct Exporter: Decodable {
      var label: String
      var context: Hex
      var length: Int
      var secret: Hex
    }
    struct Epoch: Decodable {
      var commit_secret: Hex
      var psk_secret: Hex
      var group_context: Hex
      var tree_hash: Hex
      var confirmed_transcript_hash: Hex
      var joiner_secret: Hex
      var welcome_secret: Hex
      var exporter_secret: Hex
      var confirmation_key: Hex
      var membership_key: Hex
      var epoch_authenticator: Hex
      var init_secret: Hex
      var external_secret: Hex
      var external_pub: Hex
      var exporter: Exporter
    }
    var group_id: Hex
    var initial_init_secret: Hex
    var epochs: [Epoch]
  }

  @Test func keySchedule() throws {
    let cases = try Vectors.cases("key-schedule", of: KeySchedule.self)
    #expect(!cases.isEmpty)
    var checks = 0
    for vector in cases {
      var initSecret = vector.initial_init_secret.bytes
      for (number, epoch) in vector.epochs.enumerated() {
        let context = try GroupContext(parsing: epoch.group_context.bytes)
        #expect(context.encoded == epoch.group_context.bytes)
        #expect(context.groupID == vector.group_id.bytes)
        #expect(context.epoch == UInt64(number))
        #expect(context.treeHash == epoch.tree_hash.bytes)
        #expect(context.confirmedTranscriptHash == epoch.confirmed_transcript_hash.bytes)
        let joiner = EpochSecrets.joinerSecret(
          initSecret: initSecret, commitSecret: epoch.commit_secret.bytes, context: context)
        #expect(joiner == epoch.joiner_secret.bytes)
        let welcome = EpochSecrets.welcomeKey(
          joinerSecret: joiner, preSharedKeys: epoch.psk_secret.bytes)
        #expect(
          welcome.key
            == Suite.expandWithLabel(
              epoch.welcome_secret.bytes, label: "key", context: [], length: 16))
        let secrets = EpochSecrets(
          joinerSecret: joiner, preSharedKeys: epoch.psk_secret.bytes, context: context)
        #expect(secrets.exporterSecret == epoch.exporter_secret.bytes)
        #expect(secrets.confirmationKey == epoch.confirmation_key.bytes)
        #expect(secrets.membershipKey == epoch.membership_key.bytes)
        #expect(secrets.epochAuthenticator == epoch.epoch_authenticator.bytes)
        #expect(secrets.initSecret == epoch.init_secret.bytes)
        #expect(
          secrets.export(
            label: epoch.exporter.label, context: epoch.exporter.context.bytes,
            length: epoch.exporter.length) == epoch.exporter.secret.bytes)
        #expect(
          try DecryptionKey(deriving: epoch.external_secret.bytes).publicKey
            == epoch.external_pub.bytes)
        initSecret = secrets.initSecret
        checks += 14
      }
    }
    Vectors.report("key-schedule", cases: cases.count, checks: checks)
  }

  struct TranscriptCase: Decodable {
    var confirmation_key: Hex
    var authenticated_content: Hex
    var interim_transcript_hash_before: Hex
    var confirmed_transcript_hash_after: Hex
    var interim_transcript_hash_after: Hex
  }

  @Test func transcriptHashes() throws {
    let cases = try Vectors.cases("transcript-hashes", of: TranscriptCase.self)
    #expect(!cases.isEmpty)
    for vector in cases {
      let message = try VectorMessage(authenticatedContent: vector.authenticated_content.bytes)
      let tag = try #require(message.confirmationTag)
      let confirmed = Suite.hash(
        vector.interim_transcript_hash_before.bytes + message.transcriptInput)
      #expect(confirmed == vector.confirmed_transcript_hash_after.bytes)
      #expect(Suite.verifyMAC(tag, key: vector.confirmation_key.bytes, confirmed))
      #expect(
        Transcript.interim(confirmed: confirmed, confirmationTag: tag)
          == vector.interim_transcript_hash_after.bytes)
    }
    Vectors.report("transcript-hashes", cases: cases.count, checks: cases.count * 3)
  }

  struct MessageProtection: Decodable {
    var group_id: Hex
    var epoch: UInt64
    var tree_hash: Hex
    var confirmed_transcript_hash: Hex
    var signature_pub: Hex
    var membership_key: Hex
    var proposal: Hex
    var proposal_pub: Hex
    var commit: Hex
    var commit_pub: Hex
  }

  @Test func messageProtection() throws {
    let cases = try Vectors.cases("message-protection", of: MessageProtection.self)
    #expect(!cases.isEmpty)
    for vector in cases {
      let context = GroupContext(
        groupID: vector.group_id.bytes, epoch: vector.epoch, treeHash: vector.tree_hash.bytes,
        confirmedTranscriptHash: vector.confirmed_transcript_hash.bytes, extensions: [])
      for (sent, body) in [
        (vector.proposal_pub, vector.proposal), (vector.commit_pub, vector.commit),
      ] {
        let message = try VectorMessage(mlsMessage: sent.bytes)
        #expect(message.groupID == vector.group_id.bytes)
        #expect(message.epoch == vector.epoch)
        #expect(message.body == body.bytes)
        #expect(
          Suite.verify(
            message.signature, publicKey: vector.signature_pub.bytes, label: PublicMessage.label,
            PublicMessage.toBeSigned(content: message.content, context: context)))
        #expect(
          Suite.verifyMAC(
            try #require(message.membershipTag), key: vector.membership_key.bytes,
            PublicMessage.toBeSigned(content: message.content, context: context)
              + message.authData))
      }
    }
    Vectors.report("message-protection", cases: cases.count, checks: cases.count * 2)
  }
}
