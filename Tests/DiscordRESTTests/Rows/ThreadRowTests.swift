import DiscordREST
import DiscordSimulator
import JSONValues
import Testing

@Suite("REST rows against the simulator: threads, webhooks, commands, interactions")
struct ThreadRowTests {
  @Test("createThread from a message and without; thread(id); active threads")
  func threads() async throws {
    try await SimulatedDiscord.run { discord in
      let general = try await discord.general
      let message = try await general.send("discuss")
      let thread = try await message.createThread("Side talk")
      #expect(thread.type == .publicThread)
      #expect(thread.id.snowflake == message.id.snowflake)
      #expect(thread.guildID == general.guildID)
      #expect(try await thread.parent?.name == "general")
      let open = try await general.createThread("Open end", archiveAfterMinutes: 60)
      let secret = try await general.createThread("Quiet", type: .privateThread)
      #expect(secret.type == .privateThread)
      try await open.send("in the thread")
      #expect(try await discord.client.thread(open.id).name == "Open end")
      #expect(
        Set(try await general.threads().map(\.name))
          .isSuperset(of: ["Side talk", "Open end", "Next tapes"]))
      #expect(try await discord.guild.threads().count > 3)
      let twice = await #expect(throws: DiscordError.self) {
        try await message.createThread("again")
      }
      #expect(twice?.discordCode == 160_004)
    }
  }

  @Test("A post in a forum")
  func post() async throws {
    try await SimulatedDiscord.run { discord in
      let post = try await discord.client.createPost(
        "Wind sounds", in: .id(Snowflake(discord.ids.forum)), content: "An hour of @everyone")
      #expect(post.isThread)
      let first = try #require(try await post.messages().first)
      #expect(first.rawContent == "An hour of @everyone")
      #expect(!first.mentionsEveryone)
    }
  }

  @Test("webhooks: create, list by channel and guild, get, edit, move, send, delete")
  func webhooks() async throws {
    try await SimulatedDiscord.run { discord in
      let general = try await discord.general
      let guild = try await discord.guild
      let hook = try await general.createWebhook("News")
      #expect(hook.token != nil)
      #expect(try await general.webhooks().map(\.id) == [hook.id])
      #expect(try await guild.webhooks().map(\.name) == ["News"])
      #expect(try await discord.client.webhook(hook.id).name == "News")
      #expect(try await discord.client.webhook(hook.id, token: hook.token).name == "News")
      let sent = try await hook.send(
        "@everyone extra", username: "Tape bot", avatarURL: "https://example.org/a.png",
        files: [FileUpload(name: "a.txt", bytes: Array("a".utf8))])
      let message = try #require(sent)
      #expect(message.author.username == "Tape bot")
      #expect(message.webhookID == hook.id)
      #expect(!message.mentionsEveryone)
      #expect(message.attachments.count == 1)
      #expect(
        message.url
          == "https://discord.com/channels/\(discord.ids.guild)/\(general.id)/\(message.id)")
      #expect(try await hook.send("later", wait: false) == nil)
      try await hook.send("in a thread", thread: ID<Channel>(discord.ids.thread))
      let thread = try await discord.client.messages(in: .id(Snowflake(discord.ids.thread)))
      #expect(thread.last?.rawContent == "in a thread")
      let token = try #require(hook.token)
      let edited = try await discord.client.edit(
        message, webhook: hook, token: token, content: "changed")
      #expect(edited.rawContent == "changed")
      try await discord.client.delete(message, webhook: hook, token: token)
      let moved = try await hook.edit(
        name: "Old news", channel: ID<Channel>(discord.ids.announcements))
      #expect(moved.name == "Old news")
      #expect(moved.channelID == ID(discord.ids.announcements))
      try await hook.delete()
      #expect(try await guild.webhooks().isEmpty)
    }
  }

  @Test("application-command registration, global and of a guild, and listing")
  func commands() async throws {
    try await SimulatedDiscord.run { discord in
      let client = discord.client
      let application = try await client.currentApplication()
      let guild = try await discord.guild
      let play = ApplicationCommandDefinition(
        name: "play", description: "Plays a tape",
        options: [
          ApplicationCommandOption(name: "title", description: "Which", isRequired: true)
        ], defaultMemberPermissions: .manageMessages)
      let registered = try await client.overwriteCommands([play], of: application, in: guild)
      #expect(registered.map(\.name) == ["play"])
      #expect(registered[0].defaultMemberPermissions == .manageMessages)
      #expect(try await client.commands(of: application, in: guild).map(\.name) == ["play"])
      #expect(try await client.commands(of: application).isEmpty)
      try await client.overwriteCommands([play], of: application)
      #expect(try await client.commands(of: application).count == 1)
      try await client.overwriteCommands([], of: application, in: guild)
      #expect(try await client.commands(of: application, in: guild).isEmpty)
    }
  }

  @Test("interaction replies: reply, ephemeral, edit, follow-up, delete")
  func replies() async throws {
    try await withInteraction { discord, interaction in
      #expect(interaction.commandName == "ping")
      #expect(interaction.user?.username == "bob")
      #expect(interaction.text("title") == "Blue")
      try await interaction.reply("@everyone pong")
      let original = try await interaction.originalReply()
      #expect(original.rawContent == "@everyone pong")
      #expect(!original.mentionsEveryone)
      let edited = try await interaction.editReply("pong <@\(discord.ids.bob)>")
      #expect(edited.mentions.isEmpty)
      let more = try await interaction.followUp("for you", ephemeral: true)
      #expect(more["flags"]?.integer == 64)
      try await interaction.deleteReply()
      let twice = await #expect(throws: DiscordError.self) { try await interaction.reply("again") }
      #expect(twice?.discordCode == 40060)
    }
  }

  @Test("interaction replies: deferred within 3 s, then answered")
  func deferred() async throws {
    try await withInteraction { _, interaction in
      try await interaction.deferReply()
      let text = String(repeating: "long answer ", count: 300)
      let first = try await interaction.editReply(text)
      #expect(first.rawContent.unicodeScalars.count <= 2000)
      #expect(try await interaction.originalReply().rawContent == first.rawContent)
    }
  }

  private func withInteraction(
    _ test: (SimulatedDiscord, Interaction) async throws -> Void
  ) async throws {
    try await SimulatedDiscord.run { discord in
      let client = discord.client
      let command = ApplicationCommandDefinition(
        name: "ping", description: "Answers",
        options: [ApplicationCommandOption(name: "title", description: "Which")])
      try await client.overwriteCommands(
        [command], of: .id(Snowflake(discord.ids.bot)), in: try await discord.guild)
      let event = discord.event { world, now in
        world.invoke(
          "ping", options: [["name": "title", "type": 3, "value": "Blue"]], by: discord.ids.bob,
          in: discord.ids.general, now: now)
      }
      try await test(discord, try Interaction(json: try #require(event), client: client))
    }
  }
}
