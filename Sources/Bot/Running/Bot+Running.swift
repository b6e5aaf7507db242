internal import DiscordGateway
internal import Logging
internal import Synchronization

extension Bot {
  /// Runs until ``stop()``, until the task is cancelled or its service group shuts down, or until
  /// Discord refuses the connection for good.
  ///
  /// Running commands have ``BotConfiguration/stopGrace`` to end.
  ///
  /// - Throws: What `GatewayClient.run()` throws, such as an intent that is not granted;
  ///   `BotError` with code `invalidState` if the bot runs already.
  public func run() async throws {
    let canRun = state.withLock { state in
      defer { state.isRunning = true }
      return !state.isRunning
    }
    guard canRun else { throw BotError(.invalidState, "The bot runs already.") }
    defer { state.withLock { $0.isRunning = false } }
    warnOfIntents()
    // Subscribed before the gateway connects, so that no event is missed.
    let events = gateway.events
    try await withThrowingTaskGroup(of: Part.self) { group in
      group.addTask {
        try await self.gateway.run()
        return .gateway
      }
      group.addTask {
        await self.listen(to: events)
        return .commands
      }
      group.addTask {
        await self.registerCommands()
        return .registration
      }
      var over: Set<Part> = []
      while let ended = try await group.next() {
        over.insert(ended)
        if ended == .gateway {
          group.addTask {
            try? await self.clock.sleep(for: self.configuration.stopGrace)
            return .grace
          }
        }
        // Not when only the commands are over: the gateway may still be closing its connection.
        if over.isSuperset(of: [.gateway, .commands]) || ended == .grace { group.cancelAll() }
      }
    }
  }

  private enum Part: Hashable {
    case gateway, commands, registration, grace
  }

  /// Starts the bot and returns when it is connected; ``stop()`` ends it.
  ///
  /// - Throws: What ``run()`` throws, if the bot ends before it is connected.
  public func start() async throws {
    let canStart = state.withLock { state in
      guard !state.isRunning, state.run == nil else { return false }
      state.run = Task { try await self.run() }
      return true
    }
    guard canStart else { throw BotError(.invalidState, "The bot runs already.") }
    try await gateway.waitUntilReady()
  }

  /// Leaves voice channels, closes the gateway and waits for the bot to end.
  ///
  /// - Throws: What ended the bot's ``run()``, if it was started by ``start()``.
  public func stop() async throws {
    await leaveAllVoice()
    await gateway.stop()
    let task = state.withLock { state in
      defer { state.run = nil }
      return state.run
    }
    try await task?.value
  }

  private func listen(to events: GatewayEvents) async {
    await withDiscardingTaskGroup { group in
      for await event in events {
        switch event {
        // At once: messages that come after it are routed by what it says.
        case .ready(let ready): isReady(user: ready.userID, application: ready.applicationID)
        case .messageCreate, .interactionCreate: group.addTask { await self.receive(event) }
        case .missed(let count):
          logger.error("Events were missed", metadata: ["count": "\(count)"])
        default: break
        }
      }
    }
  }

  private func registerCommands() async {
    await registrar.run(
      wanted: { self.wantedRegistration() },
      failed: { await self.note(BotFailure(.registration, error: $0), context: nil) })
  }

  private func warnOfIntents() {
    guard let prefix = configuration.prefix, !prefix.isEmpty,
      !gateway.configuration.intents.contains(.messageContent)
    else { return }
    logger.notice(
      """
      Without the privileged intent MESSAGE_CONTENT, commands with a prefix work in direct messages \
      only; mentions of the bot and slash commands work everywhere
      """)
  }
}
