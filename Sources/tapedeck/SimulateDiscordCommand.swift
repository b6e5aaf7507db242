internal import ArgumentParser
internal import CaptureSynthesis
internal import DiscordSimulator
internal import Glibc
internal import JSONValues
internal import SystemPackage
internal import WebSocket

/// `tapedeck simulate discord`.
struct SimulateDiscordCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "discord",
    abstract: "Run a Discord on this machine until interrupted: REST, gateway and voice.",
    discussion: """
      It has one guild, Tape Club, with channels of all types, some people and one bot, whose token \
      is printed: DISCORD_BOT_TOKEN=… tapedeck discord send --api-base … --channel general Hello. \
      What people do and what goes wrong is told by HTTP: POST BASE/message, BASE/command, \
      BASE/voice, BASE/bot, BASE/fault with the printed control address as BASE; GET BASE gives the \
      gateway's counts. With --talk people talk in its voice channel Listening Room, end-to-end \
      encrypted, as soon as somebody listens: tapedeck record --api-base … records them. POST \
      BASE/speak, BASE/quiet and BASE/voice-fault do more of that; GET BASE/voice \
      counts. Whoever reaches the port may do everything: it listens on 127.0.0.1 only.
      """)

  @Option(help: ArgumentHelp("The port; 0 takes a free one.", valueName: "number"))
  var port: UInt16 = 0

  @Flag(help: "People talk, answer the bot, and come and go, every few seconds.")
  var chat = false

  @Option(
    help: ArgumentHelp("So many people talk in the voice channel, 1 to 3.", valueName: "n"))
  var talk = 0

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "What they say, dealt out to them in turn: speech files; without, they make noises like speech.",
      valueName: "file"))
  var speech: [String] = []

  @Flag(help: "Remember the packets of speech that are sent, for GET BASE/truth.")
  var truth = false

  @Option(
    help: ArgumentHelp(
      "Let calls, the gateway and voice go wrong now and then, by this seed.", valueName: "seed"))
  var faults: UInt64?

  @Option(
    help: ArgumentHelp(
      "Rate limits: off, real or tight; off also lets a bot start any number of sessions.",
      valueName: "which"))
  var rateLimits = RateLimitRules.Strictness.real

  @Option(help: ArgumentHelp("Speak TLS with this certificate (PEM).", valueName: "file"))
  var tlsCertificate: String?

  @Option(help: ArgumentHelp("The certificate's private key (PEM).", valueName: "file"))
  var tlsKey: String?

  @Flag(help: "Print the addresses, tokens and ids as one JSON object on a line.")
  var json = false

  @Option(
    name: .customLong("status"),
    help: ArgumentHelp("Print one status object a line on standard output.", valueName: "json"))
  var status: StatusFormat?

  func validate() throws {
    guard (tlsCertificate == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-certificate and --tls-key go together")
    }
    guard (0...3).contains(talk) else { throw ValidationError("--talk is 0 to 3") }
    guard !json || status == nil else {
      throw ValidationError("--json and --status exclude each other")
    }
  }

  mutating func run() async throws {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let now = Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    let (world, ids) = World.sample(now: now)
    var voiceRules = VoiceRules()
    voiceRules.truthLimit = truth ? 500_000 : 0
    var gatewayRules = GatewayRules()
    if rateLimits == .off {
      gatewayRules.identifyWindow = .zero
      gatewayRules.sessionStartLimit = 1_000_000
    }
    let speeches = try clips()
    let simulator = DiscordSimulator(
      world: world, clock: SimulatorClock(ContinuousClock(), start: now),
      rateLimits: RateLimitRules(rateLimits),
      faults: faults.map { FaultPlan.random(seed: $0, count: 1000) } ?? FaultPlan(),
      gatewayRules: gatewayRules, voiceRules: voiceRules)
    if let faults {
      simulator.inject(GatewayFault.random(seed: faults, count: 20, dispatches: 1000))
      simulator.inject(VoiceFault.random(seed: faults, count: 60, length: .seconds(1800)))
    }
    let identity = try tlsIdentity()
    let addresses: DiscordSimulator.Addresses
    do {
      addresses = try await simulator.start(port: Int(port), tls: identity)
    } catch {
      throw CommandFailure(
        error.code == .invalidConfiguration ? .badInput : .tempFail,
        Terminal.escaped(error.message, limit: 400))
    }
    let reporter = StatusReporter(format: status)
    for (user, clips) in zip([ids.bob, ids.carol, ids.alice], speeches) {
      simulator.speak(user, in: ids.voice, Self.script(clips, seed: user))
    }
    report(addresses, ids, reporter)
    // Until a signal cancels the task.
    await wait(simulator, ids)
    await simulator.stop()
    reporter.report(
      .done, ["requests": .integer(Int64(simulator.requestCount)), "exit": .integer(0)])
  }

  private func wait(_ simulator: DiscordSimulator, _ ids: World.Sample) async {
    guard chat else {
      try? await Task.sleep(for: .seconds(1 << 40))
      return
    }
    var people = Chatter(ids, seed: faults ?? 1)
    people.comesAndGoes = talk == 0
    while (try? await Task.sleep(for: .seconds(4))) != nil {
      people = simulator.mutate { [people] world, now in
        var people = people
        people.turn(&world, now: now)
        return people
      }
    }
  }

  /// What each of the people says, for ever.
  private func clips() throws -> [[VoiceClip]] {
    guard talk > 0 else { return [] }
    guard !speech.isEmpty else {
      return try VoiceLibrary.synthetic(count: talk).voices.map { voice in
        try [0, 5, 11].map { try VoiceClip(voice, from: .seconds($0), for: .seconds(4)) }
      }
    }
    return try (0..<talk).map { person in
      let own = speech.indices.filter { $0 % talk == person }.map { speech[$0] }
      return try (own.isEmpty ? speech : own).map { file in
        do {
          return try VoiceClip(file: FilePath(file))
        } catch {
          throw CommandFailure(.noInput, "cannot read speech from \(Terminal.escaped(file))")
        }
      }
    }
  }

  /// Clips with pauses of different length, so that people talk by turns, and at times at once.
  private static func script(_ clips: [VoiceClip], seed: UInt64) -> VoiceScript {
    var random = SplitMix64(seed: seed)
    var steps: [VoiceScript.Step] = []
    for _ in 0..<8 {
      for clip in clips {
        steps += [.say(clip), .pause(.milliseconds(800 + Int64(random.next() % 6000)))]
      }
    }
    var script = VoiceScript(steps)
    script.repetitions = nil
    return script
  }

  private func tlsIdentity() throws -> WebSocketServer.TLSIdentity? {
    guard let tlsCertificate, let tlsKey else { return nil }
    func text(_ path: String) throws -> String {
      guard let bytes = try? FileContents.read(FilePath(path)) else {
        throw CommandFailure(.noInput, "cannot read \(Terminal.escaped(path))")
      }
      return String(decoding: bytes, as: UTF8.self)
    }
    return .init(certificateChain: try text(tlsCertificate), privateKey: try text(tlsKey))
  }

  private func report(
    _ addresses: DiscordSimulator.Addresses, _ ids: World.Sample, _ reporter: StatusReporter
  ) {
    let root = addresses.apiBase.split(separator: "/api/")[0]
    let control = "\(root)/simulator"
    let named: [(String, World.ID)] = [
      ("guild", ids.guild), ("general", ids.general), ("announcements", ids.announcements),
      ("voice", ids.voice), ("stage", ids.stage), ("forum", ids.forum), ("thread", ids.thread),
      ("alice", ids.alice), ("bob", ids.bob), ("carol", ids.carol), ("mallory", ids.mallory),
      ("bot", ids.bot),
    ]
    let fields: [String: JSONValue] = [
      "api_base": .string(addresses.apiBase), "gateway": .string(addresses.gateway),
      "control": .string(control), "bot_token": .string(ids.botToken),
      "user_token": .string(ids.userToken),
      "ids": .object(Dictionary(uniqueKeysWithValues: named.map { ($0, .string(String($1))) })),
    ]
    if status != nil {
      reporter.report(.start, fields)
    } else if json {
      print(JSONValue.object(fields).text())
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

extension RateLimitRules.Strictness: ExpressibleByArgument {}
