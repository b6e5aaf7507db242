import DiscordREST
import DiscordSimulator
import FoundationEssentials
import JSONValues
import Testing

@Suite("REST rows against the simulator: search and deletion")
struct SearchRowTests {
  @Test("Guild.search and Channel.search: content, author, channel, has, before/after")
  func search() async throws {
    try await SimulatedDiscord.run { discord in
      let ids = discord.ids
      let guild = try await discord.guild
      let general = try await discord.general
      let found = try await guild.search("digitised")
      #expect(found.count == 20)
      #expect(found.map(\.id) == found.map(\.id).sorted().reversed())
      #expect(
        found[0].url == "https://discord.com/channels/\(ids.guild)/\(ids.general)/\(found[0].id)")
      let byBob = try await guild.search(
        SearchQuery("digitised", authors: [ID<User>(ids.bob)], limit: 25))
      #expect(byBob.count == 10)
      #expect(byBob.allSatisfy { $0.author.username == "bob" })
      #expect(try await general.search(SearchQuery(has: [.image])).count == 1)
      #expect(try await general.search(SearchQuery("tape", has: [.image.without])).count > 1)
      #expect(
        try await guild.search(SearchQuery(mentions: [ID<User>(ids.bob)])).map(\.author.username)
          == ["carol"])
      let week = discord.now.addingTimeInterval(-7 * 86_400)
      #expect(
        try await general.search(SearchQuery(before: .date(week))).count == 21)
      #expect(try await general.search(SearchQuery(after: .date(week))).count == 3)
      #expect(
        try await general.search(
          SearchQuery(before: .snowflake(Snowflake(ids.firstMessage + 1)))
        ).map(\.id) == [ID(ids.firstMessage)])
      #expect(try await general.search(SearchQuery(isPinned: true)).isEmpty)
      let oldest = try await general.search(SearchQuery("digitised", order: .oldestFirst, limit: 2))
      #expect(oldest.map(\.rawContent).first == "Old tape 1 has been digitised")
      let second = try await general.search(
        SearchQuery("digitised", order: .oldestFirst, offset: 1, limit: 1))
      #expect(second == [oldest[1]])
    }
  }

  @Test("search with threads or without")
  func threads() async throws {
    try await SimulatedDiscord.run { discord in
      let general = try await discord.general
      let guild = try await discord.guild
      #expect(try await general.search("blue").isEmpty)
      let found = try await general.search(SearchQuery("blue", threads: .included))
      #expect(found.map(\.channelID) == [ID(discord.ids.thread)])
      #expect(try await guild.search("blue").count == 1)
      #expect(try await guild.search(SearchQuery("blue", threads: .excluded)).isEmpty)
      let page = try await discord.client.searchPage("blue", in: guild)
      #expect(page.threads.map(\.name) == ["Next tapes"])
      #expect(page.total == 1)
    }
  }

  @Test("the 202 \"index not ready\" is waited for")
  func notReady() async throws {
    try await SimulatedDiscord.run(
      prepare: { world, _, _ in world.searchesBeforeIndexReady = 1 },
      { discord in
        let found = try await discord.guild.search("digitised")
        #expect(found.count == 20)
        let searches = discord.simulator.requests.filter { $0.target.contains("/search") }
        #expect(searches.map(\.status) == [202, 200])
      })
  }

  @Test("searchAll: paged, limit, max age, progress; AsyncSequence and array")
  func searchAll() async throws {
    try await SimulatedDiscord.run(
      prepare: { world, ids, now in
        for number in 0..<130 {
          world.send(
            MessageDraft("needle \(number)"), by: ids.bob, in: ids.general,
            now: now - 50_000 + Int64(number) * 100)
        }
      },
      { discord in
        let guild = try await discord.guild
        let all = try await guild.searchAll("needle", limit: nil).array()
        #expect(all.count == 130)
        #expect(all.map(\.id) == all.map(\.id).sorted().reversed())
        #expect(try await guild.searchAll("needle", limit: 30).array() == Array(all.prefix(30)))
        let general = try await discord.general
        let start = Date(timeIntervalSince1970: Double(discord.start) / 1000)
        // Of the sample's 23 messages with that word two are younger than a week.
        let recent = try await general.searchAll(
          "tape", maximumAge: .seconds(7 * 86_400), now: start
        ).array()
        #expect(recent.count == 2)
        // While it is walked, messages appear and vanish.
        var seen: [ID<Message>] = []
        for try await message in guild.searchAll("needle", limit: nil) {
          seen.append(message.id)
          guard seen.count == 10 else { continue }
          let doomed = [all[3].id, all[60].id].map(\.snowflake.rawValue)
          discord.simulator.mutate { world, now in
            world.delete(doomed, in: discord.ids.general)
            world.send(
              MessageDraft("needle new"), by: discord.ids.bob, in: discord.ids.general, now: now)
          }
        }
        #expect(seen == all.map(\.id).filter { $0 != all[60].id })
      })
  }

  @Test("Message.delete, deleteMessage, bulkDelete (2-100, under 14 days)")
  func delete() async throws {
    try await SimulatedDiscord.run { discord in
      let general = try await discord.general
      var messages: [Message] = []
      for number in 0..<5 { messages.append(try await general.send("gone \(number)")) }
      try await messages[0].delete()
      try await general.deleteMessage(messages[1].id)
      try await general.bulkDelete([messages[2], messages[3].id], now: discord.now)
      try await general.bulkDelete([messages[4]], now: discord.now)
      #expect(!(try await general.messages().contains { $0.rawContent.hasPrefix("gone") }))
      let error = await #expect(throws: DiscordError.self) { try await messages[0].delete() }
      #expect(error?.discordCode == 10008)
      let before = discord.simulator.requests.count
      let old = try await #require(throws: DiscordError.self) {
        try await general.bulkDelete(
          [ID<Message>(discord.ids.firstMessage), messages[0]], now: discord.now)
      }
      #expect(old.kind == .invalidArgument)
      #expect(discord.simulator.requests.count == before)
      #expect(discord.lines.contains("POST /channels/\(discord.ids.general)/messages/bulk-delete"))
    }
  }

  @Test("searchAndDeleteAll: recent in bulk, old singly, already-gone ignored, dry run")
  func searchAndDeleteAll() async throws {
    // The sample has 20 such messages of 30 days ago.
    try await SimulatedDiscord.run(
      prepare: { world, ids, now in
        for number in 0..<7 {
          world.send(
            MessageDraft("Digitised again: \(number)"), by: ids.bob, in: ids.general,
            now: now - 50_000 + Int64(number))
        }
      },
      { discord in
        let general = try await discord.general
        let dry = try await general.searchAndDeleteAll(
          "digitised", dryRun: true, now: discord.now)
        #expect(dry.messages.count == 27)
        #expect(dry.deleted == 0)
        #expect(try await general.searchAll("digitised").array().count == 27)
        discord.simulator.inject(
          Fault(
            .status(404, .json(["message": "Unknown Message", "code": 10008])), method: "DELETE",
            path: "/channels/*/messages/*"))
        let report = try await general.searchAndDeleteAll("digitised", now: discord.now)
        #expect(report.deleted == 26)
        #expect(report.alreadyGone == 1)
        let bulk = discord.lines.filter { $0.hasSuffix("bulk-delete") }
        #expect(bulk.count == 1)
        // The one that was said to be gone.
        #expect(try await general.search("digitised").count == 1)
      })
  }
}
