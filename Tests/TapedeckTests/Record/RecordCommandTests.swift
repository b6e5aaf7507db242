internal import DiscordSimulator
internal import Foundation
internal import JSONValues
internal import SystemPackage
internal import Testing

@testable import tapedeck

/// `record` over real sockets: the simulator's REST, gateway, voice gateway and UDP.
@Suite(.timeLimit(.minutes(5))) struct RecordCommandTests {
  private static let record = [
    "record", "--guild", "Tape Club", "--channel", "Listening Room", "--status", "json",
  ]

  @Test func recordsUntilInterruptedAndRenders() async throws {
    try await SimulatedDiscord.run { discord in
      try discord.makeKey()
      try discord.talk([discord.ids.alice, discord.ids.bob])
      let running = try discord.start(Self.record + ["--render"])
      try await discord.waitForKeys(running)
      try await discord.waitForSpeech(300, running)
      running.process.interrupt()
      let result = await running.finished()
      #expect(result.status == 0, "\(result.errors)")
      let events = result.events
      #expect(events.first?["event"] as? String == "start")
      #expect(events.contains { $0["event"] as? String == "progress" })
      #expect(events.last?["event"] as? String == "done")
      #expect(events.last?["exit"] as? Int == 0)
      #expect(events.last?["end_reason"] as? String == "stopped")
      let capture = try #require(discord.captures.first)
      #expect(discord.captures.count == 1)
      let tracks = discord.sandbox.names("data/tapedeck/renders/\(capture)")
      for user in [discord.ids.alice, discord.ids.bob] {
        #expect(tracks.contains("\(user).wav"), "\(tracks)")
      }
      let manifest = try JSONValue(
        parsing: [UInt8](
          try discord.sandbox.read("data/tapedeck/renders/\(capture)/manifest.json").utf8))
      for speaker in manifest["speakers"]?.array ?? [] {
        #expect(speaker["speech_samples"]?.integer ?? 0 > 16_000)
        #expect(speaker["packets"]?["undecryptable"]?["bad_tag"]?.integer == 0)
      }
      // The packets are encrypted on disk, and the folder is the operator's alone.
      let folder = discord.sandbox("data/tapedeck/captures/\(capture)").string
      let attributes = try FileManager.default.attributesOfItem(atPath: folder)
      #expect(attributes[.posixPermissions] as? Int == 0o700)
      let verified = try Tool.run(["verify", folder], keys: discord.sandbox("keys"))
      #expect(verified.status == 0, "\(verified.errors)")
    }
  }

  @Test func stopsByItsRules() async throws {
    try await SimulatedDiscord.run { discord in
      try discord.makeKey()
      try discord.talk([discord.ids.alice])
      let timed = try await discord(Self.record + ["--for", "1s", "--no-notice"])
      #expect(timed.status == 0, "\(timed.errors)")
      #expect(timed.events.last?["end_reason"] as? String == "duration")
      // The capture says where.
      let capture = try #require(discord.captures.first)
      let folder = discord.sandbox("data/tapedeck/captures/\(capture)").string
      let kicked = try discord.start(["record", "--status", "json", "--resume", folder])
      try await discord.waitForSpeech(20, kicked)
      discord.simulator.inject(VoiceFault(.kick, user: discord.ids.bot))
      let result = await kicked.finished()
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.events.last?["end_reason"] as? String == "kicked")
      #expect(result.events.last?["capture"] as? String == capture)
      #expect(
        result.events.first?["channel"] as? String == discord.text(discord.ids.voice))
      #expect(discord.captures == [capture])
    }
  }

  @Test func checkKeepsNothing() async throws {
    try await SimulatedDiscord.run { discord in
      try discord.makeKey()
      try discord.talk([discord.ids.alice])
      let result = try await discord(Self.record + ["--check", "8s"])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors.contains("All who talked are heard"), "\(result.errors)")
      let speaker = (result.events.last?["speakers"] as? [[String: Any]])?.first
      #expect(speaker?["decodable"] as? Bool == true)
      #expect(speaker?["level_dbfs"] as? Double ?? -99 > -40)
      #expect(discord.captures.isEmpty)
    }
  }

  @Test func checkNamesWhatIsInTheWay() async throws {
    try await SimulatedDiscord.run { discord in
      try discord.makeKey()
      let result = try await discord(Self.record + ["--check", "1s"])
      #expect(result.status == 75, "\(result.errors)")
      #expect(result.errors.contains("nobody else is in the channel"), "\(result.errors)")
      #expect(discord.captures.isEmpty)
    }
  }

  @Test func needsAKeyAndAToken() async throws {
    try await SimulatedDiscord.run { discord in
      let keyless = try await discord(Self.record)
      #expect(keyless.status == 66)
      #expect(keyless.errors.contains("tapedeck keys new"))
      #expect(keyless.events.last?["exit"] as? Int == 66)
      try discord.makeKey()
      #expect(try await discord(Self.record, token: "").status == 78)
      let refused = try await discord(Self.record, token: "MTIz.wrong.token-of-nobody-at-all")
      #expect(refused.status == 77, "\(refused.errors)")
      #expect(discord.captures.isEmpty)
    }
  }

  @Test(
    arguments: [
      (["--channel", "nowhere"], 66, "there is no channel nowhere"),
      (["--channel", "general"], 65, "only voice and stage channels can be recorded"),
      (["--guild", "Elsewhere", "--channel", "Listening Room"], 66, "is in no guild Elsewhere"),
      ([], 64, "--channel is missing"),
      (["--channel", "Listening Room", "--until", "2020-01-01T00:00:00Z"], 64, "is over"),
      (["--channel", "Listening Room", "--timezone", "Europe/Berlin"], 64, "--until"),
      (["--channel", "Listening Room", "--alert", "pigeon:7"], 64, "--alert"),
      (["--channel", "Listening Room", "--check", "5s", "--render"], 64, "--check"),
      (["--channel", "Listening Room", "--no-notice", "--notice", "x"], 64, "--no-notice"),
      (["--channel", "Listening Room", "--retention", "30 days"], 64, "P30D"),
      (["--channel", "Listening Room", "--captures", "/dev/null"], 64, "Not a directory"),
      (["--channel", "Listening Room", "--metrics", "0.0.0.0:9"], 64, "127.0.0.1"),
      (["--channel", "Listening Room", "--resume", "/nonexistent"], 66, "/nonexistent"),
      (["--resume", "/nonexistent"], 66, "/nonexistent"),
    ] as [([String], Int32, String)])
  func refusesWhatCannotBe(arguments: [String], status: Int32, says: String) async throws {
    try await SimulatedDiscord.run { discord in
      try discord.makeKey()
      let result = try await discord(["record", "--for", "1s"] + arguments)
      #expect(result.status == status, "\(result.errors)")
      #expect(result.errors.contains(says), "\(result.errors)")
      #expect(discord.captures.isEmpty)
    }
  }

  @Test func fullChannelsSayHowFull() async throws {
    try await SimulatedDiscord.run { world, ids, _ in
      guard var channel = world.channels[ids.voice] else { return }
      channel.userLimit = 1
      world.update(channel)
      world.joinVoice(ids.carol, channel: ids.voice)
    } _: { discord in
      try discord.makeKey()
      let result = try await discord(Self.record)
      #expect(result.status == 69, "\(result.errors)")
      #expect(result.errors.contains("#Listening Room is full (1 of 1)"), "\(result.errors)")
    }
  }

  @Test(arguments: [Permissions.connect, .viewChannel, .sendMessages])
  func missingPermissions(permission: Permissions) async throws {
    try await SimulatedDiscord.run { world, ids, _ in
      guard var channel = world.channels[ids.voice] else { return }
      channel.overwrites.append(
        World.Overwrite(id: ids.botRole, kind: .role, allow: [], deny: permission))
      world.update(channel)
    } _: { discord in
      try discord.makeKey()
      let result = try await discord(
        Self.record + ["--for", "1s", "--channel", discord.text(discord.ids.voice)])
      #expect(result.status == 77, "\(result.errors)")
      #expect(result.events.last?["exit"] as? Int == 77)
      #expect(discord.captures.isEmpty)
      guard permission == .sendMessages else { return }
      // Without the notice it is the operator's responsibility.
      let silent = try await discord(Self.record + ["--for", "1s", "--no-notice"])
      #expect(silent.status == 0, "\(silent.errors)")
    }
  }

  @Test func oneRecorderAGuild() async throws {
    try await SimulatedDiscord.run { discord in
      try discord.makeKey()
      try discord.talk([discord.ids.alice])
      let first = try discord.start(Self.record)
      try await discord.waitForSpeech(20, first)
      let second = try await discord(Self.record)
      #expect(second.status == 69, "\(second.errors)")
      #expect(second.errors.contains("tapedeck/captures since"), "\(second.errors)")
      first.process.terminate()
      #expect(await first.finished().status == 0)
    }
  }

  @Test func theTokenIsNowhere() async throws {
    let canary = TokenCanaryTests.canary
    try await SimulatedDiscord.run { world, ids, _ in
      guard var application = world.applications[ids.bot] else { return }
      application.token = canary
      world.update(application)
    } _: { discord in
      try discord.makeKey()
      try discord.talk([discord.ids.alice])
      for more in [["--for", "2s", "--render"], ["--check", "2s"]] {
        let result = try await discord(
          Self.record + ["--log-level", "trace"] + more, token: canary)
        #expect(result.status == 0, "\(result.errors)")
        for text in [result.output, result.errors] { #expect(!text.contains("singing-in")) }
      }
      let running = try discord.start(Self.record, token: canary)
      try await discord.waitForSpeech(20, running)
      discord.simulator.inject(VoiceFault(.close(4004), user: discord.ids.bot))
      discord.simulator.inject(VoiceFault(.drop, user: discord.ids.bot))
      let process = "/proc/\(running.process.processIdentifier)"
      for file in ["cmdline", "environ"] {
        let text = (try? String(contentsOfFile: "\(process)/\(file)", encoding: .utf8)) ?? ""
        #expect(!text.contains("singing-in"))
      }
      running.process.interrupt()
      let result = await running.finished()
      for text in [result.output, result.errors] { #expect(!text.contains("singing-in")) }
      let names = FileManager.default.enumerator(atPath: discord.sandbox.path.string)
      while let name = names?.nextObject() as? String {
        let data = FileManager.default.contents(atPath: discord.sandbox(name).string) ?? Data()
        #expect(data.range(of: Data("singing-in".utf8)) == nil, "\(name)")
      }
    }
  }
}
