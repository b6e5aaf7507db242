import DiscordREST
import JSONValues
import Testing

@Suite("Threads and webhooks")
struct ThreadAndWebhookCallTests {
  private static let silent: JSONValue = ["parse": [], "replied_user": false]
  private static let thread: JSONValue = [
    "id": "99", "type": 11, "name": "side talk", "parent_id": "20", "guild_id": "10",
  ]
  private static let hook: JSONValue = [
    "id": "60", "type": 1, "name": "News", "channel_id": "20", "guild_id": "10",
    "token": "hook-secret",
  ]

  @Test("A thread from a message, and one without")
  func createThread() async throws {
    let script = try Script(.json(Self.thread), .json(Self.thread), .json(Self.thread))
    let message = try Message(
      json: Sample.message(9, more: ["guild_id": "10"]), client: script.client)
    let channel = try Channel(json: Sample.channel, client: script.client)
    let thread = try await message.createThread("side talk", archiveAfterMinutes: 60)
    #expect(thread.url == "https://discord.com/channels/10/99")
    _ = try await channel.createThread("quiet", type: .privateThread)
    _ = try await script.client.createThread("open", in: .id(20))
    #expect(
      script.lines == [
        "POST /channels/20/messages/9/threads", "POST /channels/20/threads",
        "POST /channels/20/threads",
      ])
    #expect(
      script.bodies == [
        ["name": "side talk", "auto_archive_duration": 60], ["name": "quiet", "type": 12],
        ["name": "open", "type": 11],
      ])
  }

  @Test("A thread's name has 1 to 100 characters, and its type is one of a thread")
  func threadLimits() async throws {
    let script = try Script()
    let channel = try Channel(json: Sample.channel, client: script.client)
    for name in ["", String(repeating: "x", count: 101)] {
      await #expect(throws: DiscordError.self) { try await channel.createThread(name) }
    }
    await #expect(throws: DiscordError.self) {
      try await channel.createThread("x", type: .voice)
    }
    #expect(script.lines == [])
  }

  @Test("A post of a forum has its first message, which notifies nobody")
  func post() async throws {
    let script = try Script(.json(Self.thread))
    _ = try await script.client.createPost("topic", in: .id(20), content: "@everyone", tags: [4])
    #expect(
      script.bodies[0] == [
        "name": "topic", "applied_tags": ["4"],
        "message": ["content": "@everyone", "allowed_mentions": Self.silent],
      ])
  }

  @Test("The active threads of a guild, and of a channel")
  func threads() async throws {
    let answer: JSONValue = [
      "threads": [
        Self.thread, ["id": "98", "type": 11, "name": "elsewhere", "parent_id": "21"],
      ], "members": [],
    ]
    let script = try Script(.json(answer), .json(answer))
    let guild = try Guild(json: Sample.guild, client: script.client)
    let channel = try Channel(json: Sample.channel, client: script.client)
    #expect(try await guild.threads().map(\.id) == [99, 98])
    #expect(try await channel.threads().map(\.id) == [99])
    #expect(
      script.lines == ["GET /guilds/10/threads/active", "GET /guilds/10/threads/active"])
  }

  @Test("Webhooks: list, get, make, rename, move, delete")
  func webhooks() async throws {
    let script = try Script(
      .json([Self.hook]), .json([Self.hook]), .json(Self.hook), .json(Self.hook), .json(Self.hook),
      .json(Self.hook), .none, .none)
    let guild = try Guild(json: Sample.guild, client: script.client)
    let channel = try Channel(json: Sample.channel, client: script.client)
    #expect(try await channel.webhooks().map(\.name) == ["News"])
    #expect(try await guild.webhooks().map(\.channelID) == [20])
    let hook = try await script.client.webhook(.id(60))
    _ = try await script.client.webhook(.id(60), token: "hook-secret")
    #expect(try await channel.createWebhook("News").token == "hook-secret")
    try await hook.edit(name: "Old news", channel: ID<Channel>(21))
    try await hook.delete()
    try await script.client.delete(webhook: .id(60), token: "hook-secret")
    #expect(
      script.lines == [
        "GET /channels/20/webhooks", "GET /guilds/10/webhooks", "GET /webhooks/60",
        "GET /webhooks/60/hook-secret", "POST /channels/20/webhooks", "PATCH /webhooks/60",
        "DELETE /webhooks/60", "DELETE /webhooks/60/hook-secret",
      ])
    #expect(script.bodies[4] == ["name": "News"])
    #expect(script.bodies[5] == ["name": "Old news", "channel_id": "21"])
  }

  @Test("A webhook posts under a name and a picture, waits, and notifies nobody")
  func send() async throws {
    let script = try Script(.json(Sample.message(9)), .none, .json(Sample.message(9)), .none)
    let hook = try Webhook(json: Self.hook, client: script.client)
    let message = try await hook.send(
      "@everyone", username: "Tape", avatarURL: "https://example.org/t.png",
      thread: ID<Channel>(99))
    #expect(message?.url == "https://discord.com/channels/10/20/9")
    #expect(try await hook.send("quick", wait: false) == nil)
    try await script.client.edit(
      .id(9), webhook: hook, token: "hook-secret", content: "@here", thread: ID<Channel>(99))
    try await script.client.delete(.id(9), webhook: hook, token: "hook-secret")
    #expect(
      script.lines == [
        "POST /webhooks/60/hook-secret?wait=true&thread_id=99", "POST /webhooks/60/hook-secret",
        "PATCH /webhooks/60/hook-secret/messages/9?thread_id=99",
        "DELETE /webhooks/60/hook-secret/messages/9",
      ])
    #expect(
      script.bodies[0] == [
        "content": "@everyone", "username": "Tape", "avatar_url": "https://example.org/t.png",
        "allowed_mentions": Self.silent,
      ])
    #expect(script.bodies[1] == ["content": "quick", "allowed_mentions": Self.silent])
    #expect(script.bodies[2] == ["content": "@here", "allowed_mentions": Self.silent])
  }

  @Test("A lost connection is not attempted again: a webhook has no nonce")
  func notRetried() async throws {
    let script = try Script(.lost, .json(Sample.message(9)))
    let hook = try Webhook(json: Self.hook, client: script.client)
    let error = await #expect(throws: DiscordError.self) { try await hook.send("once") }
    #expect(error?.kind == .network)
    #expect(error?.description.contains("hook-secret") == false)
    #expect(script.lines.count == 1)
  }

  @Test("The parts of a long text wait for each other, also where nobody waits for the last")
  func long() async throws {
    let script = try Script(.json(Sample.message(1, channel: 99)), .none)
    let hook = try Webhook(json: Self.hook, client: script.client)
    let text = String(repeating: "word ", count: 600)
    let last = try await hook.send(text, threadName: "new", wait: false)
    #expect(last == nil)
    #expect(
      script.lines == [
        "POST /webhooks/60/hook-secret?wait=true", "POST /webhooks/60/hook-secret?thread_id=99",
      ])
    #expect(script.bodies.map { $0?["thread_name"] } == ["new", nil])
  }

  @Test("A webhook whose token Discord did not send cannot post, and the error says why")
  func tokenless() async throws {
    let script = try Script()
    let hook = try Webhook(json: ["id": "60", "type": 2], client: script.client)
    let error = await #expect(throws: DiscordError.self) { try await hook.send("x") }
    #expect(error?.kind == .invalidArgument)
    #expect(error?.hint != nil)
  }
}
