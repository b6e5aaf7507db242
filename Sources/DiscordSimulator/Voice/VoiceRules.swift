/// The numbers of Discord's voice servers, settable for tests.
package struct VoiceRules: Sendable {
  /// Of HELLO: a client sends a heartbeat each time this has passed.
  package var heartbeatInterval: Duration = .milliseconds(13_750)
  /// How much later than its interval a heartbeat may be before the connection is closed with 4009.
  package var heartbeatTolerance: Duration = .seconds(10)
  /// How long a session outlives its connection and can be resumed.
  package var resumeWindow: Duration = .seconds(15)
  /// Messages kept for a resume; a session that is further behind cannot be resumed.
  package var replayLimit = 2_000
  /// Messages that wait for a client that does not read; then its connection is reset.
  package var outboxLimit = 20_000
  /// The modes that READY offers, the preferred one first.
  package var modes = ["aead_aes256_gcm_rtpsize", "aead_xchacha20_poly1305_rtpsize"]
  /// Whether calls outside stages are end-to-end encrypted. Without, all clients are told version 0.
  package var usesEndToEnd = true
  /// Whether forwarded packets have a header extension, as Discord's have.
  package var hasExtensions = true
  /// The share of forwarded packets that end in RTP padding.
  package var paddingShare = 0.05
  /// How often each sender that talks has an RTCP sender report.
  package var reportInterval: Duration = .seconds(5)
  /// Whether a client hears others only once it has sent op 5, as on Discord.
  package var requiresSpeakingToHear = true
  /// Whether VOICE_SERVER_UPDATE comes before VOICE_STATE_UPDATE.
  package var updatesServerFirst = false
  /// How long a scripted speaker takes for each message of the voice gateway.
  package var speakerLatency: Duration = .milliseconds(5)
  /// How much is remembered of what was said and forwarded, in packets each; 0 for nothing.
  package var truthLimit = 1_000_000
  /// What all randomness of the voice servers follows from.
  package var seed: UInt64 = 1

  /// Discord's numbers.
  package init() {}
}

/// What the voice servers did, for tests to judge a client by.
package struct VoiceStatistics: Hashable, Sendable {
  /// WebSockets that were opened.
  package var connections = 0
  /// Identifies that were answered by READY.
  package var identifies = 0
  /// Resumes asked for, and those answered by RESUMED.
  package var resumes = 0
  package var resumed = 0
  /// Messages sent again by resumes.
  package var replayed = 0
  package var heartbeats = 0
  /// Op 31: a commit or Welcome that a client could not take.
  package var invalidCommitWelcomes = 0
  /// Epochs begun, over all calls.
  package var epochs = 0
  /// DAVE messages that were of no use; most are commits that came second.
  package var ignoredMLS = 0
  /// Connections that the server closed, by code.
  package var closes: [UInt16: Int] = [:]
  /// Connections that clients closed, by code; 0: without a code.
  package var clientCloses: [UInt16: Int] = [:]
  /// Answers to IP discovery.
  package var discoveries = 0
  package var keepalives = 0
  /// Speech that clients sent and that was opened.
  package var received = 0
  /// Datagrams that were no speech of a client: wrong key, unknown SSRC, rubbish.
  package var refused = 0
  /// Speech of a client that may not talk: muted, or without op 5.
  package var silenced = 0
  /// Packets of speech sent to clients.
  package var forwarded = 0

  package init() {}
}
