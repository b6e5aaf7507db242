internal import DiscordREST
internal import JSONValues
internal import Logging

/// A channel to ask for; nil: leave.
struct ChannelChoice: Sendable {
  var channel: ID<Channel>?
}

extension VoiceSession {
  /// How long somebody else's code may take before we go on without it.
  private static let patience = (voiceState: Duration.seconds(5), store: Duration.seconds(1))
  /// How long the first voice states may take.
  private static let firstSignals = Duration.milliseconds(300)

  /// Does the engine's jobs until the stay has ended.
  func run() async {
    await withDiscardingTaskGroup { lasting in
      lasting.addTask { await self.sendVoiceStates() }
      lasting.addTask { await self.storeKeys() }
      await withDiscardingTaskGroup { jobs in
        await engine.begin()
        for await job in inlets.jobs {
          switch job {
          // These end by themselves, in their own time.
          case .connect, .close: lasting.addTask { await self.perform(job) }
          default: jobs.addTask { await self.perform(job) }
          }
        }
        jobs.cancelAll()
      }
    }
    state.finish()
  }

  private func perform(_ job: VoiceEngine.Job) async {
    switch job {
    case .userID: await learnUserID()
    case .signals: await readSignals()
    case .lookUp(let channel): lookUp(channel)
    case .connect(let url, let attempt, let outgoing): await connect(url, attempt, outgoing)
    case .discover(let socket, let ssrc, let connection):
      let mapped = try? await socket.discover(ssrc: ssrc)
      if !Task.isCancelled { await engine.discovered(mapped, connection: connection) }
    case .sleep(let length):
      try? await clock.sleep(for: length)
      if !Task.isCancelled { await engine.woke() }
    case .close(let socket): socket.close()
    }
  }

  private func learnUserID() async {
    do {
      await engine.begin(as: try await signaling.userID)
    } catch {
      logger.warning(
        "The bot's id is not known", metadata: ["error": "\(DisplayText.sanitized("\(error)"))"])
      await engine.fail(
        VoiceEnd(.gatewayStopped, "Discord's gateway cannot be reached.", mayRetry: true))
    }
  }

  private func readSignals() async {
    let signals = signaling.voiceSignals(in: configuration.guild)
    await withDiscardingTaskGroup { group in
      group.addTask { [engine, clock] in
        try? await clock.sleep(for: Self.firstSignals)
        await engine.take(.start)
      }
      for await signal in signals {
        await engine.heard(signal)
        if case .connected = signal { await engine.take(.start) }
      }
      group.cancelAll()
    }
    if !Task.isCancelled { await engine.take(.signalsEnded) }
  }

  /// Nobody waits for it.
  private func lookUp(_ channel: ID<Channel>) {
    let (engine, ask) = (engine, configuration.channelFacts)
    Task { await engine.learned(await ask?(channel), of: channel) }
  }

  /// One after another, in order.
  private func sendVoiceStates() async {
    for await choice in inlets.voiceStates {
      let (signaling, configuration, logger) = (signaling, configuration, logger)
      await bounded(by: Self.patience.voiceState) {
        do {
          try await signaling.sendVoiceState(
            guild: configuration.guild, channel: choice.channel,
            selfMute: configuration.selfMute, selfDeaf: configuration.selfDeaf)
        } catch {
          logger.warning(
            "A voice state was not sent",
            metadata: ["error": "\(DisplayText.sanitized("\(error)"))"])
        }
      }
    }
  }

  /// One after another; keys that cannot be stored in time do not hold up those that come next.
  private func storeKeys() async {
    for await (keys, connection, number) in inlets.stores {
      let (engine, observer) = (engine, observer)
      await bounded(by: Self.patience.store) {
        await observer.store(keys)
        await engine.stored(connection: connection, number: number)
      }
    }
  }

  /// Waits for `work`, but not longer than that; what takes longer goes on by itself.
  private func bounded(
    by time: Duration, _ work: @escaping @Sendable () async -> Void
  ) async {
    let (over, end) = AsyncStream<Void>.makeStream()
    let clock = clock
    Task {
      await work()
      end.finish()
    }
    let timer = Task {
      try? await clock.sleep(for: time)
      end.finish()
    }
    for await _ in over {}
    timer.cancel()
  }
}
