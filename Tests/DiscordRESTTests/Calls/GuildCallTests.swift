import DiscordREST
import JSONValues
import Testing

@Suite("Guilds, channels, members, account")
struct GuildCallTests {
  @Test("A guild, its channels with a limit, its roles")
  func guild() async throws {
    let script = try Script(
      .json(Sample.guild), .json([Sample.channel, ["id": "21", "type": 2, "name": "Studio"]]),
      .json([["id": "10", "name": "@everyone", "permissions": "1024"]]))
    let guild = try await script.client.guild(.id(10))
    let channels = try await guild.channels(limit: 1)
    #expect(channels.map(\.name) == ["general"])
    #expect(try await guild.currentRoles()[0].permissions == .viewChannel)
    #expect(
      script.lines == ["GET /guilds/10", "GET /guilds/10/channels", "GET /guilds/10/roles"])
  }

  @Test("A channel without a guild in its JSON belongs to the guild it was listed in")
  func placed() async throws {
    let script = try Script(.json([["id": "21", "type": 13, "name": "Stage"]]))
    let channels = try await script.client.channels(of: .id(10))
    #expect(channels[0].url == "https://discord.com/channels/10/21")
    #expect(channels[0].type == .stage)
  }

  @Test("All guilds, 200 a page")
  func guilds() async throws {
    let page = JSONValue.array(
      (1...200).map { ["id": .string("\($0)"), "name": .string("g\($0)")] })
    let script = try Script(
      .json(page), .json([["id": "201", "name": "last"]]), .json([["id": "1", "name": "g1"]]))
    #expect(try await script.client.guilds().count == 201)
    #expect(try await script.client.guilds(limit: 1).map(\.name) == ["g1"])
    #expect(
      script.lines == [
        "GET /users/@me/guilds?limit=200", "GET /users/@me/guilds?limit=200&after=200",
        "GET /users/@me/guilds?limit=1",
      ])
  }

  @Test("A channel, its guild and its parent, as the user too")
  func channel() async throws {
    let script = try Script(
      .json(["id": "22", "type": 11, "name": "t", "guild_id": "10", "parent_id": "20"]),
      .json(Sample.guild), .json(Sample.channel), .json(["id": "23", "type": 1]),
      userToken: "user-token-of-the-test")
    let thread = try await script.client.thread(.id(22))
    #expect(thread.isThread)
    #expect(try await thread.guild.name == "Tape Club")
    #expect(try await thread.parent?.name == "general")
    let direct = try await script.client.channel(.id(23), as: .user)
    await #expect(throws: DiscordError.self) { try await direct.guild }
    #expect(try await direct.parent == nil)
    #expect(
      script.lines == [
        "GET /channels/22", "GET /guilds/10", "GET /channels/20", "GET /channels/23",
      ])
  }

  @Test("Members by the thousand, to the limit")
  func members() async throws {
    let page = JSONValue.array((1...1000).map { Sample.member($0) })
    let script = try Script(.json(page), .json([Sample.member(1001)]))
    let guild = try Guild(json: Sample.guild, client: script.client)
    let members = try await guild.members(limit: 1500)
    #expect(members.count == 1001)
    #expect(members.last?.guildID == 10)
    #expect(
      script.lines == [
        "GET /guilds/10/members?limit=1000", "GET /guilds/10/members?limit=500&after=1000",
      ])
  }

  @Test("Without the privileged intent the error names it")
  func intent() async throws {
    let script = try Script(
      .json(["code": 50001, "message": "Missing Access"], status: 403))
    let guild = try Guild(json: Sample.guild, client: script.client)
    let error = await #expect(throws: DiscordError.self) { try await guild.members() }
    #expect(error?.hint?.contains("GUILD_MEMBERS") == true)
    #expect(error?.kind == .forbidden)
  }

  @Test("A member by name: an exact one before one that begins so")
  func findMember() async throws {
    let found: JSONValue = [
      ["user": ["id": "1", "username": "adalbert"]],
      ["user": ["id": "2", "username": "bob"], "nick": "ADA"],
      ["user": ["id": "3", "username": "ada"]],
    ]
    let script = try Script(
      .json(found), .json([]), .json([["user": ["id": "4", "username": "x"]]]))
    let guild = try Guild(json: Sample.guild, client: script.client)
    #expect(try await guild.findMember("@Ada")?.id == 3)
    #expect(try await guild.findMember("nobody") == nil)
    #expect(try await guild.findMember("eve & co")?.id == 4)
    #expect(try await guild.findMember(" ") == nil)
    #expect(
      script.lines == [
        "GET /guilds/10/members/search?query=Ada&limit=100",
        "GET /guilds/10/members/search?query=nobody&limit=100",
        "GET /guilds/10/members/search?query=eve%20%26%20co&limit=100",
      ])
  }

  @Test("The own nickname, given and taken away; where somebody is in voice")
  func ownMember() async throws {
    let script = try Script(
      .json(Sample.member(1, nick: "REC")), .json(Sample.member(1)),
      .json(["user_id": "7", "channel_id": "21", "session_id": "s"]),
      .json(["code": 10065, "message": "Unknown Voice State"], status: 404),
      .json(Sample.member(7)))
    let guild = try Guild(json: Sample.guild, client: script.client)
    #expect(try await guild.modifyCurrentMember(nick: "REC").displayName == "REC")
    #expect(try await guild.modifyCurrentMember(nick: nil).nick == nil)
    let state = try await script.client.voiceState(of: ID<User>(7), in: guild)
    #expect(state?.channelID == 21)
    #expect(state?.guildID == 10)
    #expect(try await script.client.voiceState(in: guild) == nil)
    #expect(try await guild.member(.id(7)).id == 7)
    #expect(script.bodies[0] == ["nick": "REC"])
    #expect(script.bodies[1] == ["nick": .null])
    #expect(
      script.lines == [
        "PATCH /guilds/10/members/@me", "PATCH /guilds/10/members/@me",
        "GET /guilds/10/voice-states/7", "GET /guilds/10/voice-states/@me",
        "GET /guilds/10/members/7",
      ])
  }

  @Test("The account: user, application, gateway, direct messages")
  func account() async throws {
    let script = try Script(
      .json(Sample.user), .json(["id": "5", "name": "Deck"]),
      .json(["url": "wss://gateway.discord.gg"]),
      .json([
        "url": "wss://gateway.discord.gg", "shards": 2,
        "session_start_limit": [
          "total": 1000, "remaining": 3, "reset_after": 14_400_000, "max_concurrency": 1,
        ],
      ]), .json(["id": "21", "type": 1, "recipients": [Sample.user]]),
      .json([["id": "21", "type": 1, "recipients": [Sample.user]]]), .json(Sample.user),
      userToken: "user-token-of-the-test")
    let client = script.client
    let me = try await client.me()
    #expect(me.displayName == "Ada")
    #expect(try await client.currentApplication().name == "Deck")
    #expect(try await client.gateway().shards == 1)
    let bot = try await client.gatewayBot()
    #expect(bot.sessionStartLimit?.remaining == 3)
    #expect(bot.sessionStartLimit?.resetAfter == .seconds(14_400))
    #expect(try await me.createDM().name == "Ada")
    #expect(try await client.directMessages().map(\.id) == [21])
    #expect(try await client.user(.id(7)).username == "ada")
    #expect(
      script.lines == [
        "GET /users/@me", "GET /applications/@me", "GET /gateway", "GET /gateway/bot",
        "POST /users/@me/channels", "GET /users/@me/channels", "GET /users/7",
      ])
    #expect(script.bodies[4] == ["recipient_id": "7"])
    let headers = script.transport.requests.map { $0.headers["authorization"] }
    #expect(headers[5] == "user-token-of-the-test")
    #expect(headers[6] == "Bot MTAw.bot.token-of-the-test")
  }

  @Test("The tree: categories from above, text before voice, names on their lines")
  func tree() async throws {
    let script = try Script(
      .json([
        ["id": "3", "type": 2, "name": "Studio", "parent_id": "50", "position": 0],
        ["id": "2", "type": 0, "name": "two", "parent_id": "50", "position": 2],
        ["id": "1", "type": 0, "name": "one", "parent_id": "50", "position": 1, "topic": "a\nb"],
        ["id": "51", "type": 4, "name": "Below", "position": 2],
        ["id": "50", "type": 4, "name": "Above", "position": 1],
        ["id": "4", "type": 13, "name": "Stage", "parent_id": "51"],
        ["id": "5", "type": 15, "name": "forum", "parent_id": "999"],
      ]), .json([Sample.member(7, nick: "Ada\u{202E}")]))
    let guild = try Guild(json: Sample.guild, client: script.client)
    let tree = try await guild.tree()
    let text = tree.text
    #expect(
      text.split(separator: "\n").prefix(9) == [
        "Tape Club [10]", "|-- Uncategorized", "|   |-- 💬forum [5]", "|-- Above",
        "|   |-- #one: a\(DisplayText.sanitized("\n"))b [1]", "|   |-- #two [2]",
        "|   |-- 🔊Studio [3]", "|-- Below", "|   |-- 🎙️Stage [4]",
      ])
    #expect(text.hasSuffix(" [7]"))
    #expect(!text.contains("\u{202E}"))
    #expect(tree.categories.map { $0.channel?.name } == [nil, "Above", "Below"])
    #expect(tree.members?.count == 1)
    #expect(
      script.lines == ["GET /guilds/10/channels", "GET /guilds/10/members?limit=1000"])
  }

  @Test("The tree without members needs no privileged intent")
  func treeWithoutMembers() async throws {
    let script = try Script(.json(Sample.guild), .json([]))
    let tree = try await script.client.tree(of: .id(10), includesMembers: false)
    #expect(tree.members == nil)
    #expect(tree.text == "Tape Club [10]\n|-- Uncategorized")
  }

  @Test("What a member may, by the guild's own roles and a channel's overwrites")
  func permissions() async throws {
    let script = try Script()
    let guild = try Guild(
      json: [
        "id": "10", "name": "g", "owner_id": "1",
        "roles": [["id": "10", "name": "@everyone", "permissions": "3072"]],
      ], client: script.client)
    let channel = try Channel(
      json: [
        "id": "20", "type": 0, "name": "c",
        "permission_overwrites": [["id": "10", "type": 0, "allow": "0", "deny": "2048"]],
      ], client: script.client)
    let member = try Member(json: Sample.member(7), client: script.client)
    #expect(guild.permissions(of: member) == [.viewChannel, .sendMessages])
    #expect(guild.permissions(of: member, in: channel) == [.viewChannel])
    let partial = try Guild(json: ["id": "10", "name": "g"], client: script.client)
    #expect(partial.permissions(of: member) == nil)
  }

  @Test("An answer of another kind is an error, not a trap")
  func strange() async throws {
    for answer: JSONValue in [["a": 1], 5, "x", [1, 2], [["id": "1"]]] {
      let script = try Script(.json(answer), .json(answer), .json(answer))
      for call in [
        { _ = try await script.client.channels(of: ID<Guild>(1)) },
        { _ = try await script.client.messages(in: ID<Channel>(1)) },
        { _ = try await script.client.searchPage("x", in: ID<Guild>(1)) },
      ] as [() async throws -> Void] {
        let error = await #expect(throws: DiscordError.self) { try await call() }
        #expect(error?.kind == .invalidResponse)
      }
    }
  }
}
