import DiscordREST
import JSONValues
import Testing

@Suite("Sending")
struct SendCallTests {
  private static let silent: JSONValue = ["parse": [], "replied_user": false]

  @Test("A message notifies nobody, has an enforced nonce, and comes back with its guild")
  func plain() async throws {
    let script = try Script(.json(Sample.message(9)))
    let channel = try Channel(json: Sample.channel, client: script.client)
    let message = try await channel.send("@everyone <@7>")
    #expect(message.url == "https://discord.com/channels/10/20/9")
    #expect(script.lines == ["POST /channels/20/messages"])
    let body = try #require(script.bodies[0])
    #expect(body["content"] == "@everyone <@7>")
    #expect(body["allowed_mentions"] == Self.silent)
    #expect(body["enforce_nonce"] == true)
    let nonce = try #require(body["nonce"]?.string)
    #expect((8...25).contains(nonce.count))
    #expect(body.object?.count == 4)
  }

  @Test("Mentions are opt-in")
  func mentions() async throws {
    let script = try Script(.json(Sample.message(9)))
    let channel = try Channel(json: Sample.channel, client: script.client)
    try await channel.send("<@7>", allowedMentions: AllowedMentions(users: [7]))
    #expect(
      script.bodies[0]?["allowed_mentions"]
        == ["parse": [], "users": ["7"], "replied_user": false])
  }

  @Test("A lost connection is attempted again with the same nonce, so nothing is posted twice")
  func retried() async throws {
    let script = try Script(.lost, .json(Sample.message(9)))
    let channel = try Channel(json: Sample.channel, client: script.client)
    try await channel.send("once")
    #expect(script.bodies.count == 2)
    #expect(script.bodies[0]?["nonce"] != nil)
    #expect(script.bodies[0] == script.bodies[1])
  }

  @Test("A caller's own nonce is used, and one that is too long refused")
  func nonce() async throws {
    let script = try Script(.json(Sample.message(9)))
    let channel = try Channel(json: Sample.channel, client: script.client)
    try await channel.send("x", nonce: "job-17")
    #expect(script.bodies[0]?["nonce"] == "job-17")
    for nonce in ["", String(repeating: "n", count: 26)] {
      await #expect(throws: DiscordError.self) { try await channel.send("x", nonce: nonce) }
    }
    #expect(script.lines.count == 1)
  }

  @Test("A long text: the reply first, the file last, a nonce each")
  func long() async throws {
    let script = try Script(
      .json(Sample.message(1)), .json(Sample.message(2)), .json(Sample.message(3)))
    let channel = try Channel(json: Sample.channel, client: script.client)
    let text = (0..<500).map { "line \($0)" }.joined(separator: "\n")
    let last = try await channel.send(
      text, files: [FileUpload(name: "a.txt", bytes: Array("hello".utf8))],
      embeds: [["title": "t"]], reply: ID<Message>(5))
    #expect(last.id == 3)
    let bodies = script.bodies.compactMap { $0 }
    #expect(bodies.map { $0["message_reference"] } == [["message_id": "5"], nil, nil])
    #expect(bodies.map { $0["embeds"] == nil } == [true, true, false])
    #expect(Set(bodies.map { $0["nonce"] }).count == 3)
    #expect(bodies.allSatisfy { $0["allowed_mentions"] == Self.silent })
    #expect(
      bodies.compactMap { $0["content"]?.string }.joined(separator: "\n") == text)
    let multipart = script.transport.requests[2]
    #expect(multipart.headers["content-type"]?.hasPrefix("multipart/form-data; boundary=") == true)
    #expect(multipart.text.contains("name=\"files[0]\"; filename=\"a.txt\""))
    #expect(multipart.text.contains("\r\n\r\nhello\r\n"))
    #expect(script.transport.requests[0].headers["content-type"] == "application/json")
  }

  @Test("A file over the limit is refused before any part is sent, and the limit named")
  func tooLarge() async throws {
    let script = try Script { $0.uploadLimit = 1 << 20 }
    let channel = try Channel(json: Sample.channel, client: script.client)
    let file = FileUpload(name: "big.flac", bytes: [UInt8](repeating: 0, count: (1 << 20) + 1))
    let text = String(repeating: "word ", count: 1000)
    let error = await #expect(throws: DiscordError.self) {
      try await channel.send(text, files: [file])
    }
    #expect(error?.kind == .fileTooLarge)
    #expect(error?.message.contains("1 MiB") == true)
    #expect(script.lines == [])
  }

  @Test("Too many files or embeds for the last part are refused before the first is sent")
  func tooMany() async throws {
    let script = try Script()
    let channel = try Channel(json: Sample.channel, client: script.client)
    let text = String(repeating: "word ", count: 1000)
    let file = FileUpload(name: "a.txt", bytes: [1])
    let files = await #expect(throws: DiscordError.self) {
      try await channel.send(text, files: [FileUpload](repeating: file, count: 11))
    }
    #expect(files?.kind == .invalidArgument)
    let embeds = await #expect(throws: DiscordError.self) {
      try await channel.send(text, embeds: [JSONValue](repeating: ["title": "t"], count: 11))
    }
    #expect(embeds?.kind == .invalidArgument)
    #expect(script.lines == [])
  }

  @Test("Nothing to send is no request", arguments: ["", "  \n"])
  func nothing(text: String) async throws {
    let script = try Script()
    let channel = try Channel(json: Sample.channel, client: script.client)
    let error = await #expect(throws: DiscordError.self) { try await channel.send(text) }
    #expect(error?.kind == .invalidArgument)
    #expect(script.lines == [])
  }

  @Test("A reply, and an edit: neither notifies anybody")
  func replyAndEdit() async throws {
    let script = try Script(.json(Sample.message(9)), .json(Sample.message(8)))
    let message = try Message(
      json: Sample.message(8, more: ["guild_id": "10"]), client: script.client)
    let reply = try await message.reply("yes")
    #expect(reply.guildID == 10)
    let edited = try await message.edit("@here new")
    #expect(edited.guildID == 10)
    #expect(script.lines == ["POST /channels/20/messages", "PATCH /channels/20/messages/8"])
    #expect(script.bodies[0]?["message_reference"] == ["message_id": "8"])
    #expect(script.bodies[1] == ["content": "@here new", "allowed_mentions": Self.silent])
    await #expect(throws: DiscordError.self) {
      try await message.edit(String(repeating: "x", count: 2001))
    }
  }

  @Test("Foreign text: what people wrote stays text, and notifies nobody")
  func hostile() async throws {
    let names = [
      "@everyone", "@here", "<@7>", "<@&30>", "a](https://evil.example)", "**bold**", "`code`",
      "||x||", "line\nbreak", "\u{202E}txt.exe", "# head", "> quote", "- list", "<#20>",
    ]
    for name in names {
      let script = try Script(.json(Sample.message(9)))
      let channel = try Channel(json: Sample.channel, client: script.client)
      try await channel.send("Hello " + Markdown.escape(name))
      let body = try #require(script.bodies[0])
      #expect(body["allowed_mentions"] == Self.silent)
      let text = try #require(body["content"]?.string)
      for live in ["@everyone", "@here", "<@7>", "<@&30>", "<#20>", "](", "**bold**", "||x||"] {
        #expect(!text.contains(live), "\(text.debugDescription)")
      }
    }
  }

  @Test("Reactions: emoji in every form, encoded")
  func reactions() async throws {
    let script = try Script(
      .none, .none, .none, .none, .none, .json([Sample.user]))
    let message = try Message(json: Sample.message(8), client: script.client)
    try await message.react("👍")
    try await message.react("tape:99")
    try await message.react("<a:tape:99>")
    try await message.removeReaction("👍")
    try await message.removeReaction("👍", of: ID<User>(7))
    #expect(try await message.reactions("👍", limit: 10).map(\.username) == ["ada"])
    let path = "/channels/20/messages/8/reactions"
    #expect(
      script.lines == [
        "PUT \(path)/%F0%9F%91%8D/@me", "PUT \(path)/tape%3A99/@me", "PUT \(path)/tape%3A99/@me",
        "DELETE \(path)/%F0%9F%91%8D/@me", "DELETE \(path)/%F0%9F%91%8D/7",
        "GET \(path)/%F0%9F%91%8D?limit=10",
      ])
    for emoji in ["", ".", "..", "<>"] {
      await #expect(throws: DiscordError.self) { try await message.react(emoji) }
    }
  }
}
