internal import CaptureSynthesis
internal import JSONValues
internal import WebSocket

/// Discord's voice servers as a value: what clients send and what happens in the world goes in, what
/// clients get comes out. No socket and no clock: `now` is the time since any fixed start.
///
/// It is the voice gateway of version 8 with its calls; speech itself goes another way, through
/// ``VoiceForwarder``, which this tells who sends and hears.
/// <https://discord.com/developers/docs/topics/voice-connections>
package struct VoiceServer: Sendable {
  /// What VOICE_SERVER_UPDATE grants: one session of a user in a guild.
  struct Grant: Sendable {
    var token: String
    var place: VoicePlace
    /// Which of the voice servers it is for.
    var server: Int
  }

  package var rules: VoiceRules
  package internal(set) var statistics = VoiceStatistics()
  /// The sessions, also those that wait for a resume.
  package internal(set) var sessions: [UInt64: VoiceServerSession] = [:]
  /// What clients send datagrams to; READY tells it.
  package var udp: (address: String, port: UInt16) = ("127.0.0.1", 0)

  var rooms: [UInt64: VoiceRoom] = [:]
  var connections: [UInt64: VoiceServerConnection] = [:]
  var speakers: [UInt64: ScriptedClient] = [:]
  var grants: [UserInGuild: Grant] = [:]
  /// Which of the voice servers a guild's voice is at.
  var servers: [UInt64: Int] = [:]
  /// What is to happen later, in no order.
  var scheduled: [(due: Duration, task: ScheduledTask)] = []
  var refusedResumes = 0
  var refusedIdentifies: (code: UInt16, count: Int) = (0, 0)
  var repeatedReplay = 0
  var ignoredJoins = 0
  var random: SplitMix64
  private var sessionCount: UInt64 = 0
  private var grantCount: UInt64 = 0

  enum ScheduledTask: Sendable {
    case fault(VoiceFault)
    case message(VoiceMessage, session: UInt64)
    /// The second half of a migration.
    case closeSessions([UInt64], code: UInt16)
    case serverUpdate(guild: UInt64, users: [UInt64], hasEndpoint: Bool)
    case speakerBack(user: UInt64, guild: UInt64)
  }

  struct UserInGuild: Hashable, Sendable {
    var user: UInt64
    var guild: UInt64
  }

  package init(rules: VoiceRules = VoiceRules()) {
    self.rules = rules
    random = SplitMix64(seed: rules.seed).child(1)
  }

  /// The next thing that happens by itself.
  package var nextDeadline: Duration? {
    var deadlines = scheduled.map(\.due) + rooms.values.compactMap(\.nextDeadline)
    deadlines += speakers.values.compactMap(\.nextDeadline)
    for session in sessions.values {
      if let detached = session.detachedAt { deadlines.append(detached + rules.resumeWindow) }
    }
    for connection in connections.values where connection.phase != .ended {
      deadlines.append(
        connection.lastHeartbeat + connection.heartbeatInterval + rules.heartbeatTolerance)
    }
    return deadlines.min()
  }

  /// A connection is open: HELLO.
  ///
  /// - Parameters:
  ///   - target: the request's target with its query, such as `/?v=8`.
  ///   - server: the number of the voice server that it came to.
  package mutating func opened(
    _ connection: UInt64, target: String, server: Int, now: Duration
  ) -> [VoiceOutput] {
    statistics.connections += 1
    connections[connection] = VoiceServerConnection(
      lastHeartbeat: now, heartbeatInterval: rules.heartbeatInterval, server: server)
    var outputs: [VoiceOutput] = []
    let query = target.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
    guard query.split(separator: "&").contains("v=8") else {
      close(connection, 4012, "Unknown protocol.", now: now, &outputs)
      return outputs
    }
    let interval = rules.heartbeatInterval.wholeMilliseconds
    outputs.append(
      direct(8, ["v": 8, "heartbeat_interval": .integer(interval)], to: connection))
    return outputs
  }

  /// A connection is over; `code` is nil when no close frame came.
  package mutating func closed(
    _ connection: UInt64, code: UInt16?, now: Duration
  ) -> [VoiceOutput] {
    guard let ended = connections.removeValue(forKey: connection) else { return [] }
    if ended.phase != .ended { statistics.clientCloses[code ?? 0, default: 0] += 1 }
    guard let id = ended.lastSession, sessions[id]?.connection == connection else { return [] }
    // A client that says goodbye ends its session.
    if ended.phase != .ended, code == 1000 || code == 1001 { return end(id, now: now) }
    sessions[id]?.connection = nil
    sessions[id]?.detachedAt = now
    return []
  }

  // MARK: - Messages

  /// A message outside the numbering: HELLO, READY, acknowledgements.
  func direct(_ op: Int64, _ data: JSONValue, to connection: UInt64) -> VoiceOutput {
    let payload: JSONValue = ["op": .integer(op), "d": data]
    return .send(connection: connection, .text(payload.text()))
  }

  /// Numbers a message for a session and sends it, if the session has a connection.
  mutating func deliver(
    _ message: VoiceMessage, to id: UInt64, now: Duration, _ outputs: inout [VoiceOutput]
  ) {
    guard let session = sessions[id] else { return }
    if session.isScripted {
      speakers[session.user]?.hear(message, now: now, latency: rules.speakerLatency)
      return
    }
    guard let frame = sessions[id]?.number(message) else { return }
    if let connection = session.connection {
      outputs.append(.send(connection: connection, frame))
    }
  }

  /// The session of a user in a channel.
  func session(of user: UInt64, in channel: UInt64) -> VoiceServerSession? {
    sessions.values.first { $0.user == user && $0.channel == channel }
  }

  /// The sessions of a channel, the oldest first.
  func sessions(in channel: UInt64) -> [VoiceServerSession] {
    sessions.values.filter { $0.channel == channel }.sorted { $0.id < $1.id }
  }

  /// Does what a call asks for.
  mutating func perform(
    _ roomOutputs: [VoiceRoom.Output], in channel: UInt64, now: Duration,
    _ outputs: inout [VoiceOutput]
  ) {
    for output in roomOutputs {
      switch output {
      case .send(let users, let message):
        for user in users {
          guard let session = session(of: user, in: channel) else { continue }
          deliver(message, to: session.id, now: now, &outputs)
        }
      case .commit(let users, let bytes):
        for user in users {
          guard let session = session(of: user, in: channel) else { continue }
          let isBad = session.damagesNextCommit
          sessions[session.id]?.damagesNextCommit = false
          deliver(
            .binary(29, isBad ? Self.damaged(bytes) : bytes), to: session.id, now: now, &outputs)
        }
      case .welcome(let user, let bytes):
        guard let session = session(of: user, in: channel) else { continue }
        let isBad = session.damagesNextWelcome
        sessions[session.id]?.damagesNextWelcome = false
        deliver(
          .binary(30, isBad ? Self.damaged(bytes) : bytes), to: session.id, now: now, &outputs)
      case .epochBegun: statistics.epochs += 1
      case .ignored: statistics.ignoredMLS += 1
      }
    }
  }

  private static func damaged(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    // Within a signature, a tag or a ciphertext: well-formed still.
    if bytes.count > 12 { bytes[bytes.count - 8] ^= 0x55 }
    return bytes
  }

  // MARK: - Ends

  mutating func close(
    _ connection: UInt64, _ code: UInt16, _ reason: String, now: Duration,
    _ outputs: inout [VoiceOutput]
  ) {
    guard let open = connections[connection], open.phase != .ended else { return }
    connections[connection]?.phase = .ended
    statistics.closes[code, default: 0] += 1
    outputs.append(.close(connection: connection, code: code, reason: reason))
    guard let id = open.lastSession, sessions[id]?.connection == connection else { return }
    sessions[id]?.connection = nil
    sessions[id]?.detachedAt = now
    if VoiceFault.endsSession(code) { outputs += end(id, now: now) }
  }

  /// A session is over: the others hear of it.
  mutating func end(_ id: UInt64, now: Duration) -> [VoiceOutput] {
    guard let session = sessions.removeValue(forKey: id) else { return [] }
    var outputs: [VoiceOutput] = [.media(.remove(ssrc: session.ssrc))]
    if let connection = session.connection { connections[connection]?.phase = .ended }
    scheduled.removeAll { task in
      if case .message(_, session: id) = task.task { true } else { false }
    }
    for other in sessions(in: session.channel) {
      deliver(
        .json(13, ["user_id": .id(session.user)]), to: other.id, now: now, &outputs)
    }
    if var room = rooms[session.channel] {
      let roomOutputs = room.leave(session.user, now: now)
      rooms[session.channel] = room
      perform(roomOutputs, in: session.channel, now: now, &outputs)
    }
    if sessions(in: session.channel).isEmpty { rooms[session.channel] = nil }
    return outputs
  }

  // MARK: - Sessions

  mutating func makeSession(
    user: UInt64, guild: UInt64, place: VoicePlace, token: String, connection: UInt64?,
    isScripted: Bool
  ) -> VoiceServerSession {
    sessionCount += 1
    var ssrc: UInt32 = 0
    repeat {
      ssrc = UInt32(truncatingIfNeeded: random.next() >> 20) & 0x7FFF_FFFF
    } while ssrc < 1_000 || sessions.values.contains { $0.ssrc == ssrc }
    let session = VoiceServerSession(
      id: sessionCount, user: user, guild: guild, place: place, token: token, ssrc: ssrc,
      connection: connection, isScripted: isScripted, replayLimit: rules.replayLimit)
    sessions[session.id] = session
    return session
  }

  /// The token for a user's place, the same one as long as the place is.
  package mutating func grant(
    user: UInt64, guild: UInt64, world: some VoiceWorld
  ) -> (token: String, server: Int)? {
    guard let place = world.voicePlace(of: user, in: guild) else { return nil }
    let key = UserInGuild(user: user, guild: guild)
    let server = servers[guild] ?? 0
    if let known = grants[key], known.place.channel == place.channel,
      known.place.sessionID == place.sessionID, known.server == server
    {
      return (known.token, server)
    }
    grantCount += 1
    let token = World.token(guild ^ user &+ grantCount &* 7_919, length: 16)
    grants[key] = Grant(token: token, place: place, server: server)
    return (token, server)
  }
}
