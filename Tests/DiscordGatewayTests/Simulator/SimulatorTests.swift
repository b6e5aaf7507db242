import DiscordGateway
import DiscordREST
import DiscordSimulator
import TestSupport
import Testing

/// The client against the simulator, over sockets.
@Suite(.timeLimit(.minutes(2))) struct SimulatorTests {
  @Test func logsInSeesTheGuildAndMessages() async throws {
    let bench = try await SimulatorBench()
    let events = bench.client.events
    let ready = try await bench.client.start()
    #expect(ready.userID == ID(Snowflake(bench.ids.bot)))
    #expect(ready.guilds == [ID(Snowflake(bench.ids.guild))])
    bench.simulator.joinVoice(bench.ids.bob, bench.ids.voice)
    bench.simulator.post(as: bench.ids.alice, in: bench.ids.general, "hello")
    var told: [String] = []
    for await event in events {
      switch event {
      case .guildCreate(let guild): told.append(guild.name)
      case .messageCreate(let message): told.append("message by \(message.author.username)")
      case .voiceStateUpdate(let state): told.append("voice \(state.userID)")
      default: break
      }
      if told.last?.hasPrefix("message") == true { break }
    }
    #expect(told == ["Tape Club", "voice \(bench.ids.bob)", "message by alice"])
    let voice = ID<Channel>(Snowflake(bench.ids.voice))
    #expect(bench.client.voiceStates.participants(in: voice).map(\.name) == ["Bobby"])
    await bench.stop()
    #expect(bench.simulator.gatewayStatistics.clientCloses == [1000: 1])
    #expect(bench.simulator.gatewaySessions.isEmpty)
    #expect(!bench.log.text.contains(bench.ids.botToken))
  }

  @Test func joinsAndLeavesVoice() async throws {
    let bench = try await SimulatorBench()
    let (servers, server) = AsyncStream<VoiceServerUpdate>.makeStream()
    bench.client.on(.voiceServerUpdate) { server.yield($0) }
    let ready = try await bench.client.start()
    let guild = ID<Guild>(Snowflake(bench.ids.guild))
    let channel = ID<Channel>(Snowflake(bench.ids.voice))
    try await bench.client.updateVoiceState(guild: guild, channel: channel)
    let place = try await bench.client.waitForVoiceState(
      of: ready.userID, in: guild, timeout: .seconds(30)
    ) { $0?.channelID == channel }
    #expect(place?.name == "Tapedeck")
    for await update in servers {
      #expect(update.guildID == guild)
      break
    }
    try await bench.client.updateVoiceState(guild: guild, channel: nil)
    try await bench.client.waitForVoiceState(
      of: ready.userID, in: guild, timeout: .seconds(30)
    ) { $0 == nil }
    await bench.stop()
  }

  @Test func aPrivilegedIntentThatIsOffIsNamed() async throws {
    let bench = try await SimulatorBench(intents: [.guilds, .guildPresences])
    let error = await #expect(throws: GatewayError.self) { try await bench.client.start() }
    #expect(error?.code == .disallowedIntents)
    #expect(error?.message.contains("GUILD_PRESENCES") == true)
    await bench.stop()
  }

  @Test func aWrongTokenEndsIt() async throws {
    let bench = try await SimulatorBench(token: "MTIz.wrong.token")
    let error = await #expect(throws: GatewayError.self) { try await bench.client.start() }
    #expect(error?.code == .authenticationFailed)
    await bench.stop()
  }

  @Test func aServerThatGoesAwayAndComesBack() async throws {
    let bench = try await SimulatorBench(factor: 20)
    let (ids, id) = AsyncStream<Snowflake>.makeStream()
    bench.client.on(.messageCreate) { id.yield($0.id.snowflake) }
    try await bench.client.start()
    bench.simulator.inject(GatewayFault(.now, .refuseConnections(.seconds(20))))
    bench.simulator.inject(GatewayFault(.now, .reset))
    let message = bench.simulator.post(as: bench.ids.bob, in: bench.ids.general, "meanwhile")
    for await id in ids {
      #expect(id == Snowflake(message.id))
      break
    }
    #expect(bench.client.statistics.resumes == 1)
    #expect(bench.client.statistics.identifies == 1)
    await bench.stop()
  }
}
