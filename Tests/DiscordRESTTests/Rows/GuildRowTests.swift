import DiscordREST
import DiscordSimulator
import FoundationEssentials
import JSONValues
import Testing

@Suite("REST rows against the simulator: guilds, channels, members")
struct GuildRowTests {
  @Test("guild(id)")
  func guild() async throws {
    try await SimulatedDiscord.run { discord in
      let guild = try await discord.guild
      #expect(guild.name == "Tape Club")
      #expect(guild.ownerID == ID(discord.ids.alice))
      #expect(guild.url == "https://discord.com/channels/\(discord.ids.guild)")
      #expect(!guild.roles.isEmpty)
      let error = await #expect(throws: DiscordError.self) {
        try await discord.client.guild(.id(1))
      }
      #expect(error?.kind == .notFound)
      #expect(error?.discordCode == 10004)
    }
  }

  @Test("guilds(limit)")
  func guilds() async throws {
    try await SimulatedDiscord.run { discord in
      let guilds = try await discord.client.guilds(limit: 1)
      #expect(guilds.map(\.name) == ["Tape Club"])
      #expect(try await discord.client.guilds().table.contains("Tape Club"))
    }
  }

  @Test("Guild.channels(limit), types 0, 2, 4, 5, 13 and 15")
  func channels() async throws {
    try await SimulatedDiscord.run { discord in
      let guild = try await discord.guild
      let channels = try await guild.channels()
      let types = Set(channels.map(\.type))
      #expect(types.isSuperset(of: [.text, .voice, .category, .announcement, .stage, .forum]))
      #expect(channels.allSatisfy { $0.guildID == guild.id })
      #expect(try await guild.channels(limit: 2).count == 2)
    }
  }

  @Test("channel(id), Channel.guild, Channel.parent, url")
  func channel() async throws {
    try await SimulatedDiscord.run { discord in
      let channel = try await discord.general
      #expect(channel.name == "general")
      #expect(channel.topic == "Tapes and everything else")
      #expect(try await channel.guild.name == "Tape Club")
      #expect(try await channel.parent?.name == "Talk")
      #expect(
        channel.url == "https://discord.com/channels/\(discord.ids.guild)/\(discord.ids.general)")
      let hidden = await #expect(throws: DiscordError.self) {
        try await discord.client.channel(.id(Snowflake(discord.ids.moderators)))
      }
      #expect(hidden?.kind == .forbidden)
    }
  }

  @Test("members(limit), paged; display names nick > global name > username")
  func members() async throws {
    try await SimulatedDiscord.run(
      prepare: { world, ids, now in
        for number in 0..<1200 {
          let user = world.createUser("extra\(number)", now: now - 1000)
          world.addMember(user.id, to: ids.guild, now: now - 500)
        }
      },
      { discord in
        let guild = try await discord.guild
        let members = try await guild.members(limit: nil)
        #expect(members.count == 1205)
        #expect(Set(members.map(\.id)).count == 1205)
        #expect(try await guild.members(limit: 3).count == 3)
        let names = Dictionary(members.map { ($0.id, $0.displayName) }) { first, _ in first }
        #expect(names[ID(discord.ids.bob)] == "Bobby")
        #expect(names[ID(discord.ids.alice)] == "Alice")
        #expect(names[ID(discord.ids.carol)] == "carol")
      })
  }

  @Test("members without the privileged intent: the error names it")
  func membersWithoutIntent() async throws {
    try await SimulatedDiscord.run(
      prepare: { world, ids, _ in
        if var application = world.applications[ids.bot] {
          application.flags = []
          world.update(application)
        }
      },
      { discord in
        let guild = try await discord.guild
        let error = await #expect(throws: DiscordError.self) { try await guild.members() }
        #expect(error?.kind == .forbidden)
        #expect(error?.hint?.contains("GUILD_MEMBERS") == true)
      })
  }

  @Test("findMember(name)")
  func findMember() async throws {
    try await SimulatedDiscord.run { discord in
      let guild = try await discord.guild
      #expect(try await guild.findMember("Bobby")?.id == ID(discord.ids.bob))
      #expect(try await guild.findMember("@carol")?.id == ID(discord.ids.carol))
      #expect(try await guild.findMember("nobody at all") == nil)
    }
  }

  @Test("modifyCurrentMember(nick)")
  func nick() async throws {
    try await SimulatedDiscord.run { discord in
      let guild = try await discord.guild
      #expect(try await guild.modifyCurrentMember(nick: "REC").displayName == "REC")
      #expect(try await guild.member(.id(Snowflake(discord.ids.bot))).nick == "REC")
      #expect(try await guild.modifyCurrentMember(nick: nil).nick == nil)
    }
  }

  @Test("Guild.tree, as text and as a value; hostile names stay on their lines")
  func tree() async throws {
    try await SimulatedDiscord.run { discord in
      let tree = try await discord.guild.tree()
      let lines = tree.text.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.first == "Tape Club [\(discord.ids.guild)]")
      #expect(lines.contains("|-- Talk"))
      #expect(
        lines.contains("|   |-- #general: Tapes and everything else [\(discord.ids.general)]"))
      #expect(lines.contains("|   |-- 🔊Listening Room [\(discord.ids.voice)]"))
      #expect(lines.contains("|   |-- Bobby [\(discord.ids.bob)]"))
      #expect(lines.allSatisfy { $0.hasPrefix("|") || $0.hasPrefix("Tape Club") })
      #expect(!tree.text.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x202E })
      #expect(tree.categories.contains { $0.channel?.name == "Talk" })
    }
  }

  @Test("Roles and computed permissions agree with what the service allows")
  func permissions() async throws {
    try await SimulatedDiscord.run { discord in
      let guild = try await discord.guild
      #expect(try await guild.currentRoles().contains { $0.name == "Moderators" })
      let me = try await guild.member(.id(Snowflake(discord.ids.bot)))
      let general = try await discord.general
      let rules = try await discord.client.channel(.id(Snowflake(discord.ids.rules)))
      let inGeneral = try #require(guild.permissions(of: me, in: general))
      let inRules = try #require(guild.permissions(of: me, in: rules))
      #expect(inGeneral.isSuperset(of: [.viewChannel, .sendMessages, .manageMessages]))
      #expect(inRules.contains(.viewChannel))
      #expect(!inRules.contains(.sendMessages))
      try await general.send("allowed")
      let refused = await #expect(throws: DiscordError.self) { try await rules.send("refused") }
      #expect(refused?.kind == .forbidden)
    }
  }

  @Test("User, /users/@me, /applications/@me, gateway")
  func account() async throws {
    try await SimulatedDiscord.run { discord in
      let client = discord.client
      #expect(try await client.me().id == ID(discord.ids.bot))
      #expect(try await client.me().isBot)
      #expect(try await client.me(as: .user).username == "alice")
      #expect(try await client.user(.id(Snowflake(discord.ids.carol))).username == "carol")
      let application = try await client.currentApplication()
      #expect(application.name == "Tapedeck")
      #expect(application.flags.contains(.guildMembersLimited))
      #expect(try await client.gateway().url.hasPrefix("ws://127.0.0.1:"))
      #expect(try await client.gatewayBot().sessionStartLimit != nil)
    }
  }

  @Test("date → snowflake")
  func snowflake() throws {
    let date = Date(timeIntervalSince1970: 1_777_593_600)
    #expect(Snowflake(date: date).date == date)
    #expect(try SearchBound("2026-05-01").snowflake == Snowflake(date: date))
  }

  @Test("scheduled events of a guild")
  func events() async throws {
    try await SimulatedDiscord.run { discord in
      let guild = try await discord.guild
      #expect(try await guild.scheduledEvents().map(\.name) == ["Weekly listening"])
      let start = discord.now.addingTimeInterval(7200)
      let event = try await guild.createScheduledEvent(
        "Concert", venue: .voice(ID(discord.ids.voice)), start: start, details: "Bring tapes")
      #expect(event.venue == .voice(ID(discord.ids.voice)))
      #expect(abs(event.start.timeIntervalSince(start)) < 0.01)
      #expect(try await discord.client.scheduledEvent(event, of: guild).details == "Bring tapes")
      #expect(try await event.edit(status: .active).status == .active)
      try await event.delete()
      #expect(try await guild.scheduledEvents().count == 1)
    }
  }
}
