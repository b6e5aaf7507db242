/// The numbers of Discord's gateway, settable for tests.
package struct GatewayRules: Sendable {
  /// Of HELLO: a client sends a heartbeat each time this has passed.
  package var heartbeatInterval: Duration = .milliseconds(41_250)
  /// How much later than its interval a heartbeat may be before the connection is closed with 4009.
  package var heartbeatTolerance: Duration = .seconds(20)
  /// How long a session outlives its connection and can be resumed.
  package var sessionLifetime: Duration = .seconds(180)
  /// Events kept for replay; a session that is further behind cannot be resumed.
  package var replayLimit = 20_000
  /// Payloads that a connection may send within `sendWindow`; one more is 4008.
  package var sendLimit = 120
  /// The window of `sendLimit`.
  package var sendWindow: Duration = .seconds(60)
  /// Bytes of a client's payload; a longer one is 4002.
  package var payloadLimit = 4096
  /// Sessions that may be started within `identifyWindow` (`max_concurrency`); one more is op 9.
  package var maximumConcurrency = 1
  /// The window of `maximumConcurrency`.
  package var identifyWindow: Duration = .seconds(5)
  /// Sessions that a bot may start a day; one more is 4004, as its token is reset.
  package var sessionStartLimit = 1000
  /// The window of `sessionStartLimit`.
  package var sessionStartWindow: Duration = .seconds(86_400)
  /// Guilds that a session without shards may have; more are 4011.
  package var maximumGuildsPerShard = 2500
  /// Whether op 4 for the channel one is in already gives a VOICE_SERVER_UPDATE again (a guess
  /// either way: clients must stand both).
  package var repeatsVoiceServerUpdate = true
  /// Payloads that wait for a client that does not read; then its connection is reset. More than a
  /// replay.
  package var outboxLimit = 50_000
  /// READY's `resume_gateway_url`; the simulator sets it when it starts.
  package var resumeURL = "ws://127.0.0.1/resume"

  /// Discord's numbers.
  package init() {}
}

/// What the gateway did, for tests to judge a client by.
package struct GatewayStatistics: Hashable, Sendable {
  /// Connections that were let in.
  package var connections = 0
  /// Connections refused before the upgrade (`refuseConnections`).
  package var refusedConnections = 0
  /// Identifies that were answered by READY.
  package var identifies = 0
  /// Identifies within `identifyWindow` of too many others: op 9.
  package var identifiesTooSoon = 0
  /// Resumes asked for.
  package var resumes = 0
  /// Resumes answered by RESUMED.
  package var resumed = 0
  /// Resumes that came to another address than `resume_gateway_url`.
  package var resumesElsewhere = 0
  /// Heartbeats received.
  package var heartbeats = 0
  /// Dispatches sent or kept for replay, by all sessions.
  package var dispatches = 0
  /// Dispatches sent again by resumes.
  package var replayed = 0
  /// Connections that the server closed, by code.
  package var closes: [UInt16: Int] = [:]
  /// Connections that clients closed, by code; 0: without a code.
  package var clientCloses: [UInt16: Int] = [:]

  package init() {}
}
