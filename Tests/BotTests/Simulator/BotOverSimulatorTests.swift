import Bot
import DiscordGateway
import DiscordREST
import DiscordSimulator
import JSONValues
import Testing

/// A bot over real sockets, in the simulator's sample world.
private struct LiveBot {
  let simulator: DiscordSimulator
  let ids: World.Sample
  let bot: Bot
  let events: GatewayEvents

  init(_ configuration: BotConfiguration, intents: Intents = .prefixCommands) async throws {
    let now: World.Time = 1_795_500_000_000
    let sample = World.sample(now: now)
    ids = sample.ids
    simulator = DiscordSimulator(
      world: sample.world, clock: SimulatorClock(ContinuousClock(), start: now))
    let addresses = try await simulator.start()
    var settings = DiscordClient.Configuration()
    settings.baseURL = addresses.apiBase
    let client = DiscordClient(
      credential: try DiscordCredential(botToken: sample.ids.botToken), configuration: settings)
    bot = Bot(client: client, intents: intents, configuration: configuration)
    events = bot.gateway.events
  }

  func stop() async throws {
    try await bot.stop()
    await simulator.stop()
  }

  /// The next message that the bot itself wrote, as it hears it.
  func ownMessage() async -> Message? {
    for await event in events {
      if case .messageCreate(let message) = event, message.author.id.snowflake.rawValue == ids.bot {
        return message
      }
    }
    return nil
  }

  /// Uses a slash command once it is registered.
  func invoke(_ name: String, _ options: [JSONValue] = []) async throws -> World.Interaction {
    while !Task.isCancelled {
      let interaction = simulator.mutate { world, now in
        world.invoke(name, options: options, by: ids.alice, in: ids.general, now: now)
      }
      if let interaction { return interaction }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw CancellationError()
  }

  /// The interaction once it is answered as wanted.
  func settled(
    _ interaction: World.Interaction, _ isSettled: (World.Interaction, World) -> Bool
  ) async throws -> World.Interaction {
    while !Task.isCancelled {
      let world = simulator.world
      if let now = world.interactions[interaction.token], isSettled(now, world) { return now }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw CancellationError()
  }
}

@Suite(.timeLimit(.minutes(2))) struct BotOverSimulatorTests {
  private let echo = CommandOption.string("text", "What to say", required: true)

  @Test func aMemberCallsAndTheBotAnswersInTheChannel() async throws {
    let live = try await LiveBot(BotConfiguration(slashCommands: .off))
    try live.bot.command("echo", description: "Says it again", options: [echo]) {
      try await $0.reply($0.string("text") ?? "")
    }
    try await live.bot.start()
    let call = live.simulator.post(as: live.ids.alice, in: live.ids.general, "!echo hi @everyone")
    let answer = try #require(await live.ownMessage())
    #expect(answer.rawContent == "hi @everyone")
    #expect(answer.channelID.snowflake.rawValue == live.ids.general)
    #expect(answer.referencedID?.snowflake.rawValue == call.id)
    #expect(!answer.mentionsEveryone)
    #expect(answer.mentions.isEmpty)
    #expect(live.bot.failures.isEmpty)
    try await live.stop()
  }

  @Test func aMentionCallsWithoutThePrivilegedIntent() async throws {
    let live = try await LiveBot(
      BotConfiguration(slashCommands: .off), intents: .mentionCommands)
    try live.bot.command("echo", description: "Says it again", options: [echo]) {
      try await $0.reply($0.string("text") ?? "")
    }
    try await live.bot.start()
    // Discord withholds the first, so only the second is answered.
    live.simulator.post(as: live.ids.alice, in: live.ids.general, "!echo one")
    live.simulator.post(as: live.ids.alice, in: live.ids.general, "<@\(live.ids.bot)> echo two")
    #expect(await live.ownMessage()?.rawContent == "two")
    try await live.stop()
  }

  @Test func permissionsOfThePrefixCommandAreComputed() async throws {
    let live = try await LiveBot(BotConfiguration(slashCommands: .off))
    try live.bot.command("tidy", description: "d", permissions: [.manageMessages]) {
      try await $0.reply("tidied")
    }
    try await live.bot.start()
    // Carol has no role; Bob is a moderator; Alice owns the guild.
    var answers: [String] = []
    for user in [live.ids.carol, live.ids.bob, live.ids.alice] {
      live.simulator.post(as: user, in: live.ids.general, "!tidy")
      answers.append(try #require(await live.ownMessage()).rawContent)
    }
    #expect(answers == ["You may not do this here: MANAGE_MESSAGES.", "tidied", "tidied"])
    try await live.stop()
  }

  @Test func aSlashCommandIsRegisteredAndAnswered() async throws {
    let live = try await LiveBot(BotConfiguration(registrationDelay: .zero))
    try live.bot.command("echo", description: "Says it again", options: [echo]) {
      try await $0.reply($0.string("text") ?? "")
    }
    try await live.bot.start()
    let call = try await live.invoke("echo", [["name": "text", "type": 3, "value": "hi"]])
    let answered = try await live.settled(call) { now, _ in now.originalID != nil }
    #expect(answered.response == 4)
    #expect(!answered.isEphemeral)
    #expect(await live.ownMessage()?.rawContent == "hi")
    try await live.stop()
  }

  @Test func aSlowPrivateCommandIsDeferredAndStaysPrivate() async throws {
    let live = try await LiveBot(
      BotConfiguration(deferAfter: .milliseconds(20), registrationDelay: .zero))
    let (gate, open) = AsyncStream<Void>.makeStream()
    try live.bot.command("secret", description: "d", ephemeral: true) { context in
      for await _ in gate { break }
      try await context.reply("psst")
    }
    try await live.bot.start()
    let call = try await live.invoke("secret")
    let deferred = try await live.settled(call) { now, _ in now.response != nil }
    #expect(deferred.response == 5)
    open.yield()
    let answered = try await live.settled(call) { now, world in
      now.originalID.flatMap { world.message($0, in: now.channelID)?.content } == "psst"
    }
    #expect(answered.isEphemeral)
    #expect(answered.followupIDs.isEmpty)
    #expect(live.bot.failures.isEmpty)
    try await live.stop()
  }

  @Test func commandsThatAreAddedLaterAreRegisteredAndNothingTwice() async throws {
    let live = try await LiveBot(BotConfiguration(registrationDelay: .zero))
    try live.bot.command("first", description: "d") { try await $0.reply("1") }
    try await live.bot.start()
    _ = try await live.invoke("first")
    #expect(await live.ownMessage()?.rawContent == "1")
    try live.bot.command("second", description: "d") { try await $0.reply("2") }
    _ = try await live.invoke("second")
    #expect(await live.ownMessage()?.rawContent == "2")
    live.bot.removeCommand("first")
    while live.simulator.world.commands.count != 1 { try await Task.sleep(for: .milliseconds(5)) }
    try await live.bot.removeSlashCommands(from: .everywhere)
    #expect(live.simulator.world.commands.isEmpty)
    let overwrites = live.simulator.requests.filter {
      $0.method == "PUT" && $0.target.hasSuffix("/commands")
    }
    // One for each change, none for the looks between.
    #expect(overwrites.count == 4)
    try await live.stop()
  }

  @Test func aRunThatIsCancelledEnds() async throws {
    let live = try await LiveBot(BotConfiguration(slashCommands: .off))
    let running = Task { try await live.bot.run() }
    try await live.bot.gateway.waitUntilReady()
    running.cancel()
    _ = await running.result
    await live.simulator.stop()
  }

  @Test func anIntentThatIsNotGrantedIsNamed() async throws {
    let live = try await LiveBot(
      BotConfiguration(slashCommands: .off), intents: [.guilds, .guildPresences])
    await #expect {
      try await live.bot.start()
    } throws: { error in
      "\(error)".contains("GUILD_PRESENCES")
    }
    await live.simulator.stop()
  }
}
