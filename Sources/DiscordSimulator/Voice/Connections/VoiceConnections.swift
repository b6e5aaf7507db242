/// The voice servers of a simulator: their state machine, and where the connections take what is
/// theirs.
struct VoiceConnections: Sendable {
  var server = VoiceServer()
  /// The voice servers' hosts with their ports; empty while none listens.
  var endpoints: [String] = []
  /// Who has just asked for a voice server with op 4, and was told of it.
  var ownMoves: Set<UInt64> = []
  /// The world's `voiceRevision` that the voice servers know.
  var knownRevision = 0
  /// When the timer is to look next, as it knows.
  var announcedDeadline: Duration?
  /// No connection is let in until then.
  var refusesUntil: Duration = .zero
  private var outboxes = Outboxes()
  private var heldUntil: [UInt64: Duration] = [:]

  mutating func add(
    limit: Int, abort: @escaping @Sendable () -> Void
  ) -> (id: UInt64, tasks: AsyncStream<OutboxTask>) {
    outboxes.add(limit: limit, abort: abort)
  }

  mutating func remove(_ connection: UInt64) {
    outboxes.remove(connection)
    heldUntil[connection] = nil
  }

  func put(_ task: OutboxTask, for connection: UInt64) { outboxes.put(task, for: connection) }

  /// Nothing passes for so long.
  mutating func hold(_ connection: UInt64, _ length: Duration, now: Duration) {
    heldUntil[connection] = now + length
    refusesUntil = max(refusesUntil, now + length)
    put(.pause(length), for: connection)
  }

  func heldUntil(_ connection: UInt64) -> Duration { heldUntil[connection] ?? .zero }

  /// Whether op 4 is not answered now (a fault).
  mutating func ignoresRequest() -> Bool {
    guard server.ignoredJoins > 0 else { return false }
    server.ignoredJoins -= 1
    return true
  }
}

extension DiscordSimulator.State {
  /// What VOICE_SERVER_UPDATE says for somebody who is in voice; nil for others.
  mutating func voiceAssignment(of user: UInt64, guild: UInt64) -> VoiceServerAssignment? {
    guard let (token, server) = voice.server.grant(user: user, guild: guild, world: world) else {
      return nil
    }
    let endpoint = voice.endpoints.indices.contains(server) ? voice.endpoints[server] : nil
    return VoiceServerAssignment(token: token, endpoint: endpoint ?? "127.0.0.1:0")
  }
}
