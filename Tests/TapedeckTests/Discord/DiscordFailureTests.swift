internal import DiscordSimulator
internal import Foundation
internal import JSONValues
internal import SystemPackage
internal import Testing

@testable import tapedeck

/// What commands print and end with when Discord, or the arguments, do not do.
@Suite struct DiscordFailureTests {
  private func kind(_ error: JSONValue) -> FirstHourFailure? {
    error["kind"]?.string.flatMap(FirstHourFailure.init)
  }

  private func expect(
    _ failure: FirstHourFailure, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> JSONValue
  ) async throws {
    let error = try await body()
    #expect(kind(error) == failure, "\(error.text())", sourceLocation: sourceLocation)
  }

  @Test func namesThatAreUnknownOrAmbiguous() async throws {
    try await SimulatedDiscord.run({ world, ids, now in
      _ = world.createChannel(
        .text, name: "general", in: ids.guild, parent: nil, topic: nil, now: now)
    }) { discord in
      let unknown = try await discord.failure("messages", "--channel", "generel", exit: 66)
      #expect(kind(unknown) == .channelUnknown)
      #expect(unknown["message"]?.string?.contains("rules (") == true)
      let ambiguous = try await discord.failure("messages", "--channel", "general", exit: 64)
      #expect(kind(ambiguous) == .channelAmbiguous)
      #expect(ambiguous["message"]?.string?.contains("\(discord.ids.general)") == true)
      let guild = try await discord.failure("channels", "--guild", "Tape", exit: 66)
      #expect(kind(guild) == .guildUnknown)
      #expect(guild["message"]?.string?.contains("Tape Club (") == true)
      let id = try await discord.failure("messages", "--channel", "999999999999999999", exit: 66)
      #expect(id["status"] == 404)
      #expect(id["code"] == 10003)
      _ = try await discord.failure("delete", "x", "--channel", "rules", exit: 64)
    }
  }

  @Test func guildsOfOneName() async throws {
    try await SimulatedDiscord.run({ world, ids, now in
      let twin = world.createGuild("Tape Club", owner: ids.alice, now: now)
      world.addMember(ids.bot, to: twin.id, now: now)
    }) { discord in
      let ambiguous = try await discord.failure("channels", "--guild", "Tape Club", exit: 64)
      #expect(kind(ambiguous) == .guildAmbiguous)
      let several = try await discord.failure("channels", exit: 64)
      #expect(several["hint"] == "say which: --guild")
      let found = try await discord.json("channels", "--guild", "\(discord.ids.guild)")
      #expect(found.array?.isEmpty == false)
    }
  }

  @Test func noGuildAtAll() async throws {
    try await SimulatedDiscord.run({ world, ids, _ in world.removeMember(ids.bot, from: ids.guild) }
    ) {
      discord in
      try await expect(.inNoGuild) { try await discord.failure("channels", exit: 66) }
      let guilds = try await discord.json("guilds")
      #expect(guilds == [])
    }
  }

  @Test func refusalsOfDiscord() async throws {
    try await SimulatedDiscord.run({ world, ids, _ in world.usersWithClosedDMs.insert(ids.carol) })
    {
      discord in
      let rules = try await discord.failure("send", "--channel", "rules", "hi", exit: 77)
      #expect(kind(rules) == .accessMissing)
      #expect(rules["status"] == 403)
      let stranger = try await discord.failure(
        "dm", "--to", "carol", "hi", exit: 77)
      #expect(kind(stranger) == .directMessagesClosed)
      #expect(stranger["code"] == 50007)
      discord.simulator.inject(
        Fault(
          .status(403, .json(["message": "Missing Access", "code": 50001])),
          path: "/guilds/*/members"))
      try await expect(.membersIntentOff) { try await discord.failure("members", exit: 77) }
      discord.simulator.inject(
        Fault(
          .status(403, .json(["message": "Missing Permissions", "code": 50013])), method: "DELETE",
          path: "/channels/*/messages/*"))
      let delete = try await discord.failure(
        "delete", "\(discord.ids.firstMessage)", "--channel", "general", "--yes", exit: 77)
      #expect(kind(delete) == .manageMessagesMissing)
    }
  }

  @Test func intentsThatAreOff() async throws {
    try await SimulatedDiscord.run({ world, ids, _ in
      guard var application = world.applications[ids.bot] else { return }
      application.flags = []
      world.update(application)
    }) { discord in
      let messages = try await discord.discord("messages", "--channel", "general")
      #expect(messages.status == 0)
      #expect(messages.errors.contains("texts of others come empty"), "\(messages.errors)")
      try await expect(.membersIntentOff) { try await discord.failure("members", exit: 77) }
      let doctor = try await discord(["doctor"])
      #expect(doctor.output.contains("privileged ones turned on: none; recording needs none"))
    }
  }

  @Test func troublesOnTheWay() async throws {
    try await SimulatedDiscord.run { discord in
      discord.simulator.inject(Fault(.rateLimited(seconds: 900), count: 40))
      try await expect(.rateLimited) { try await discord.failure("guilds", exit: 75) }
      discord.simulator.clearFaults()
      discord.simulator.inject(Fault(.status(500), count: 100))
      _ = try await discord.failure("guilds", "--timeout", "1s", exit: 75)
      discord.simulator.clearFaults()
      // One failure is not noticed.
      discord.simulator.inject(Fault(.status(502)))
      let guilds = try await discord.json("guilds")
      #expect(guilds.array?.count == 1)
    }
    let nothing = try await SetupDoctorTests.runAlone(
      ["discord", "guilds", "--api-base", "http://127.0.0.1:9/api/v10", "--timeout", "2s"])
    #expect(nothing.status == 75)
    #expect(nothing.errors.contains("127.0.0.1 cannot be reached"))
    let plain = try await SetupDoctorTests.runAlone(
      ["discord", "guilds", "--api-base", "http://discord.example/api/v10"])
    #expect(plain.status == 64)
    #expect(plain.errors.contains("would send the token unencrypted"))
  }

  @Test func certificatesMustBeTrusted() async throws {
    let local = try LocalCertificate()
    let (key, certificate) = (local.key, local.certificate)
    try await SimulatedDiscord.run(tls: local.identity) { discord in
      try await expect(.certificateNotTrusted) { try await discord.failure("guilds", exit: 78) }
      let named = try await discord.json("guilds", "--ca-file", certificate)
      #expect(named.array?.count == 1)
      let found = try await discord(
        ["discord", "guilds"], environment: ["SSL_CERT_FILE": certificate])
      #expect(found.status == 0, "\(found.errors)")
      _ = try await discord.failure("guilds", "--ca-file", key, exit: 65)
      _ = try await discord.failure("guilds", "--ca-file", "/nonexistent", exit: 66)
      // Another server's pages are not Discord's.
      discord.simulator.inject(Fault(.status(404), count: 9))
      let other = try await discord(
        ["discord", "guilds", "--json", "--ca-file", certificate])
      #expect(other.status == 78, "\(other.errors)")
      #expect(other.errors.contains("does not answer as Discord's API does"))
    }
  }

  @Test func inputsThatDoNotDo() async throws {
    try await SimulatedDiscord.run { discord in
      let folder = discord.sandbox.path.string
      let files: [(String, Int32)] = [(folder + "/absent", 66), (folder, 65), ("/dev/null", 65)]
      for (path, exit) in files {
        _ = try await discord.failure("send", "--channel", "general", "--file", path, exit: exit)
      }
      try discord.sandbox.write("", to: "large")
      #expect(truncate(folder + "/large", 30 << 20) == 0)
      let large = try await discord.failure(
        "send", "--channel", "general", "--file", folder + "/large", exit: 65)
      #expect(kind(large) == .fileTooLarge)
      #expect(!discord.simulator.requests.contains { $0.method == "POST" })
      for arguments in [
        ["send", "hi"], ["send", "--channel", "general"], ["search"], ["guilds", "--limit", "0"],
        ["send", "--channel", "general", "hi", "--mention", "all"], ["delete"], ["nonsense"],
        ["search", "x", "--has", "soup"], ["messages"], ["webhook", "delete", "https://x/1/token"],
        ["members", "--limit", "x"], ["search", "x", "--limit", "26"],
        ["channels", "--type", "soup"],
      ] {
        let result = try await discord(["discord"] + arguments)
        #expect(result.status == 64, "\(arguments): \(result.errors)")
        let json = try await discord(["discord"] + arguments + ["--json"])
        #expect(json.status == 64)
        let error = try JSONValue(parsing: [UInt8](json.errors.utf8))["error"]
        #expect(error?["exit"] == 64, "\(arguments): \(json.errors)")
      }
    }
  }

  @Test func interruptEndsAtOnce() async throws {
    try await SimulatedDiscord.run { discord in
      discord.simulator.inject(Fault(.slow(.seconds(60)), count: 40))
      let running = try Tool.Running(
        ["discord", "guilds", "--api-base", discord.apiBase], keys: nil,
        environment: ["DISCORD_BOT_TOKEN": discord.ids.botToken])
      while discord.simulator.requests.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
      kill(running.process.processIdentifier, SIGINT)
      let result = await running.finished()
      #expect(result.status == 75)
      #expect(result.errors == "tapedeck: interrupted\n")
    }
  }
}
