import DiscordREST
import JSONValues
import Testing

@Suite("Messages of a channel")
struct MessageCallTests {
  @Test("Discord's newest first becomes the order of time")
  func order() async throws {
    let script = try Script(
      .json([Sample.message(3), Sample.message(2), Sample.message(1)]), .json(Sample.channel))
    let messages = try await script.client.messages(in: .id(20), limit: 3)
    #expect(messages.map(\.id) == [1, 2, 3])
    // The channel is asked once, so that the messages know their guild.
    #expect(script.lines == ["GET /channels/20/messages?limit=3", "GET /channels/20"])
    #expect(messages[0].url == "https://discord.com/channels/10/20/1")
    #expect(!messages[0].isDirectMessage)
  }

  @Test("A channel that is known is not asked for")
  func known() async throws {
    let script = try Script(.json([Sample.message(1)]), .json([Sample.message(2)]))
    let channel = try Channel(json: Sample.channel, client: script.client)
    #expect(try await channel.messages()[0].guildID == 10)
    #expect(try await script.client.messages(in: channel.id)[0].guildID == 10)
    #expect(
      script.lines == ["GET /channels/20/messages?limit=50", "GET /channels/20/messages?limit=50"])
  }

  @Test("A refused question about the channel does not spoil the messages")
  func refused() async throws {
    let script = try Script(
      .json([Sample.message(1)]), .json(["code": 50001, "message": "Missing Access"], status: 403))
    let messages = try await script.client.messages(in: .id(20))
    #expect(messages.map(\.id) == [1])
    #expect(messages[0].guildID == nil)
    #expect(!messages[0].isDirectMessage)
  }

  @Test("Before, after and around a message, as object or id")
  func ranges() async throws {
    let script = try Script(.json([]), .json([]), .json([]), .json([]))
    let channel = try Channel(json: Sample.channel, client: script.client)
    let message = try Message(
      json: Sample.message(9, more: ["guild_id": "10"]), client: script.client)
    _ = try await channel.messages(.before(message), limit: 5)
    _ = try await message.after()
    _ = try await message.around()
    _ = try await channel.messages(.around(ID<Message>(8)), limit: 100)
    #expect(
      script.lines == [
        "GET /channels/20/messages?limit=5&before=9", "GET /channels/20/messages?limit=5&after=9",
        "GET /channels/20/messages?limit=11&around=9",
        "GET /channels/20/messages?limit=100&around=8",
      ])
    await #expect(throws: DiscordError.self) {
      _ = try await channel.messages(.around(message), limit: 101)
    }
  }

  @Test("More than 100 come in pages, backwards from the newest")
  func backwards() async throws {
    let script = try Script(
      .json(page(250, 151)), .json(page(150, 51)), .json(page(50, 1)))
    let channel = try Channel(json: Sample.channel, client: script.client)
    let messages = try await channel.messages(limit: 250)
    #expect(messages.map(\.id.snowflake.rawValue) == Array(1...250))
    #expect(
      script.lines == [
        "GET /channels/20/messages?limit=100", "GET /channels/20/messages?limit=100&before=151",
        "GET /channels/20/messages?limit=50&before=51",
      ])
  }

  @Test("After a message they come forwards; a short page is the last")
  func forwards() async throws {
    let script = try Script(.json(page(105, 6)), .json(page(120, 106)))
    let channel = try Channel(json: Sample.channel, client: script.client)
    let messages = try await channel.messages(.after(ID<Message>(5)), limit: nil)
    #expect(messages.map(\.id.snowflake.rawValue) == Array(6...120))
    #expect(script.lines[1] == "GET /channels/20/messages?limit=100&after=105")
  }

  @Test("A server that ignores the page's beginning is not asked for ever")
  func stuck() async throws {
    let script = try Script(.json(page(100, 1)), .json(page(100, 1)))
    let channel = try Channel(json: Sample.channel, client: script.client)
    let messages = try await channel.messages(limit: nil)
    #expect(messages.count == 100)
    #expect(script.transport.left == 0)
  }

  @Test("Nothing asked for is no request")
  func nothing() async throws {
    let script = try Script()
    let channel = try Channel(json: Sample.channel, client: script.client)
    #expect(try await channel.messages(limit: 0).isEmpty)
    #expect(try await channel.messages(limit: -5).isEmpty)
    #expect(script.lines == [])
  }

  @Test("One message, its channel, its guild, typing")
  func single() async throws {
    let script = try Script(
      .json(Sample.message(9)), .json(Sample.channel), .json(Sample.guild), .none)
    let channel = try Channel(json: Sample.channel, client: script.client)
    let message = try await channel.message(.id(9))
    #expect(try await message.channel.name == "general")
    #expect(try await message.guild.name == "Tape Club")
    try await channel.showTyping()
    #expect(
      script.lines == [
        "GET /channels/20/messages/9", "GET /channels/20", "GET /guilds/10",
        "POST /channels/20/typing",
      ])
  }

  @Test("The message that is answered")
  func referenced() throws {
    let client = try Script().client
    let reply = try Message(
      json: Sample.message(
        9,
        more: [
          "guild_id": "10", "message_reference": ["message_id": "8"],
          "referenced_message": Sample.message(8, content: "question"),
        ]), client: client)
    #expect(reply.referenced?.content == "question")
    #expect(reply.referenced?.guildID == 10)
    #expect(reply.referencedID == 8)
    let orphan = try Message(
      json: Sample.message(9, more: ["referenced_message": .null]), client: client)
    #expect(orphan.referenced == nil)
  }

  private func page(_ from: Int64, _ to: Int64) -> JSONValue {
    .array(stride(from: from, through: to, by: -1).map { Sample.message($0) })
  }
}
