internal import DiscordSimulator
internal import Foundation
internal import JSONValues
internal import SystemPackage
internal import Testing

@testable import tapedeck

/// `setup` and `doctor` against the simulator.
@Suite struct SetupDoctorTests {
  @Test func setupStoresInvitesAndChecks() async throws {
    try await SimulatedDiscord.run { discord in
      let result = try await discord(
        ["setup"], token: "", input: "Bot \(discord.ids.botToken)\n")
      #expect(result.status == 0, "\(result.output) \(result.errors)")
      #expect(result.errors.contains("pasted with \"Bot \" before it"))
      #expect(result.output.contains("permissions=309305904128&scope=bot+applications.commands"))
      #expect(result.output.contains("Listening Room (\(discord.ids.voice))"))
      #expect(result.output.contains("ok    token"))
      let stored = try discord.sandbox.read("config/tapedeck/discord-token")
      #expect(stored == discord.ids.botToken + "\n")
      let mode =
        try FileManager.default.attributesOfItem(
          atPath: discord.sandbox("config/tapedeck/discord-token").string)[.posixPermissions]
        as? Int
      #expect(mode == 0o600)
      // What it stored is used from now on.
      let guilds = try await discord(["discord", "guilds"], token: "")
      #expect(guilds.status == 0, "\(guilds.errors)")
    }
  }

  @Test func setupRefusesWhatIsNoToken() async throws {
    try await SimulatedDiscord.run { discord in
      let pasted: [(String, FirstHourFailure)] = [
        ("abcdefghijklmnopqrstuvwxyz_-0123", .clientSecret), ("123456789012345678", .applicationID),
        (String(repeating: "0123456789abcdef", count: 4), .publicKey), ("hello", .notAToken),
        ("", .noToken), ("a.b.c", .tokenRefused),
      ]
      for (text, failure) in pasted {
        let result = try await discord(["setup"], token: "", input: text + "\n")
        #expect(result.status == failure.text.status.rawValue, "\(text): \(result.errors)")
        #expect(result.errors.contains(failure.text.sentence), "\(text): \(result.errors)")
      }
      #expect(!discord.sandbox.names().contains("config"))
    }
  }

  @Test func setupWaitsUntilTheBotHasJoined() async throws {
    try await SimulatedDiscord.run { discord in
      let (bot, guild) = (discord.ids.bot, discord.ids.guild)
      discord.simulator.mutate { world, _ in world.removeMember(bot, from: guild) }
      let apart = try await discord(
        ["setup", "--no-wait"], token: "", input: discord.ids.botToken)
      #expect(apart.status == 66)
      #expect(apart.output.contains("the bot is in no guild (server) yet"))

      async let waiting = discord(["setup"], token: "", input: discord.ids.botToken)
      let before = discord.simulator.requests.count
      // Twice: a request is seen before it is answered, and the first must find no guild.
      func polled() -> Bool {
        discord.simulator.requests.dropFirst(before).count {
          $0.target.hasPrefix("/users/@me/guilds")
        } >= 2
      }
      while !polled() { try await Task.sleep(for: .milliseconds(20)) }
      discord.simulator.mutate { world, now in world.addMember(bot, to: guild, now: now) }
      let joined = try await waiting
      #expect(joined.status == 0, "\(joined.errors)")
      #expect(joined.errors.contains("Waiting until the bot is in a server"))
      #expect(joined.output.contains("Voice channels of Tape Club"))
    }
  }

  @Test func setupTellsOfAnotherApplication() async throws {
    try await SimulatedDiscord.run { discord in
      try FileManager.default.createDirectory(
        atPath: discord.sandbox("config/tapedeck").string, withIntermediateDirectories: true)
      // The id 456 in Base64.
      try discord.sandbox.write("NDU2.b.c", to: "config/tapedeck/discord-token")
      let result = try await discord(["setup"], token: "", input: discord.ids.botToken)
      #expect(result.errors.contains("belonged to application 456, this one to 123"))
    }
  }

  @Test func doctorFindsNothingAmiss() async throws {
    try await SimulatedDiscord.run { discord in
      let result = try await discord(["doctor", "--channel", "Listening Room", "--json"])
      #expect(result.status == 0, "\(result.output) \(result.errors)")
      let json = try JSONValue(parsing: [UInt8](result.output.utf8))
      let checks = try #require(json["checks"]?.array)
      let states = Dictionary(
        checks.map { ($0["check"]?.string ?? "", $0["state"]?.string ?? "") },
        uniquingKeysWith: { first, _ in first })
      for name in [
        "token", "intents", "guilds", "clock", "channel", "permissions", "UDP", "libraries",
      ] {
        #expect(states[name] == "ok", "\(name): \(result.output)")
      }
      #expect(json["exit"] == 0)
    }
  }

  private func permissions(
    _ channel: String, _ sentence: String, exit: Int32,
    _ change: @escaping (inout World, World.Sample, World.Time) -> Void = { _, _, _ in }
  ) async throws {
    try await SimulatedDiscord.run(change) { discord in
      let result = try await discord(["doctor", "--channel", channel])
      #expect(result.output.contains(sentence), "\(result.output)")
      #expect(result.status == exit, "\(result.output)")
    }
  }

  private func deny(
    _ permission: Permissions
  ) -> (inout World, World.Sample, World.Time) -> Void {
    { world, ids, _ in
      guard var channel = world.channels[ids.voice] else { return }
      channel.overwrites = [.init(id: ids.bot, kind: .member, allow: [], deny: permission)]
      world.update(channel)
    }
  }

  @Test func doctorNamesWhatTheChannelLacks() async throws {
    try await permissions(
      "general", "#general is a text channel; only voice and stage channels can be recorded",
      exit: 65)
    try await permissions("Stage", "the bot joins the audience, which is enough", exit: 0)
    try await permissions(
      "Listening Room", "the bot cannot join #Listening Room: it lacks Connect", exit: 77,
      deny(.connect))
    try await permissions(
      "Listening Room", "the bot lacks Attach Files in #Listening Room", exit: 0,
      deny(.attachFiles))
    try await permissions(
      "Listening Room", "#Listening Room takes 5 people, and the bot only while there is room",
      exit: 0
    ) { world, ids, _ in
      guard var channel = world.channels[ids.voice] else { return }
      channel.userLimit = 5
      world.update(channel)
    }
  }

  @Test func doctorTellsOfAChannelThatTheBotCannotSee() async throws {
    try await SimulatedDiscord.run(deny(.viewChannel)) { discord in
      let result = try await discord(["doctor", "--channel", "\(discord.ids.voice)"])
      #expect(result.output.contains("it lacks View Channel"), "\(result.output)")
      #expect(result.status == 77, "\(result.output)")
    }
  }

  @Test func doctorSeesTheClockAndTheWay() async throws {
    try await SimulatedDiscord.run { discord in
      let wrong = try await discord(["doctor"], token: "a.b.c")
      #expect(wrong.status == 77)
      #expect(wrong.output.contains("fail  token"))
      #expect(wrong.output.contains("Discord does not accept the token (401)"))
      let json = try await discord(["doctor", "--json"], token: "a.b.c")
      #expect(json.status == 77)
      #expect(try JSONValue(parsing: [UInt8](json.output.utf8))["exit"] == 77)
      #expect(json.errors.isEmpty, "all is said already: \(json.errors)")
      let none = try await discord(["doctor"], token: "")
      #expect(none.status == 78)
      #expect(none.output.contains("there is no bot token"))
    }
    let closed = try await Self.runAlone(
      ["doctor", "--api-base", "http://127.0.0.1:9/api/v10", "--timeout", "2s"])
    #expect(closed.status == 75, "\(closed.output)")
    #expect(closed.output.contains("127.0.0.1 cannot be reached"), "\(closed.output)")
  }

  static func runAlone(_ arguments: [String]) async throws -> Tool.Result {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(
          with: Swift.Result {
            try Tool.run(arguments, environment: ["DISCORD_BOT_TOKEN": "a.b.c"])
          })
      }
    }
  }
}
