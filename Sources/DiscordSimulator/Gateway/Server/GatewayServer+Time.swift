/// What happens by itself: heartbeats that did not come, sessions that nobody resumed, timed faults.
extension GatewayServer {
  /// When `tick` has something to do next, nil when it never has.
  package var nextDeadline: Duration? {
    var deadlines: [Duration] = []
    for connection in connections.values where connection.phase != .ended {
      deadlines.append(heartbeatDeadline(connection))
    }
    for session in sessions.values {
      if let since = session.detachedAt { deadlines.append(since + rules.sessionLifetime) }
    }
    for fault in faults {
      if case .time(let time) = fault.trigger { deadlines.append(time) }
    }
    return deadlines.min()
  }

  /// Does what is due at this time.
  package mutating func tick(now: Duration, world: some GatewayWorld) -> [GatewayOutput] {
    var outputs: [GatewayOutput] = []
    for id in connections.keys.sorted() {
      guard let connection = connections[id], connection.phase != .ended,
        now >= heartbeatDeadline(connection)
      else { continue }
      close(id, 4009, "Session timed out.", now: now, &outputs)
    }
    for (id, session) in sessions {
      if let since = session.detachedAt, now >= since + rules.sessionLifetime {
        endSession(id)
      }
    }
    let due = takeFaults { if case .time(let time) = $0 { time <= now } else { false } }
    for fault in due { everywhere(fault.effect, now: now, world, &outputs) }
    return outputs
  }

  private func heartbeatDeadline(_ connection: GatewayServerConnection) -> Duration {
    connection.lastHeartbeat + rules.heartbeatInterval + rules.heartbeatTolerance
  }
}
