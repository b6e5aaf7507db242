internal import NIOConcurrencyHelpers
internal import Synchronization
internal import WebSocket

/// The WebSockets of the voice servers.
extension DiscordSimulator {
  /// How many voice servers there are: a guild's voice migrates from one to the other.
  static let voiceServerCount = 2

  /// Serves a connection until it ends.
  ///
  /// - Parameters:
  ///   - target: the request's path and query.
  ///   - server: the number of the voice server.
  func serveVoice(_ connection: WebSocketConnection, target: String, server: Int) async {
    let (id, tasks) = withVoice { state, now in
      let limit = state.voice.server.rules.outboxLimit
      let added = state.voice.add(limit: limit) { connection.abort() }
      return (
        added, state.voice.server.opened(added.id, target: target, server: server, now: now)
      )
    }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.perform(tasks, on: connection) }
      await readVoice(connection, id)
      var code: UInt16?
      if let close = connection.end?.close, close.initiatedByPeer { code = close.code ?? 1005 }
      withVoice { state, now in
        let outputs = state.voice.server.closed(id, code: code, now: now)
        state.voice.remove(id)
        return ((), outputs)
      }
      group.cancelAll()
    }
  }

  private func readVoice(_ connection: WebSocketConnection, _ id: UInt64) async {
    do {
      for try await message in connection.messages {
        let held = state.withLockedValue { $0.voice.heldUntil(id) } - clock.uptime
        if held > .zero { try await clock.sleep(for: held) }
        withVoice { state, now in
          let outputs =
            switch message {
            case .text(let text):
              state.voice.server.received(
                Array(text.utf8), from: id, now: now, world: state.world)
            case .binary(let bytes): state.voice.server.received(binary: bytes, from: id, now: now)
            }
          return ((), outputs)
        }
      }
    } catch {
      // How it ended, `connection.end` tells.
    }
  }

  // MARK: - State

  /// Does something with the voice servers, and then what they ask for.
  @discardableResult
  func withVoice<T>(_ body: (inout State, Duration) -> (T, [VoiceOutput])) -> T {
    withGateway { state, _ in
      let now = clock.uptime
      let (result, outputs) = body(&state, now)
      perform(outputs, &state, now: now)
      return result
    }
  }

  /// Tells the voice servers of what changed in the world, until nothing is left to tell.
  func followWorld(_ state: inout State, now gatewayNow: Duration) {
    let now = clock.uptime
    while state.voice.knownRevision != state.world.voiceRevision {
      state.voice.knownRevision = state.world.voiceRevision
      let mover = state.voice.ownMoves.popFirst()
      let outputs = state.voice.server.worldChanged(state.world, ownMove: mover, now: now)
      perform(outputs, &state, now: now)
      state.flushGateway(now: gatewayNow)
    }
    state.voice.ownMoves = []
    announceVoice(&state)
  }

  /// Does what the voice servers ask for.
  func perform(_ outputs: [VoiceOutput], _ state: inout State, now: Duration) {
    for output in outputs {
      switch output {
      case .send(let connection, let message): state.voice.put(.send(message), for: connection)
      case .close(let connection, let code, let reason):
        state.voice.put(.close(code, reason), for: connection)
      case .reset(let connection): state.voice.put(.reset, for: connection)
      case .silence(let connection): state.voice.put(.silence, for: connection)
      case .hold(let connection, let length):
        state.voice.hold(connection, length, now: now)
      case .serverUpdate(let guild, let user, let hasEndpoint):
        guard let session = state.world.voiceStates[guild]?[user]?.sessionID,
          var assignment = state.voiceAssignment(of: user, guild: guild)
        else { continue }
        if !hasEndpoint { assignment.endpoint = nil }
        state.tell(assignment, guild: guild, session: session, now: gatewayTime)
      case .speakerOut(let user, _, let isKicked):
        let events = forwarder.withLock { forwarder in
          var events: [ScriptPlayer.Event] = []
          forwarder.update(user) { events += $0.out(isKicked: isKicked, now: now.nanoseconds) }
          return events
        }
        perform(events, &state, now: now)
      case .media(let change):
        forwarder.withLock { $0.change(change, now: now.nanoseconds) }
      case .world(let effect, let user, let guild):
        change(&state.world, by: effect, user: user, guild: guild)
      }
    }
  }

  private func change(
    _ world: inout World, by effect: VoiceFault.Effect, user: World.ID, guild: World.ID
  ) {
    let guild = guild != 0 ? guild : world.voiceStates.first { $0.value[user] != nil }?.key
    guard let guild else { return }
    switch effect {
    case .kick: world.leaveVoice(user, guild: guild)
    case .move(let channel): world.joinVoice(user, channel: channel)
    case .deafen(let isOn):
      guard var member = world.guilds[guild]?.members[user] else { return }
      member.isDeafened = isOn
      world.update(member, in: guild)
    case .mute(let isOn):
      guard var member = world.guilds[guild]?.members[user] else { return }
      member.isMuted = isOn
      world.update(member, in: guild)
    default: break
    }
  }
}
