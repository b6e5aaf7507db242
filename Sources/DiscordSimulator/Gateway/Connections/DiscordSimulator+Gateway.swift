internal import JSONValues
internal import NIOConcurrencyHelpers
internal import WebSocket

/// The gateway's WebSockets. The server that listens asks `admitsGatewayConnection()` before an
/// upgrade, gives each upgraded connection to `serveGateway`, and runs `runGatewayTimer` beside.
extension DiscordSimulator {
  /// Whether a connection to the gateway is let in now: a fault may refuse it.
  func admitsGatewayConnection() -> Bool {
    withGateway { state, now in state.gateway.server.admitsConnection(now: now) }
  }

  /// Serves a connection until it ends.
  ///
  /// - Parameter target: the request's path and query.
  func serveGateway(_ connection: WebSocketConnection, target: String) async {
    let (id, tasks) = withGateway { state, now in
      let limit = state.gateway.server.rules.outboxLimit
      let added = state.gateway.outboxes.add(limit: limit) { connection.abort() }
      let outputs = state.gateway.server.opened(
        added.id, target: target, now: now, world: state.world)
      state.perform(outputs, now: now)
      return added
    }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.perform(tasks, on: connection) }
      await read(connection, id)
      var code: UInt16?
      if let close = connection.end?.close, close.initiatedByPeer { code = close.code ?? 1005 }
      withGateway { state, now in
        state.gateway.server.closed(id, code: code, now: now)
        state.gateway.outboxes.remove(id)
      }
      group.cancelAll()
    }
  }

  private func read(_ connection: WebSocketConnection, _ id: UInt64) async {
    do {
      for try await message in connection.messages {
        withGateway { state, now in
          let outputs =
            switch message {
            case .text(let text):
              state.gateway.server.received(
                Array(text.utf8), from: id, now: now, world: state.world)
            case .binary: state.gateway.server.receivedBinary(from: id, now: now)
            }
          state.perform(outputs, now: now)
        }
      }
    } catch {
      // How it ended, `connection.end` tells.
    }
  }

  /// Runs the gateway's timer: heartbeats that do not come, sessions that nobody resumes, timed
  /// faults. Returns when cancelled.
  func runGatewayTimer() async {
    var sleeper: Task<Void, Never>?
    for await _ in gatewayDeadlines.stream {
      sleeper?.cancel()
      sleeper = Task { await self.tickAtDeadline() }
    }
    sleeper?.cancel()
  }

  private func tickAtDeadline() async {
    while !Task.isCancelled {
      let wait = state.withLockedValue { state in
        state.gateway.server.nextDeadline.map { $0 - gatewayTime }
      }
      guard let wait else { return }
      if wait > .zero {
        guard (try? await clock.sleep(for: wait)) != nil else { return }
      } else {
        withGateway { state, now in
          state.perform(state.gateway.server.tick(now: now, world: state.world), now: now)
        }
      }
    }
  }

  /// The time of the gateway: since the simulator's making.
  var gatewayTime: Duration { .milliseconds(clock.now - gatewayStart) }

  /// Does something with the gateway, then tells the sessions of what changed in the world by it.
  @discardableResult
  func withGateway<T>(_ body: (inout State, Duration) throws -> T) rethrows -> T {
    try state.withLockedValue { state in
      let now = gatewayTime
      defer {
        state.flushGateway(now: now)
        followWorld(&state, now: now)
        state.world.setSessionStarts(state.gateway.server, now: now)
        let deadline = state.gateway.server.nextDeadline
        if deadline != state.gateway.announcedDeadline {
          state.gateway.announcedDeadline = deadline
          gatewayDeadlines.continuation.yield()
        }
      }
      return try body(&state, now)
    }
  }
}

extension World {
  /// What GET /gateway/bot says of the sessions still to be started.
  fileprivate mutating func setSessionStarts(_ server: GatewayServer, now: Duration) {
    for id in applications.keys {
      let limit = server.sessionStartLimit(of: id, now: now)
      guard let remaining = limit["remaining"]?.integer else { continue }
      applications[id]?.sessionStartsRemaining = Int(clamping: remaining)
    }
  }
}
