import DiscordREST
import DiscordSimulator
import JSONValues
import Testing

@Suite("REST rows against the simulator: messages")
struct MessageRowTests {
  @Test("messages(limit, before/after/around) in time order; Message.before/after/around")
  func history() async throws {
    try await SimulatedDiscord.run { discord in
      let general = try await discord.general
      let all = try await general.messages(limit: nil)
      #expect(all.count == 24)
      #expect(all.map(\.id) == all.map(\.id).sorted())
      #expect(all.first?.id == ID(discord.ids.firstMessage))
      let middle = all[10]
      #expect(try await general.messages(.before(middle), limit: 3) == Array(all[7..<10]))
      #expect(try await general.messages(.after(middle), limit: 3) == Array(all[11..<14]))
      #expect(try await middle.before(limit: 2) == Array(all[8..<10]))
      #expect(try await middle.after(limit: 2) == Array(all[11..<13]))
      let around = try await middle.around(limit: 5)
      #expect(around.contains(middle))
      #expect(around == Array(all[8..<13]))
    }
  }

  @Test("messages(limit) over 100, in pages")
  func pages() async throws {
    try await SimulatedDiscord.run(
      prepare: { world, ids, now in
        for number in 0..<330 {
          world.send(
            MessageDraft("tick \(number)"), by: ids.bob, in: ids.general,
            now: now - 100_000 + Int64(number))
        }
      },
      { discord in
        let general = try await discord.general
        let all = try await general.messages(limit: nil)
        #expect(all.count == 354)
        #expect(Set(all.map(\.id)).count == 354)
        #expect(all.map(\.id) == all.map(\.id).sorted())
        #expect(try await general.messages(limit: 250) == Array(all.suffix(250)))
        #expect(
          try await general.messages(.after(all[0]), limit: 250) == Array(all[1...250]))
      })
  }

  @Test("Message.channel, url and isDirectMessage, also from a bare id")
  func places() async throws {
    try await SimulatedDiscord.run { discord in
      let ids = discord.ids
      // The client has seen nothing of this channel.
      let messages = try await discord.client.messages(
        in: .id(Snowflake(ids.general)), limit: 1)
      let message = try #require(messages.first)
      #expect(
        message.url == "https://discord.com/channels/\(ids.guild)/\(ids.general)/\(message.id)")
      #expect(!message.isDirectMessage)
      #expect(try await message.channel.name == "general")
      #expect(try await message.guild.name == "Tape Club")
      #expect(
        try await discord.client.message(message.id, in: message.channelID) == message)
    }
  }

  @Test("content with mentions resolved, and rawContent")
  func content() async throws {
    try await SimulatedDiscord.run { discord in
      let messages = try await discord.general.messages(limit: nil)
      let cover = try #require(messages.first { $0.rawContent.contains("The cover of") })
      #expect(cover.rawContent == "The cover of <@\(discord.ids.bob)>'s new tape")
      // The HTTP API sends users without nicknames.
      #expect(cover.content == "The cover of @Bob B.'s new tape")
      #expect(cover.mentions.map(\.username) == ["bob"])
    }
  }

  @Test("send(content, files, reply) with multipart; attachments and Attachment.fetch")
  func send() async throws {
    try await SimulatedDiscord.run { discord in
      let general = try await discord.general
      let bytes = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let message = try await general.send(
        "listen",
        files: [
          FileUpload(name: "take one.flac", bytes: bytes, contentType: "audio/flac"),
          FileUpload(name: "../../notes.txt", bytes: Array("side A".utf8)),
        ], reply: ID<Message>(discord.ids.firstMessage))
      #expect(message.rawContent == "listen")
      #expect(message.referencedID == ID(discord.ids.firstMessage))
      #expect(message.referenced?.rawContent == "Welcome to the Tape Club!")
      #expect(message.attachments.count == 2)
      let file = try #require(message.attachments.first)
      #expect(file.size == 70_000)
      #expect(try await file.fetch() == bytes)
      let error = await #expect(throws: DiscordError.self) { try await file.fetch(limit: 1000) }
      #expect(error?.kind == .fileTooLarge)
      let again = try await general.message(message)
      #expect(again.attachments.last?.filename.contains("/") == false)
    }
  }

  @Test("content over 2,000 characters is split")
  func long() async throws {
    try await SimulatedDiscord.run { discord in
      let general = try await discord.general
      let text = (1...600).map { "Line \($0) 🎙️" }.joined(separator: "\n")
      let messages = try await discord.client.sendAll(text, to: general)
      #expect(messages.count > 3)
      #expect(messages.map(\.rawContent).joined(separator: "\n") == text)
      #expect(try await general.messages(limit: messages.count).map(\.id) == messages.map(\.id))
    }
  }

  @Test("files over the upload limit are refused beforehand, with the limit named")
  func tooLarge() async throws {
    try await SimulatedDiscord.run { discord in
      let general = try await discord.general
      let before = discord.simulator.requests.count
      let file = FileUpload(
        name: "big.wav", bytes: [UInt8](repeating: 0, count: (10 << 20) + 1))
      let error = await #expect(throws: DiscordError.self) {
        try await general.send("here", files: [file])
      }
      #expect(error?.kind == .fileTooLarge)
      #expect(error?.message.contains("10 MiB") == true)
      #expect(discord.simulator.requests.count == before)
    }
  }

  @Test("a retried send never posts twice")
  func once() async throws {
    try await SimulatedDiscord.run { discord in
      let general = try await discord.general
      discord.simulator.inject(
        Fault(.resetAfterEffect, method: "POST", path: "/channels/*/messages"))
      try await general.send("only once")
      let found = try await general.messages(limit: 5).filter { $0.rawContent == "only once" }
      #expect(found.count == 1)
      #expect(discord.lines.filter { $0.hasPrefix("POST ") }.count == 2)
    }
  }

  @Test("message edit, reply, typing")
  func edit() async throws {
    try await SimulatedDiscord.run { discord in
      let general = try await discord.general
      try await general.showTyping()
      let message = try await general.send("first")
      let edited = try await message.edit("second")
      #expect(edited.rawContent == "second")
      #expect(edited.editedAt != nil)
      #expect(try await message.refreshed().rawContent == "second")
      let reply = try await message.reply("third")
      #expect(reply.referencedID == message.id)
      let foreign = await #expect(throws: DiscordError.self) {
        try await discord.client.edit(
          .id(Snowflake(discord.ids.firstMessage)), in: general, content: "mine now")
      }
      #expect(foreign?.kind == .forbidden)
    }
  }

  @Test("reactions: add, list, remove")
  func reactions() async throws {
    try await SimulatedDiscord.run { discord in
      let message = try await discord.general.send("react")
      try await message.react("👍")
      #expect(try await message.reactions("👍").map(\.id) == [ID(discord.ids.bot)])
      try await message.removeReaction("👍")
      #expect(try await message.reactions("👍").isEmpty)
      try await message.react("🎧")
      try await discord.client.removeAllReactions(from: message, in: message.channelID)
      #expect(try await message.reactions("🎧").isEmpty)
    }
  }

  @Test("Mentions: every send defaults to nobody, opt-in per call; hostile names")
  func mentions() async throws {
    try await SimulatedDiscord.run { discord in
      let general = try await discord.general
      let bob = ID<User>(discord.ids.bob)
      let silent = try await general.send("@everyone <@\(bob)> <@&\(discord.ids.moderatorRole)>")
      #expect(!silent.mentionsEveryone)
      #expect(silent.mentions.isEmpty)
      #expect(silent.mentionedRoleIDs.isEmpty)
      let edited = try await silent.edit("@here <@\(bob)>")
      #expect(!edited.mentionsEveryone)
      #expect(edited.mentions.isEmpty)
      let loud = try await general.send(
        "<@\(bob)> @everyone", allowedMentions: AllowedMentions(users: [bob.snowflake]))
      #expect(loud.mentions.map(\.id) == [bob])
      #expect(!loud.mentionsEveryone)
      let mallory = try await discord.guild.member(.id(Snowflake(discord.ids.mallory)))
      let hello = try await general.send("Hello " + Markdown.escape(mallory.displayName))
      #expect(!hello.mentionsEveryone)
      #expect(hello.mentions.isEmpty)
    }
  }

  @Test("createDM, User and Member; a direct message knows that it is one")
  func directMessage() async throws {
    try await SimulatedDiscord.run { discord in
      let carol = try await discord.guild.member(.id(Snowflake(discord.ids.carol)))
      let channel = try await carol.createDM()
      #expect(channel.type == .directMessage)
      #expect(channel.name == "carol")
      let message = try await channel.send("psst")
      #expect(message.isDirectMessage)
      #expect(message.url == "https://discord.com/channels/@me/\(channel.id)/\(message.id)")
      #expect(try await channel.messages().map(\.rawContent) == ["psst"])
    }
  }

  @Test("dms, with the user token only")
  func directMessages() async throws {
    try await SimulatedDiscord.run(
      prepare: { world, ids, now in
        let channel = world.directMessage(between: ids.alice, and: ids.bob, now: now - 9000)
        world.send(
          MessageDraft("tape at noon?"), by: ids.bob, in: channel.id, now: now - 8000)
      },
      { discord in
        let channels = try await discord.client.directMessages()
        #expect(channels.map(\.type) == [.directMessage])
        let found = try await channels[0].search("noon")
        #expect(found.map(\.rawContent) == ["tape at noon?"])
        #expect(try await channels[0].messages(as: .user).count == 1)
      })
  }

  @Test("request(method, path, query:, json:) for everything else")
  func request() async throws {
    try await SimulatedDiscord.run { discord in
      let json = try await discord.client.request(
        .get, "/channels/\(discord.ids.general)/messages", query: ["limit": "2"])
      #expect(json.array?.count == 2)
    }
  }
}
