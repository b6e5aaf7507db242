internal import CaptureSynthesis
internal import NIOConcurrencyHelpers
internal import NIOHTTP1
internal import Synchronization
package import WebSocket

/// Voice: what tests and programs do with it.
extension DiscordSimulator {
  /// What runs for voice while the simulator listens.
  struct VoiceListening: Sendable {
    var servers: [WebSocketServer]
    var timer: Task<Void, Never>
  }

  /// Starts the voice servers; ``start(host:port:tls:)`` calls it.
  ///
  /// - Throws: ``WebSocketError`` if no port is free.
  package func startVoice(
    host: String = "127.0.0.1", tls: WebSocketServer.TLSIdentity? = nil
  ) async throws(WebSocketError) {
    var servers: [WebSocketServer] = []
    let port: VoiceDatagramPort
    do {
      port = try await VoiceDatagramPort.bind(host: host) { datagram, address in
        let now = self.clock.uptime.nanoseconds
        let (answers, isDueEarlier) = self.forwarder.withLock { forwarder in
          (forwarder.received(datagram, from: address, now: now), forwarder.isDueEarlier())
        }
        if isDueEarlier { self.voiceDeadlines.continuation.yield() }
        return answers
      }
      for number in 0..<Self.voiceServerCount {
        servers.append(try await startVoiceServer(number, host: host, tls: tls))
      }
    } catch {
      for server in servers { await server.stop() }
      throw (error as? WebSocketError)
        ?? WebSocketError(.connectFailed, "no UDP port at \(host): \(error)")
    }
    let name = tls != nil && host == "127.0.0.1" ? "localhost" : host
    let endpoints = servers.map { "\(name.contains(":") ? "[\(name)]" : name):\($0.port)" }
    datagramPort.withLockedValue { $0 = port }
    let realTime = RealTime.now - clock.uptime.nanoseconds
    forwarder.withLock { $0.realTimeAtStart = realTime }
    withGateway { state, _ in
      state.voice.endpoints = endpoints
      state.voice.server.udp = (host, port.port)
    }
    let timer = Task { await self.runVoiceTimer() }
    voiceListening.withLockedValue { $0 = VoiceListening(servers: servers, timer: timer) }
  }

  private func startVoiceServer(
    _ number: Int, host: String, tls: WebSocketServer.TLSIdentity?
  ) async throws(WebSocketError) -> WebSocketServer {
    var configuration = WebSocketServer.Configuration()
    configuration.host = host
    configuration.tls = tls
    return try await WebSocketServer.start(configuration: configuration) { _ in
      let isRefused = self.state.withLockedValue { $0.voice.refusesUntil > self.clock.uptime }
      return isRefused ? .reject(HTTPServerResponse(status: 503)) : .accept()
    } webSocket: { connection, head in
      await self.serveVoice(connection, target: head.uri, server: number)
    } http: { _ in
      HTTPServerResponse(status: 426)
    }
  }

  /// Stops the voice servers; scripted speakers are over.
  func stopVoice() async {
    let running = voiceListening.withLockedValue { listening in
      defer { listening = nil }
      return listening
    }
    guard let running else { return }
    running.timer.cancel()
    for server in running.servers { await server.stop() }
    let port = datagramPort.withLockedValue { port in
      defer { port = nil }
      return port
    }
    await port?.close()
    forwarder.withLock { $0.players = [] }
    for waiter in speakerWaits.withLockedValue({ $0.endAll() }) { waiter.resume() }
  }

  /// Has somebody talk in a voice channel, as a member of the channel's DAVE group.
  ///
  /// - Parameters:
  ///   - user: a member of the channel's guild, who is not in voice.
  ///   - channel: a voice channel; in a stage the speaker talks as one who was let to the front.
  ///   - script: what the speaker says and when.
  @discardableResult
  package func speak(
    _ user: World.ID, in channel: World.ID, _ script: VoiceScript
  ) -> ScriptedSpeaker {
    let id = speakerWaits.withLockedValue { $0.begin() }
    withGateway { state, _ in
      let now = clock.uptime.nanoseconds
      let seed = state.voice.server.rules.seed
      let player = ScriptPlayer(
        id: id, user: user, guild: state.world.channels[channel]?.guildID ?? 0, channel: channel,
        script: script, now: now, random: SplitMix64(seed: seed).child(id))
      forwarder.withLock { $0.players.append(player) }
    }
    return ScriptedSpeaker(user: user, channel: channel, id: id, simulator: self)
  }

  /// Scripted speakers of a user stop talking and leave.
  ///
  /// - Parameter id: only this one.
  package func stopSpeaking(_ user: World.ID, id: UInt64? = nil) {
    withGateway { state, _ in
      let events = forwarder.withLock { forwarder in
        var events: [ScriptPlayer.Event] = []
        for index in forwarder.players.indices
        where forwarder.players[index].user == user
          && (id ?? forwarder.players[index].id)
            == forwarder.players[index].id
        {
          events += forwarder.players[index].stop()
        }
        forwarder.players.removeAll(where: \.isOver)
        return events
      }
      perform(events, &state, now: clock.uptime)
    }
  }

  /// Adds a fault of voice.
  package func inject(_ fault: VoiceFault) {
    withVoice { state, now in ((), state.voice.server.inject(fault, now: now)) }
  }

  /// Adds faults of voice.
  package func inject(_ faults: [VoiceFault]) {
    for fault in faults { inject(fault) }
  }

  /// What was sent to clients so far, in order; see ``VoiceRules/truthLimit``.
  package var truth: [ForwardedPacket] { forwarder.withLock { $0.truth } }

  /// What scripted speakers said so far, in order, heard by somebody or not.
  package var spoken: [SpokenFrame] { forwarder.withLock { $0.spoken } }

  /// What the voice servers did so far.
  package var voiceStatistics: VoiceStatistics {
    var statistics = state.withLockedValue { $0.voice.server.statistics }
    let media = forwarder.withLock { $0.statistics }
    statistics.discoveries = media.discoveries
    statistics.keepalives = media.keepalives
    statistics.received = media.received
    statistics.refused = media.refused
    statistics.silenced = media.silenced
    statistics.forwarded = media.forwarded
    return statistics
  }

  /// The voice sessions, also those that wait for a resume, the oldest first.
  package var voiceSessions: [VoiceServerSession] {
    state.withLockedValue { $0.voice.server.sessions.values.sorted { $0.id < $1.id } }
  }

  /// Changes the voice servers' numbers; what is open keeps the old ones.
  package func setVoiceRules(_ change: (inout VoiceRules) -> Void) {
    withGateway { state, _ in
      change(&state.voice.server.rules)
      let rules = state.voice.server.rules
      forwarder.withLock { $0.rules = rules }
    }
  }
}

/// A speaker at work, or over.
package struct ScriptedSpeaker: Sendable {
  package let user: World.ID
  package let channel: World.ID
  let id: UInt64
  let simulator: DiscordSimulator

  /// Waits until the script is over.
  package func finished() async {
    await withCheckedContinuation { continuation in
      let waits = simulator.speakerWaits.withLockedValue { $0.wait(id, continuation) }
      if !waits { continuation.resume() }
    }
  }

  /// Stops talking and leaves.
  package func leave() {
    simulator.stopSpeaking(user, id: id)
  }
}
