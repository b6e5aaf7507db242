internal import DiscordSimulator
internal import Foundation
internal import JSONValues
internal import SystemPackage
internal import Testing

/// A token that is found by its last part wherever it should not be.
@Suite struct TokenCanaryTests {
  static let canary = "MTIz.CANARY.singing-in-the-coal-mine-7f3a9b1e"
  private static let trace = "singing-in-the-coal-mine"

  static let subcommands: [[String]] = [
    ["discord", "guilds"], ["discord", "channels"], ["discord", "members"],
    ["discord", "messages", "--channel", "general"], ["discord", "search", "tape"],
    ["discord", "tree"], ["discord", "send", "--channel", "general", "hello"],
    ["discord", "dm", "--to", "carol", "hello"], ["discord", "thread", "list"],
    ["discord", "thread", "create", "name", "--channel", "general"],
    ["discord", "webhook", "list"],
    ["discord", "webhook", "create", "name", "--channel", "general"],
    ["discord", "webhook", "send", "--webhook", "1", "text"],
    ["discord", "webhook", "delete", "1"],
    ["discord", "events"], ["discord", "delete", "1", "--channel", "general"],
    ["doctor"], ["doctor", "--channel", "Listening Room"],
  ]

  private static let effects: [Fault.Effect] = [
    .status(401, .json(["message": "401: Unauthorized", "code": 0])),
    .status(403, .json(["message": "Missing Permissions", "code": 50013])),
    .status(500), .reset, .brokenJSON, .truncated(5), .rateLimited(seconds: 900),
    .wrongJSON(["message": .string("echo")]), .slow(.seconds(5)),
  ]

  private func sing(
    _ world: inout World, _ ids: World.Sample, _ now: World.Time
  ) {
    guard var application = world.applications[ids.bot] else { return }
    application.token = Self.canary
    world.update(application)
  }

  private func check(_ result: Tool.Result, _ arguments: [String]) {
    #expect(!result.output.contains(Self.trace), "\(arguments)")
    #expect(!result.errors.contains(Self.trace), "\(arguments)")
  }

  /// Every file below the sandbox, but those that are meant to hold the token.
  private func checkFiles(_ sandbox: Sandbox, but allowed: [String] = []) throws {
    let names = FileManager.default.enumerator(atPath: sandbox.path.string)
    while let name = names?.nextObject() as? String {
      guard !allowed.contains(name),
        let data = FileManager.default.contents(
          atPath: sandbox(name).string)
      else { continue }
      #expect(!String(decoding: data, as: UTF8.self).contains(Self.trace), "\(name)")
    }
  }

  @Test(arguments: subcommands)
  func isNowhereWhateverHappens(arguments: [String]) async throws {
    try await SimulatedDiscord.run(sing) { discord in
      for more in [["--log-level", "trace"], ["--json", "--log-level", "trace"], ["--help"]] {
        let result = try await discord(arguments + more, token: Self.canary)
        check(result, arguments)
        // It did log in.
        if more.count > 1, arguments != ["discord", "webhook", "send"] {
          #expect(!result.errors.contains("does not accept the token"), "\(arguments)")
        }
      }
      for effect in Self.effects {
        discord.simulator.inject(Fault(effect, count: 10))
        let result = try await discord(
          arguments + ["--log-level", "trace", "--timeout", "0.5s"], token: Self.canary)
        check(result, arguments)
        #expect([0, 64, 65, 66, 69, 75, 77, 78].contains(result.status), "\(result.errors)")
        discord.simulator.clearFaults()
      }
      try checkFiles(discord.sandbox)
    }
  }

  @Test func setupKeepsItToItsFile() async throws {
    let file = "config/tapedeck/discord-token"
    try await SimulatedDiscord.run(sing) { discord in
      let faults: [Fault.Effect?] = Self.effects + [nil]
      for (effect, json) in faults.flatMap({ [($0, [String]()), ($0, ["--json"])] }) {
        if let effect { discord.simulator.inject(Fault(effect, count: 40)) }
        let arguments =
          ["setup", "--no-wait", "--log-level", "trace"] + json
          + (effect == nil ? [] : ["--timeout", "0.5s"])
        let result = try await discord(arguments, token: "", input: Self.canary + "\n")
        check(result, ["setup", "\(effect.map { "\($0)" } ?? "no fault")"])
        // Nothing is stored that Discord has not confirmed.
        #expect(
          discord.sandbox.names("config/tapedeck") == (effect == nil ? ["discord-token"] : []))
        if effect == nil {
          #expect(result.status == 0, "\(result.errors)")
          #expect(try discord.sandbox.read(file) == Self.canary + "\n")
          try FileManager.default.removeItem(atPath: discord.sandbox(file).string)
        } else {
          #expect([65, 69, 75, 77, 78].contains(result.status), "\(result.errors)")
        }
        try checkFiles(discord.sandbox)
        discord.simulator.clearFaults()
      }
      for arguments in [["--help"], ["--token", Self.canary]] {
        check(try await discord(["setup"] + arguments, token: ""), arguments)
      }
    }
  }

  @Test func isNotTakenFromTheCommandLine() async throws {
    try await SimulatedDiscord.run(sing) { discord in
      for arguments in [
        ["--token", Self.canary], ["--token=\(Self.canary)"], ["--bot-token", Self.canary],
      ] {
        let result = try await discord(["discord", "guilds"] + arguments, token: "")
        #expect(result.status == 64)
        #expect(!result.output.contains("Tape Club"))
      }
    }
  }

  @Test func refusedTokensAreNotShownEither() async throws {
    try await SimulatedDiscord.run { discord in
      let result = try await discord(
        ["discord", "guilds", "--log-level", "trace"], token: Self.canary)
      #expect(result.status == 77)
      #expect(result.errors.contains("Discord does not accept the token (401)"))
      check(result, [])
      for form in ["Bot Bot \(Self.canary)", Self.canary + " x", "a." + Self.canary] {
        let result = try await discord(["discord", "guilds"], token: form)
        #expect(result.status != 0)
        check(result, [form])
      }
    }
  }

  @Test func comesFromFilesToo() async throws {
    try await SimulatedDiscord.run(sing) { discord in
      try discord.sandbox.write("Bot \(Self.canary)\n", to: "discord-token")
      let path = discord.sandbox("discord-token").string
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      let file = try await discord(["discord", "guilds", "--token-file", path], token: "")
      #expect(file.status == 0, "\(file.errors)")
      let folder = try await discord(
        ["discord", "guilds"], token: "",
        environment: ["CREDENTIALS_DIRECTORY": discord.sandbox.path.string])
      #expect(folder.status == 0, "\(folder.errors)")
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
      let open = try await discord(["discord", "guilds", "--token-file", path], token: "")
      #expect(open.status == 77)
      #expect(open.errors.contains("others can read"))
      for result in [file, folder, open] { check(result, []) }
      try checkFiles(discord.sandbox, but: ["discord-token"])
    }
  }

  @Test func leavesTheEnvironmentAndCannotBeDumped() async throws {
    try await SimulatedDiscord.run(sing) { discord in
      // An answer that does not come leaves time to look at the process.
      let variables = [
        "DISCORD_BOT_TOKEN": Self.canary, "HOME": discord.sandbox.path.string,
        "XDG_CONFIG_HOME": discord.sandbox("config").string,
      ]
      discord.simulator.inject(Fault(.slow(.seconds(60)), count: 40))
      let running = try Tool.Running(
        ["discord", "guilds", "--api-base", discord.apiBase, "--timeout", "60s"], keys: nil,
        environment: variables)
      try running.input.fileHandleForWriting.close()
      let process = "/proc/\(running.process.processIdentifier)"
      // The first call to the simulator comes after the token was taken.
      while discord.simulator.requests.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
      let limits = try String(contentsOfFile: process + "/limits", encoding: .utf8)
      let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
      #expect(core?.contains(" 0 ") == true, "\(core ?? "")")
      let arguments = try String(contentsOfFile: process + "/cmdline", encoding: .utf8)
      #expect(!arguments.contains(Self.trace))
      // Readable by root alone, and even so without the token.
      if let environment = try? String(contentsOfFile: process + "/environ", encoding: .utf8) {
        #expect(!environment.contains(Self.trace))
      }
      running.process.terminate()
      check(await running.finished(), ["guilds"])
    }
  }
}
