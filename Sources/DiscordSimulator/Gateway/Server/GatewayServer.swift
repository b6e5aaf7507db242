package import JSONValues

/// Discord's gateway as a value: what connections send and what happens in the world goes in, what
/// the connections get comes out. No socket and no clock: `now` is the time since any fixed start.
///
/// It enforces the documented rules (Identify, intents, shards, heartbeats, send limit, resume with
/// replay, session start limits) and does the faults of its plan.
/// <https://discord.com/developers/docs/events/gateway>
package struct GatewayServer: Sendable {
  package var rules: GatewayRules
  /// What happened so far.
  package internal(set) var statistics = GatewayStatistics()
  /// The sessions by id, also those that wait for a resume.
  package internal(set) var sessions: [String: GatewayServerSession] = [:]

  var connections: [UInt64: GatewayServerConnection] = [:]
  /// Faults that have not happened yet.
  var faults: [GatewayFault]
  var refusedResumes = 0
  var repeatedReplay = 0
  var helloDelay: Duration?
  var refusesUntil: Duration?
  var startLimits: [UInt64: SessionStarts] = [:]
  var sessionCount: UInt64 = 0
  private var ended: [String] = []

  /// A gateway without connections.
  package init(rules: GatewayRules = GatewayRules(), faults: [GatewayFault] = []) {
    self.rules = rules
    self.faults = faults
  }

  /// Whether a connection is let in now; not while `refuseConnections` lasts.
  package mutating func admitsConnection(now: Duration) -> Bool {
    guard let end = refusesUntil, now < end else { return true }
    statistics.refusedConnections += 1
    return false
  }

  /// A connection is open: HELLO.
  ///
  /// - Parameter target: the request's target with its query, such as `/?v=10&encoding=json`.
  package mutating func opened(
    _ connection: UInt64, target: String, now: Duration, world: some GatewayWorld
  ) -> [GatewayOutput] {
    statistics.connections += 1
    var outputs: [GatewayOutput] = []
    connections[connection] = GatewayServerConnection(target: target, now: now)
    let number = statistics.connections
    let due = takeFaults { $0 == .connection(number) }
    for fault in due { apply(fault.effect, to: connection, now: now, world, &outputs) }
    guard let opened = connections[connection], opened.phase != .ended else { return outputs }
    if let delay = helloDelay {
      helloDelay = nil
      connections[connection]?.lastHeartbeat += delay
      outputs.append(.pause(connection, delay))
    }
    guard opened.parameter("v").map({ ["9", "10"].contains($0) }) ?? true else {
      close(connection, 4012, "Invalid API version", now: now, &outputs)
      return outputs
    }
    guard opened.parameter("encoding").map({ $0 == "json" }) ?? true else {
      close(connection, 4002, "The simulator speaks JSON only", now: now, &outputs)
      return outputs
    }
    let interval = rules.heartbeatInterval.wholeMilliseconds
    outputs.append(
      .send(connection, payload(10, .object(["heartbeat_interval": .integer(interval)]))))
    return outputs
  }

  /// A connection is over; `code` is nil when no close frame came.
  package mutating func closed(_ connection: UInt64, code: UInt16?, now: Duration) {
    guard let ended = connections.removeValue(forKey: connection) else { return }
    if ended.phase != .ended { statistics.clientCloses[code ?? 0, default: 0] += 1 }
    guard let id = ended.lastSession, let session = sessions[id] else { return }
    if session.connection == connection { detach(id, now: now) }
    // A client that says goodbye ends its session.
    if ended.phase != .ended, code == 1000 || code == 1001, sessions[id]?.connection == nil {
      endSession(id)
    }
  }

  /// Something happened in the world: sent to every session that may hear of it.
  package mutating func dispatch(
    _ event: WorldEvent, now: Duration, world: some GatewayWorld
  ) -> [GatewayOutput] {
    var outputs: [GatewayOutput] = []
    for id in sessions.keys.sorted() {
      guard let data = sessions[id]?.visible(event, in: world) else { continue }
      deliver(event.type, data, to: id, now: now, world, &outputs)
    }
    return outputs
  }

  /// An event for one session only, such as VOICE_SERVER_UPDATE.
  package mutating func dispatch(
    _ type: String, _ data: JSONValue, toSession id: String, now: Duration,
    world: some GatewayWorld
  ) -> [GatewayOutput] {
    var outputs: [GatewayOutput] = []
    deliver(type, data, to: id, now: now, world, &outputs)
    return outputs
  }

  /// Takes the ids of the sessions that are over since the last call: their voice states end.
  package mutating func takeEndedSessions() -> [String] {
    defer { ended = [] }
    return ended
  }

  mutating func endSession(_ id: String) {
    if sessions.removeValue(forKey: id) != nil { ended.append(id) }
  }

  /// Numbers an event for a session, sends it if the session has a connection, and does the faults
  /// that fall on it.
  mutating func deliver(
    _ type: String, _ data: JSONValue, to id: String, now: Duration, _ world: some GatewayWorld,
    _ outputs: inout [GatewayOutput]
  ) {
    guard let payload = sessions[id]?.number(type, data) else { return }
    statistics.dispatches += 1
    let connection = sessions[id]?.connection
    if let connection { emit(payload, on: connection, &outputs) }
    let number = statistics.dispatches
    for fault in takeFaults({ $0 == .dispatch(number) }) {
      apply(fault.effect, to: connection, session: id, now: now, world, &outputs)
    }
  }

  /// Sends a dispatch, late if a fault says so.
  mutating func emit(
    _ payload: JSONValue, on connection: UInt64, _ outputs: inout [GatewayOutput]
  ) {
    if let slow = connections[connection]?.slow {
      outputs.append(.pause(connection, slow.delay))
      connections[connection]?.slow = slow.left > 1 ? (slow.delay, slow.left - 1) : nil
    }
    outputs.append(.send(connection, payload))
  }

  func payload(_ op: Int64, _ data: JSONValue) -> JSONValue {
    .object(["op": .integer(op), "d": data, "s": .null, "t": .null])
  }
}

extension Duration {
  /// Whole milliseconds, rounded down.
  var wholeMilliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
