internal import CaptureSynthesis
internal import DiscordSimulator
internal import Glibc
internal import TestSupport

/// A Discord of its own process: calls whose speakers are end-to-end encrypted, and one bot that is
/// in all of the guilds.
struct CallServer {
  /// What goes on in the calls.
  enum Programme: String {
    /// Everybody talks without a pause.
    case talk
    /// People pause, leave and come again; the bot's connection is lost now and then.
    case meet
  }

  static let token = "MTIz.benchmark.bot-token"
  /// Seconds between two faults of the bot's connection, while people meet.
  private static let secondsBetweenFaults = 180
  /// The session is resumed after most of them, and begun anew after the last.
  private static let faults: [VoiceFault.Effect] = [
    .drop, .close(4015), .drop, .close(4006), .drop, .close(1001),
    .migrate(.updateFirst, nullEndpointFirst: true),
  ]

  /// One channel in a guild of its own.
  private struct Call {
    var guild: World.ID
    var channel: World.ID
    var people: [World.ID]
  }

  let channels: Int
  let speakers: Int
  let seconds: Int
  let programme: Programme

  /// Prints where it is; runs until the calls are over and the standard input ends; prints how many
  /// packets of speech were sent to the bot.
  func run() async throws {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let now = Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    var (world, calls, bot) = makeWorld(now: now)
    _ = world.takeEvents()
    var rules = VoiceRules()
    rules.truthLimit = 0
    let simulator = DiscordSimulator(
      world: world, clock: SimulatorClock(ContinuousClock(), start: now), voiceRules: rules)
    let addresses = try await simulator.start()
    let clips = try makeClips()
    var random = TestSupport.SplitMix64(seed: 1)
    var talking: [ScriptedSpeaker] = []
    for call in calls {
      for (index, user) in call.people.enumerated() {
        // Within the first second, so that their packets lie apart.
        var script = script(clips, &random)
        script.joinsAfter = .microseconds(1_000_000 * index / max(speakers, 1) + 700 * index)
        talking.append(simulator.speak(user, in: call.channel, script))
      }
    }
    let places = calls.map { "\($0.guild):\($0.channel)" }.joined(separator: " ")
    print("\(addresses.apiBase) \(Self.token) \(places)")
    fflush(nil)
    while simulator.voiceSessions.count(where: { !$0.isScripted }) < channels {
      try await Task.sleep(for: .milliseconds(20))
    }
    try await hold(simulator, bot)
    for speaker in talking { speaker.leave() }
    // What is under way arrives.
    try await Task.sleep(for: .seconds(1))
    let statistics = simulator.voiceStatistics
    print(
      "{\"forwarded\": \(statistics.forwarded), \"epochs\": \(statistics.epochs), "
        + "\"resumed\": \(statistics.resumed), \"identifies\": \(statistics.identifies)}")
    fflush(nil)
    while getchar() != EOF {}
    await simulator.stop()
  }

  private func hold(_ simulator: DiscordSimulator, _ bot: World.ID) async throws {
    guard programme == .meet else { return try await Task.sleep(for: .seconds(seconds)) }
    let end = ContinuousClock.now + .seconds(seconds)
    var number = 0
    while case let left = ContinuousClock.now.duration(to: end), left > .zero {
      try await Task.sleep(for: min(left, .seconds(Self.secondsBetweenFaults)))
      guard ContinuousClock.now < end else { return }
      simulator.inject(VoiceFault(Self.faults[number % Self.faults.count], user: bot))
      number += 1
    }
  }

  private func makeWorld(now: World.Time) -> (World, [Call], bot: World.ID) {
    var world = World()
    let owner = world.createUser("owner", now: now).id
    let bot = world.createApplication(
      "Recorder", owner: owner, token: Self.token, flags: [], now: now
    ).id
    let calls = (0..<channels).map { number in
      let guild = world.createGuild("Guild \(number)", owner: owner, now: now).id
      var role = world.createRole(
        "Recorder", permissions: World.sampleBotPermissions, in: guild, now: now)
      role.botID = bot
      world.update(role, in: guild)
      world.addMember(bot, to: guild, roles: [role.id], now: now)
      let channel = world.createChannel(.voice, name: "Voice \(number)", in: guild, now: now).id
      let people = (0..<speakers).map { person in
        let user = world.createUser("person\(number)x\(person)", now: now).id
        world.addMember(user, to: guild, now: now)
        return user
      }
      return Call(guild: guild, channel: channel, people: people)
    }
    return (world, calls, bot)
  }

  private func makeClips() throws -> [VoiceClip] {
    let length = programme == .talk ? 20.0 : 3.0
    return try (0..<4).map { number in
      try VoiceClip(
        Voice.synthetic(seconds: length, seed: UInt64(number) + 1), for: .seconds(length),
        bitrate: 48_000)
    }
  }

  /// While people meet, each talks for a third of the time and goes away for a moment every six
  /// minutes.
  private func script(
    _ clips: [VoiceClip], _ random: inout TestSupport.SplitMix64
  ) -> VoiceScript {
    guard programme == .meet else {
      var script = VoiceScript(clips.map { .say($0) })
      script.repetitions = nil
      return script
    }
    var steps: [VoiceScript.Step] = []
    // The first who goes does so early, so that somebody comes or goes all the time.
    let first = Int.random(in: 1...36, using: &random)
    for turn in 1...36 {
      let clip = clips[Int.random(in: clips.indices, using: &random)]
      let pause = Int.random(in: 3_000...11_000, using: &random)
      steps += [.say(clip), .pause(.milliseconds(pause))]
      if turn == first { steps.append(.away(.seconds(Int.random(in: 5...20, using: &random)))) }
    }
    var script = VoiceScript(steps)
    script.repetitions = nil
    return script
  }
}
