internal import CaptureSynthesis
internal import NIOConcurrencyHelpers
internal import Synchronization

/// Those who wait for scripted speakers to be over.
struct SpeakerWaits: Sendable {
  private(set) var count: UInt64 = 0
  private var running: Set<UInt64> = []
  private var waiting: [UInt64: [CheckedContinuation<Void, Never>]] = [:]

  mutating func begin() -> UInt64 {
    count += 1
    running.insert(count)
    return count
  }

  /// Whether one has to wait, and then does.
  mutating func wait(_ id: UInt64, _ continuation: CheckedContinuation<Void, Never>) -> Bool {
    guard running.contains(id) else { return false }
    waiting[id, default: []].append(continuation)
    return true
  }

  mutating func end(_ id: UInt64) -> [CheckedContinuation<Void, Never>] {
    running.remove(id)
    return waiting.removeValue(forKey: id) ?? []
  }

  mutating func endAll() -> [CheckedContinuation<Void, Never>] {
    defer { (running, waiting) = ([], [:]) }
    return waiting.values.flatMap(\.self)
  }
}

extension DiscordSimulator {
  /// Does what the scripted speakers want.
  func perform(_ events: [ScriptPlayer.Event], _ state: inout State, now: Duration) {
    for event in events {
      switch event {
      case .join(let id): join(id, &state, now: now)
      case .leave(let user, let guild):
        perform(
          state.voice.server.speakerLeaves(user, guild: guild, now: now), &state, now: now)
        state.world.leaveVoice(user, guild: guild)
      case .speaking(let user, let flags):
        perform(
          state.voice.server.speakerSpeaks(user, flags: flags, now: now), &state, now: now)
      case .finished(let id):
        for waiter in speakerWaits.withLockedValue({ $0.end(id) }) { waiter.resume() }
      }
    }
  }

  private func join(_ id: UInt64, _ state: inout State, now: Duration) {
    let player = forwarder.withLock { forwarder in
      forwarder.players.first { $0.id == id }
    }
    guard let player else { return }
    if state.world.voiceStates[player.guild]?[player.user] == nil {
      state.world.joinVoice(player.user, channel: player.channel)
    }
    state.world.suppress(player.user, false, guild: player.guild)
    let joined = state.voice.server.speakerJoins(
      player.user, guild: player.guild, keyChange: player.script.keyChange, now: now,
      world: state.world)
    if let joined {
      perform(joined.outputs, &state, now: now)
    } else {
      let events = forwarder.withLock { forwarder in
        var events: [ScriptPlayer.Event] = []
        forwarder.update(player.user) { events += $0.out(isKicked: true, now: now.nanoseconds) }
        return events
      }
      perform(events, &state, now: now)
    }
  }

  // MARK: - Time

  /// Tells the timer if something is due earlier than it knows.
  func announceVoice(_ state: inout State) {
    let media = forwarder.withLock { $0.nextDeadline }.map { Duration.nanoseconds($0) }
    let deadline = [state.voice.server.nextDeadline, media].compactMap(\.self).min()
    guard let deadline else { return }
    if state.voice.announcedDeadline.map({ deadline < $0 }) ?? true {
      state.voice.announcedDeadline = deadline
      voiceDeadlines.continuation.yield()
    }
  }

  /// Runs what voice does by itself. Returns when cancelled.
  func runVoiceTimer() async {
    var sleeper: Task<Void, Never>?
    for await _ in voiceDeadlines.stream {
      sleeper?.cancel()
      await sleeper?.value
      sleeper = Task { await self.tickVoiceAtDeadlines() }
    }
    sleeper?.cancel()
  }

  private func tickVoiceAtDeadlines() async {
    while !Task.isCancelled {
      let deadline = state.withLockedValue { state in
        let media = forwarder.withLock { forwarder in
          forwarder.announcedDeadline = forwarder.nextDeadline
          return forwarder.announcedDeadline.map { Duration.nanoseconds($0) }
        }
        state.voice.announcedDeadline =
          [state.voice.server.nextDeadline, media].compactMap(\.self).min()
        return state.voice.announcedDeadline
      }
      guard let deadline else { return }
      let wait = deadline - clock.uptime
      if wait > .zero {
        // Many speakers' packets are due at many times: those of a millisecond go together.
        guard (try? await clock.sleep(for: max(wait, .milliseconds(1)))) != nil else { return }
      }
      tickVoice()
    }
  }

  private func tickVoice() {
    let now = clock.uptime
    let (datagrams, events) = forwarder.withLock { forwarder in
      forwarder.tick(now: now.nanoseconds)
    }
    datagramPort.withLockedValue { $0 }?.send(datagrams)
    let isDue = state.withLockedValue { $0.voice.server.nextDeadline.map { $0 <= now } ?? false }
    guard isDue || !events.isEmpty else { return }
    withVoice { state, _ in
      perform(events, &state, now: now)
      return ((), state.voice.server.tick(now: now))
    }
  }
}
