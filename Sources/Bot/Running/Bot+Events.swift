package import DiscordGateway
package import DiscordREST
internal import JSONValues
internal import Logging
internal import Synchronization

extension Bot {
  /// Does what a message or an interaction asks for, to its end.
  package func receive(_ event: GatewayEvent) async {
    switch event {
    case .messageCreate(let message): await receive(message)
    case .interactionCreate(let interaction): await receive(interaction)
    default: break
    }
  }

  /// The bot is connected as this user.
  package func isReady(user: ID<User>, application: ID<Application>?) {
    state.withLock { state in
      state.router.ownUser = user
      state.application = application
    }
    registrar.commandsChanged()
  }

  private func receive(_ message: Message) async {
    guard let incoming = IncomingMessage(message.json) else { return }
    let route = state.withLock { $0.router.route(incoming) }
    if incoming.looksWithheld { warnOfContent(incoming) }
    let answers = MessageAnswers(message: message, isDirect: incoming.guild == nil)
    switch route {
    case .ignored, .unknown: return
    case .refused(let command, let reason):
      await answer(reason, of: command, for: incoming.author, with: answers)
    case .call(let command, let arguments):
      let context = CommandContext(
        bot: self, command: command, source: .message(message), caller: message.author,
        guild: incoming.guild, channel: message.channelID, arguments: arguments, answers: answers)
      await run(context)
    }
  }

  private func receive(_ interaction: Interaction) async {
    guard let caller = interaction.user, let channel = interaction.channelID else { return }
    let sender = RESTInteractionSender(interaction: interaction)
    let answers = InteractionAnswers(responder: InteractionResponder(sender: sender))
    switch state.withLock({ $0.router.route(interaction: interaction.json) }) {
    case .ignored, .refused: return
    case .unknown(let name):
      do {
        try await answers.finish(saying: "This command is no more.")
      } catch {
        await note(BotFailure(.answer(name), user: caller.id, error: error), context: nil)
      }
    case .call(let command, let arguments):
      let context = CommandContext(
        bot: self, command: command, source: .interaction(interaction), caller: caller,
        guild: interaction.guildID, channel: channel, arguments: arguments,
        answers: answers)
      // Discord waits 3 seconds; unstructured, since a deferral that is under way must not be
      // torn off when the command ends.
      let deferral = Task {
        try await clock.sleep(for: configuration.deferAfter)
        do {
          try await answers.showProgress(isEphemeral: command.isEphemeral)
        } catch {
          await note(
            BotFailure(.answer(command.name), user: caller.id, error: error), context: context)
        }
      }
      await run(context)
      deferral.cancel()
    }
  }

  /// Runs a command and says what there is to say at its end.
  private func run(_ context: CommandContext) async {
    let name = context.command.name
    let mayRun = state.withLock { state in
      guard state.running < configuration.maximumConcurrentCommands else { return false }
      state.running += 1
      return true
    }
    guard mayRun else {
      await note(
        BotFailure(
          .command(name), user: context.caller.id,
          error: BotError(.busy, "Too many commands run at once.")), context: context)
      await answer(
        "Too busy just now.", of: context.command, for: context.caller.id, with: context.answers)
      return
    }
    defer { state.withLock { $0.running -= 1 } }
    var problem: String?
    do {
      if let lacking = try await lackingPermissions(of: context) {
        throw CommandRefusal("You may not do this here: \(lacking).")
      }
      try await context.command.handler(context)
    } catch let refusal as CommandRefusal {
      problem = refusal.message
    } catch is CancellationError where Task.isCancelled {
      return
    } catch {
      problem = "Something went wrong."
      await note(
        BotFailure(.command(name), user: context.caller.id, error: error), context: context)
    }
    await answer(problem, of: context.command, for: context.caller.id, with: context.answers)
  }

  private func answer(
    _ problem: String?, of command: Command, for user: ID<User>, with answers: any CommandAnswers
  ) async {
    do {
      try await answers.finish(saying: problem)
    } catch {
      await note(BotFailure(.answer(command.name), user: user, error: error), context: nil)
    }
  }

  /// Keeps a failure and tells whoever wants to know.
  func note(_ failure: BotFailure, context: CommandContext?) async {
    logger.error("\(failure)")
    let handlers = state.withLock { state in
      state.failures.add(failure)
      return state.failureHandlers
    }
    for handler in handlers { await handler(failure, context) }
  }

  /// A message without anything to see is what Discord sends to a bot without the intent.
  private func warnOfContent(_ message: IncomingMessage) {
    guard !message.isFromBot, message.guild != nil else { return }
    let isFirst = state.withLock { state in
      defer { state.hasWarnedOfContent = true }
      return !state.hasWarnedOfContent
    }
    guard isFirst else { return }
    logger.warning(
      """
      A message came without its text: commands with a prefix need the privileged intent \
      MESSAGE_CONTENT (developer portal, Bot, Privileged Gateway Intents, and the bot's intents)
      """)
  }
}
