internal import DiscordSimulator
internal import Foundation
internal import JSONValues
internal import SystemPackage
internal import Testing

/// Each subcommand of `tapedeck discord` against the simulator.
@Suite struct DiscordCommandTests {
  @Test func listsAreTheObjectsThatDiscordSent() async throws {
    try await SimulatedDiscord.run { discord in
      let ids = discord.ids
      let guilds = try #require(try await discord.json("guilds").array)
      #expect(guilds.map { $0["id"]?.string } == ["\(ids.guild)"])
      #expect(guilds[0]["name"] == "Tape Club")

      let channels = try #require(try await discord.json("channels").array)
      let names = channels.compactMap { $0["name"]?.string }
      #expect(names.contains("general") && names.contains("Listening Room"))
      // The category's own come behind it, voice after text.
      let talk = try #require(names.firstIndex(of: "Talk"))
      let voice = try #require(names.firstIndex(of: "Listening Room"))
      let general = try #require(names.firstIndex(of: "general"))
      #expect(talk < general && general < voice)
      let voices = try await discord.json("channels", "--type", "voice")
      #expect(voices.array?.map { $0["id"]?.string } == ["\(ids.voice)"])
      let threads = try await discord.json("channels", "--type", "thread", "--guild", "tape club")
      #expect(threads.array?.contains { $0["id"]?.string == "\(ids.thread)" } == true)

      let members = try #require(try await discord.json("members").array)
      let people = Set(members.compactMap { $0["user"]?["username"]?.string })
      #expect(people.isSuperset(of: ["alice", "bob"]))
      let bob = try await discord.json("members", "--name", "bob").array
      #expect(bob?.first?["user"]?["id"]?.string == "\(ids.bob)")

      let events = try await discord.json("events").array
      #expect(events?.first?["name"] == "Weekly listening")

      let tree = try await discord.json("tree")
      #expect(tree["id"]?.string == "\(ids.guild)")
      #expect(tree["channels"]?.array?.count == channels.count)
    }
  }

  @Test func messagesComeInTimeOrderWithBounds() async throws {
    try await SimulatedDiscord.run { discord in
      let all = try #require(try await discord.json("messages", "--channel", "general").array)
      let ids = all.compactMap { $0["id"]?.string.flatMap { UInt64($0) } }
      #expect(ids == ids.sorted() && ids.count > 20)
      let middle = "\(ids[10])"
      let before = try await discord.json(
        "messages", "--channel", "#general", "--limit", "3", "--before", middle)
      #expect(before.array?.compactMap { $0["id"]?.string } == ids[7..<10].map { "\($0)" })
      let after = try await discord.json(
        "messages", "--channel", "\(discord.ids.general)", "--limit", "2", "--after",
        "https://discord.com/channels/\(discord.ids.guild)/\(discord.ids.general)/\(middle)")
      #expect(after.array?.compactMap { $0["id"]?.string } == ids[11..<13].map { "\($0)" })
      let old = try await discord.json(
        "messages", "--channel", "general", "--before", "2016-01-01")
      #expect(old.array == [])
    }
  }

  @Test func sendTakesTextFromEverywhereAndNotifiesNobody() async throws {
    try await SimulatedDiscord.run { discord in
      let ids = discord.ids
      let first = try await discord.json(
        "send", "--channel", "general", "hello @everyone <@\(ids.bob)>")
      #expect(first[0]?["content"]?.string?.hasPrefix("hello") == true)
      #expect(first[0]?["mention_everyone"] == false)
      #expect(first[0]?["mentions"]?.array?.isEmpty == true)

      let piped = try await discord.json(
        "send", "--channel", "general", "-", input: "from a pipe\n")
      #expect(piped[0]?["content"] == "from a pipe")

      try discord.sandbox.write("from a file\n\n", to: "text")
      try discord.sandbox.write("attached", to: "notes.txt")
      try discord.sandbox.write("too", to: "b.txt")
      let file = try await discord.json(
        "send", "--channel", "general", "--text-file", discord.sandbox("text").string, "--file",
        discord.sandbox("notes.txt").string, "--file", discord.sandbox("b.txt").string)
      #expect(file[0]?["content"] == "from a file")
      #expect(
        file[0]?["attachments"]?.array?.compactMap { $0["filename"]?.string } == [
          "notes.txt", "b.txt",
        ])

      let id = try #require(first[0]?["id"]?.string)
      let reply = try await discord.json(
        "send", "yes", "--reply", "https://discord.com/channels/\(ids.guild)/\(ids.general)/\(id)")
      #expect(reply[0]?["message_reference"]?["message_id"]?.string == id)

      let thread = try await discord.json(
        "send", "in a thread", "--channel", "general", "--thread", "Next tapes")
      #expect(thread[0]?["channel_id"]?.string == "\(ids.thread)")

      let told = try await discord.json(
        "send", "--channel", "general", "<@\(ids.bob)>", "--mention", "\(ids.bob)")
      #expect(told[0]?["mentions"]?.array?.count == 1)

      let long = try await discord.json(
        "send", "--channel", "general", "-",
        input: String(repeating: "a line of text\n", count: 300))
      #expect((long.array?.count ?? 0) >= 3)
    }
  }

  @Test func searchHasAllFilters() async throws {
    try await SimulatedDiscord.run { discord in
      let ids = discord.ids
      let found = try #require(try await discord.json("search", "digitised").array)
      #expect(!found.isEmpty && found.count <= 25)
      let all = try #require(
        try await discord.json("search", "digitised", "--all", "--channel", "general").array)
      #expect(all.count == 20)
      let bobs = try #require(
        try await discord.json(
          "search", "digitised", "--all", "--author", "bob", "--sort", "oldest"
        ).array)
      #expect(bobs.count == 10)
      #expect(bobs.allSatisfy { $0["author"]?["id"]?.string == "\(ids.bob)" })
      let pictures = try #require(try await discord.json("search", "--has", "image").array)
      #expect(pictures.count == 1)
      let none = try await discord.json("search", "digitised", "--before", "2016-01-01")
      #expect(none == [])
    }
  }

  @Test func directMessagesThreadsAndWebhooks() async throws {
    try await SimulatedDiscord.run { discord in
      let sent = try await discord.json("dm", "--to", "carol", "psst")
      #expect(sent[0]?["content"] == "psst")

      let thread = try await discord.json("thread", "create", "B sides", "--channel", "general")
      #expect(thread["name"] == "B sides")
      let threads = try #require(try await discord.json("thread", "list").array)
      #expect(threads.contains { $0["id"] == thread["id"] })

      let post = try await discord.json(
        "thread", "create", "C sides", "--channel", "mixtapes", "--text", "what is on them")
      #expect(post["parent_id"]?.string == "\(discord.ids.forum)")
      _ = try await discord.failure("thread", "create", "D", "--channel", "mixtapes", exit: 64)
      _ = try await discord.failure(
        "thread", "create", "D", "--channel", "general", "--text", "x", exit: 64)

      let made = try await discord.json("webhook", "create", "News", "--channel", "general")
      let id = try #require(made["id"]?.string)
      #expect(made["token"] == nil && made["url"] == nil)
      let list = try #require(try await discord.json("webhook", "list").array)
      #expect(list.map { $0["id"]?.string } == [id])
      #expect(list[0]["token"] == nil)
      let secret = try await discord.json("webhook", "list", "--with-tokens")
      #expect(secret[0]?["token"]?.string?.isEmpty == false)
      let news = try await discord.json(
        "webhook", "send", "--webhook", id, "fresh tapes", "--name", "Newsboy")
      #expect(news[0]?["author"]?["username"] == "Newsboy")
      let deleted = try await discord.json("webhook", "delete", id)
      #expect(deleted["deleted"]?.string == id)
      let left = try await discord.json("webhook", "list")
      #expect(left == [])
    }
  }

  @Test func deleteOnlyShowsWithoutYes() async throws {
    try await SimulatedDiscord.run { discord in
      func count() -> Int { discord.simulator.world.messages[discord.ids.general]?.count ?? 0 }
      let before = count()
      let dry = try await discord.json(
        "delete", "--channel", "general", "--content", "digitised")
      #expect(dry["dry_run"] == true)
      #expect(dry["messages"]?.array?.count == 20)
      #expect(count() == before)
      let real = try await discord.json(
        "delete", "--channel", "general", "--content", "digitised", "--yes")
      #expect(real["deleted"] == 20)
      #expect(count() == before - 20)
      let id = "\(discord.ids.firstMessage)"
      let named = try await discord.json("delete", id, "12345", "--channel", "general", "--yes")
      #expect(named["deleted"] == 1)
      #expect(named["gone"] == 1)
      #expect(count() == before - 21)
    }
  }

  @Test func tablesAreForPeople() async throws {
    try await SimulatedDiscord.run { discord in
      let guilds = try await discord.discord("guilds")
      #expect(guilds.output.hasPrefix("ID"))
      #expect(guilds.output.contains("Tape Club"))
      let tree = try await discord.discord("tree")
      #expect(tree.output.contains("- Listening Room (voice, \(discord.ids.voice))"))
      #expect(tree.output.contains("- Next tapes (thread, \(discord.ids.thread))"))
      let sent = try await discord.discord("send", "--channel", "general", "hi")
      #expect(sent.output.hasPrefix("sent http"))
      let dry = try await discord.discord("delete", "--channel", "general", "--content", "hi")
      #expect(dry.output.contains("would be deleted; --yes deletes them"))
    }
  }
}
