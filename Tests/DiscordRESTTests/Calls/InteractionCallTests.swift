import DiscordREST
import FoundationEssentials
import JSONValues
import Testing

@Suite("Interactions, commands, scheduled events")
struct InteractionCallTests {
  private static let silent: JSONValue = ["parse": [], "replied_user": false]

  private func interaction(_ client: DiscordClient, guild: Bool = true) throws -> Interaction {
    var json: JSONValue = [
      "id": "70", "application_id": "5", "type": 2, "token": "aW50ZXI=", "channel_id": "20",
      "data": ["name": "ping"],
    ]
    if guild {
      json["guild_id"] = "10"
      json["member"] = ["user": Sample.user, "permissions": "8192", "roles": []]
    } else {
      json["user"] = Sample.user
    }
    return try Interaction(json: json, client: client)
  }

  @Test("A reply, plain and for the user alone; nobody is notified")
  func reply() async throws {
    let script = try Script(.none, .none)
    let interaction = try interaction(script.client)
    try await interaction.reply("@everyone pong")
    try await interaction.reply("secret", ephemeral: true)
    #expect(
      script.lines == [
        "POST /interactions/70/aW50ZXI%3D/callback", "POST /interactions/70/aW50ZXI%3D/callback",
      ])
    #expect(
      script.bodies[0] == [
        "type": 4, "data": ["content": "@everyone pong", "allowed_mentions": Self.silent],
      ])
    #expect(
      script.bodies[1] == [
        "type": 4,
        "data": ["content": "secret", "flags": 64, "allowed_mentions": Self.silent],
      ])
    #expect(interaction.memberPermissions == .manageMessages)
    #expect(interaction.user?.username == "ada")
  }

  @Test("Deferred, then edited, followed up, read and deleted")
  func deferred() async throws {
    let script = try Script(
      .none, .json(Sample.message(9)), .json(Sample.message(11)), .json(Sample.message(9)), .none)
    let interaction = try interaction(script.client)
    try await interaction.deferReply(ephemeral: true)
    let edited = try await interaction.editReply("<@7> done")
    #expect(edited.url == "https://discord.com/channels/10/20/9")
    try await interaction.followUp("more", ephemeral: true)
    _ = try await interaction.originalReply()
    try await interaction.deleteReply()
    let path = "/webhooks/5/aW50ZXI%3D"
    #expect(
      script.lines == [
        "POST /interactions/70/aW50ZXI%3D/callback", "PATCH \(path)/messages/@original",
        "POST \(path)", "GET \(path)/messages/@original", "DELETE \(path)/messages/@original",
      ])
    #expect(script.bodies[0] == ["type": 5, "data": ["flags": 64]])
    #expect(script.bodies[1] == ["content": "<@7> done", "allowed_mentions": Self.silent])
    #expect(
      script.bodies[2] == ["content": "more", "flags": 64, "allowed_mentions": Self.silent])
  }

  @Test("A long answer goes on in further messages, as private as the first")
  func long() async throws {
    let text = String(repeating: "word ", count: 900)
    let script = try Script(
      .none, .json(Sample.message(2)), .json(Sample.message(3)),
      .json(Sample.message(4, more: ["flags": 64])), .json(Sample.message(5)),
      .json(Sample.message(6)))
    let interaction = try interaction(script.client)
    try await interaction.reply(text, ephemeral: true)
    #expect(script.bodies.map { ($0?["data"] ?? $0)?["flags"] } == [64, 64, 64])
    try await interaction.editReply(text)
    #expect(script.bodies.dropFirst(4).map { $0?["flags"] } == [64, 64])
  }

  @Test("In a direct message the answer has no guild")
  func directMessage() async throws {
    let script = try Script(.json(Sample.message(9)))
    let interaction = try interaction(script.client, guild: false)
    #expect(interaction.member == nil)
    #expect(interaction.user?.id == 7)
    #expect(try await interaction.followUp("x").isDirectMessage)
  }

  @Test("Any other answer; a message without mentions of its own notifies nobody")
  func respond() async throws {
    let script = try Script(.none, .none)
    let interaction = try interaction(script.client)
    try await interaction.respond(type: 7, data: ["content": "@here"])
    try await interaction.respond(type: 9, data: ["custom_id": "form", "title": "Title"])
    #expect(script.bodies[0]?["data"]?["allowed_mentions"] == Self.silent)
    #expect(script.bodies[1]?["data"]?["allowed_mentions"] == nil)
  }

  @Test("Commands are registered as a whole, for all guilds or one, and listed")
  func commands() async throws {
    let answer: JSONValue = [["id": "80", "name": "play", "default_member_permissions": "32"]]
    let script = try Script(.json(answer), .json(answer), .json(answer), .json([]))
    let client = script.client
    let definition = ApplicationCommandDefinition(
      name: "play", description: "Plays a tape",
      options: [
        ApplicationCommandOption(
          name: "side", description: "Which side", isRequired: true, choices: ["A", "B"])
      ], defaultMemberPermissions: .manageGuild, isForDirectMessages: false)
    let registered = try await client.overwriteCommands(
      [definition], of: .id(5), in: ID<Guild>(10))
    #expect(registered[0].mention == "</play:80>")
    #expect(registered[0].defaultMemberPermissions == .manageGuild)
    _ = try await client.overwriteCommands([definition], of: .id(5))
    _ = try await client.commands(of: .id(5))
    _ = try await client.commands(of: .id(5), in: ID<Guild>(10))
    #expect(
      script.lines == [
        "PUT /applications/5/guilds/10/commands", "PUT /applications/5/commands",
        "GET /applications/5/commands", "GET /applications/5/guilds/10/commands",
      ])
    #expect(
      script.bodies[0] == [
        [
          "name": "play", "type": 1, "description": "Plays a tape", "contexts": [0],
          "default_member_permissions": "32",
          "options": [
            [
              "name": "side", "description": "Which side", "type": 3, "required": true,
              "choices": [["name": "A", "value": "A"], ["name": "B", "value": "B"]],
            ]
          ],
        ]
      ])
  }

  @Test("Scheduled events: list, get, make in a channel and elsewhere, start, delete")
  func events() async throws {
    let event: JSONValue = [
      "id": "90", "guild_id": "10", "name": "Concert", "entity_type": 2, "channel_id": "21",
      "scheduled_start_time": "2026-12-01T20:00:00+00:00", "status": 1,
    ]
    let script = try Script(
      .json([event]), .json(event), .json(event), .json(event), .json(event), .none)
    let guild = try Guild(json: Sample.guild, client: script.client)
    let start = Date(timeIntervalSince1970: 1_796_155_200)
    let listed = try await guild.scheduledEvents()
    #expect(listed[0].start == start)
    #expect(listed[0].venue == .voice(21))
    #expect(listed[0].url == "https://discord.com/events/10/90")
    _ = try await script.client.scheduledEvent(.id(90), of: guild)
    _ = try await guild.createScheduledEvent(
      "Concert", venue: .voice(21), start: start, details: "Bring tapes")
    _ = try await guild.createScheduledEvent(
      "Concert", venue: .external(location: "The barn"), start: start,
      end: start.addingTimeInterval(3600))
    try await listed[0].edit(status: .active)
    try await listed[0].delete()
    let path = "/guilds/10/scheduled-events"
    #expect(
      script.lines == [
        "GET \(path)?with_user_count=true", "GET \(path)/90?with_user_count=true", "POST \(path)",
        "POST \(path)", "PATCH \(path)/90", "DELETE \(path)/90",
      ])
    #expect(
      script.bodies[2] == [
        "name": "Concert", "privacy_level": 2, "entity_type": 2, "channel_id": "21",
        "scheduled_start_time": "2026-12-01T20:00:00.000Z", "description": "Bring tapes",
      ])
    #expect(script.bodies[3]?["entity_metadata"] == ["location": "The barn"])
    #expect(script.bodies[3]?["scheduled_end_time"] == "2026-12-01T21:00:00.000Z")
    #expect(script.bodies[4] == ["status": 2])
    await #expect(throws: DiscordError.self) {
      try await guild.createScheduledEvent(
        "No end", venue: .external(location: "x"), start: start)
    }
  }
}
