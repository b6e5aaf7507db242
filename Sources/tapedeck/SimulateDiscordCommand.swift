internal import ArgumentParser
internal import DiscordSimulator
internal import Glibc
internal import JSONValues
internal import WebSocket

/// `tapedeck simulate discord`.
struct SimulateDiscordCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "discord",
    abstract: "Run a Discord on this machine until interrupted: REST and gateway.",
    discussion: """
      It has one guild, Tape Club, with channels of all types, some people and one bot, whose token \
      is printed: DISCORD_BOT_TOKEN=… tapedeck discord send --api-base … --channel general Hello. \
      What people do and what goes wrong is told by HTTP: POST BASE/message, BASE/command, \
      BASE/voice, BASE/bot, BASE/fault with the printed control address as BASE; GET BASE gives the \
      gateway's counts. Whoever reaches the port may do everything: it listens on 127.0.0.1 only.
      """)

  @Option(help: ArgumentHelp("The port; 0 takes a free one.", valueName: "number"))
  var port: UInt16 = 0

  @Flag(help: "Print the addresses, tokens and ids as one JSON object on a line.")
  var json = false

  mutating func run() async throws {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let now = Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    let (world, ids) = World.sample(now: now)
    let simulator = DiscordSimulator(
      world: world, clock: SimulatorClock(ContinuousClock(), start: now))
    let addresses: DiscordSimulator.Addresses
    do {
      addresses = try await simulator.start(port: Int(port))
    } catch {
      throw CommandFailure(.tempFail, "cannot listen on port \(port): \(error.message)")
    }
    report(addresses, ids)
    // Until a signal cancels the task.
    try? await Task.sleep(for: .seconds(1 << 40))
    await simulator.stop()
  }

  private func report(_ addresses: DiscordSimulator.Addresses, _ ids: World.Sample) {
    let control = "http://127.0.0.1:\(addresses.port)/simulator"
    let named: [(String, World.ID)] = [
      ("guild", ids.guild), ("general", ids.general), ("announcements", ids.announcements),
      ("voice", ids.voice), ("stage", ids.stage), ("forum", ids.forum), ("thread", ids.thread),
      ("alice", ids.alice), ("bob", ids.bob), ("carol", ids.carol), ("mallory", ids.mallory),
      ("bot", ids.bot),
    ]
    if json {
      let object: JSONValue = [
        "api_base": .string(addresses.apiBase), "gateway": .string(addresses.gateway),
        "control": .string(control), "bot_token": .string(ids.botToken),
        "user_token": .string(ids.userToken),
        "ids": .object(
          Dictionary(uniqueKeysWithValues: named.map { ($0, .string(String($1))) })),
      ]
      print(object.text())
    } else {
      print("API base:   \(addresses.apiBase)")
      print("gateway:    \(addresses.gateway)")
      print("control:    \(control)")
      print("bot token:  \(ids.botToken)")
      print("user token: \(ids.userToken) (alice)")
      for (name, id) in named { print("\(name): \(id)") }
    }
    // Whoever started us may read it from a pipe.
    fflush(nil)
  }
}
