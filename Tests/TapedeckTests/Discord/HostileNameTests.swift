internal import DiscordSimulator
internal import Foundation
internal import JSONValues
internal import Testing

/// Names of channels, members, messages and files that come from anybody.
@Suite struct HostileNameTests {
  private func poison(_ world: inout World, _ ids: World.Sample, _ now: World.Time) {
    for (index, name) in HostileNames.all.enumerated() {
      let user = world.createUser("mallory\(index)", globalName: name, now: now)
      world.addMember(user.id, to: ids.guild, nick: name, now: now)
      let channel = world.createChannel(
        .text, name: name, in: ids.guild, topic: name, now: now)
      _ = world.createThread(name: name, in: channel.id, by: ids.alice, now: now)
      var message = MessageDraft(name)
      message.files = [.init(filename: name, contentType: "text/plain", bytes: [0x41])]
      world.send(message, by: user.id, in: ids.announcements, now: now)
      _ = world.scheduleEvent(
        name, channel: ids.voice, by: ids.alice, startsAt: now + 86_400_000, now: now)
    }
  }

  private func check(_ result: Tool.Result, _ arguments: [String], lines: Int? = nil) {
    for text in [result.output, result.errors] {
      let harmful = text.unicodeScalars.filter(HostileNames.isHarmful)
      #expect(harmful.isEmpty, "\(arguments): \(harmful.map { String($0.value, radix: 16) })")
    }
    if let lines {
      let count = result.output.split(separator: "\n").count
      #expect(count == lines, "\(arguments)")
    }
  }

  @Test func thereAreFiftyOne() {
    #expect(HostileNames.all.count == 51)
    #expect(Set(HostileNames.all).count == 51)
  }

  @Test func listsHaveOneHarmlessLineForEach() async throws {
    try await SimulatedDiscord.run(poison) { discord in
      let world = discord.simulator.world
      let threads = try await discord.json("thread", "list").array?.count ?? 0
      let channels = try await discord.json("channels").array?.count ?? 0
      let members = try await discord.json("members").array?.count ?? 0
      #expect(threads > 51 && channels > 51 && members > 51)
      let messages = world.messages[discord.ids.announcements]?.count ?? 0
      let lists: [(arguments: [String], lines: Int)] = [
        (["channels"], channels + 1), (["channels", "--threads"], channels + threads + 1),
        (["members"], members + 1), (["thread", "list"], threads + 1),
        (["messages", "--channel", "announcements", "--limit", "500"], messages + 1),
        (["events"], world.scheduledEvents.count + 1), (["tree"], channels + threads + 1),
      ]
      for list in lists {
        let result = try await discord(["discord"] + list.arguments)
        #expect(result.status == 0, "\(list.arguments): \(result.errors)")
        check(result, list.arguments, lines: list.lines)
      }
      #expect(discord.sandbox.names().isEmpty)
    }
  }

  @Test func errorsThatNameThemAreHarmless() async throws {
    try await SimulatedDiscord.run(poison) { discord in
      let cases = HostileNames.all.filter { !$0.contains("\u{0}") }.flatMap { name in
        [
          ["discord", "messages", "--channel=\(name)", "--limit", "1"],
          ["discord", "channels", "--guild=\(name)"],
        ]
      }
      try await discord.each(cases, { $0 }) { arguments, result in check(result, arguments) }
      check(try await discord(["discord", "messages", "--channel", "nothing"]), ["unknown"])
      check(try await discord(["doctor", "--channel", "rules"]), ["doctor"])
      check(
        try await discord(["discord", "channels", "--log-level", "trace"]), ["trace"])
    }
  }

  @Test func savedNothingAndSentNobody() async throws {
    try await SimulatedDiscord.run { discord in
      let names = HostileNames.all.filter {
        !$0.contains("\u{0}") && !$0.allSatisfy(\.isWhitespace)
      }
      try await discord.each(
        names, { ["discord", "send", "--channel", "general", "--json", "--", $0] }
      ) { _, sent in
        guard sent.status == 0 else { return }
        let json = try JSONValue(parsing: [UInt8](sent.output.utf8))
        #expect(json[0]?["mention_everyone"] == false)
        #expect(json[0]?["mentions"]?.array?.isEmpty == true)
        #expect(json[0]?["mention_roles"]?.array?.isEmpty != false)
      }
      #expect(discord.sandbox.names().isEmpty)
    }
  }
}
