import DiscordREST
import FoundationEssentials
import JSONValues
import Testing

@Suite("Objects of the API")
struct ObjectTests {
  private let client: DiscordClient

  init() throws { client = try Script().client }

  @Test("A required field that is missing or of another kind is named")
  func required() throws {
    func message(_ body: () throws -> Void) -> String {
      do {
        try body()
        return "no error"
      } catch let error as DiscordError {
        #expect(error.kind == .invalidResponse)
        return error.message
      } catch {
        return "\(error)"
      }
    }
    #expect(
      message { _ = try Guild(json: ["id": "1"], client: client) }
        == "Guild: the field `name` is missing")
    #expect(
      message { _ = try Guild(json: ["id": "x", "name": "n"], client: client) }
        == "Guild: the field `id` is not an id")
    #expect(
      message { _ = try Channel(json: ["id": "1", "type": "0"], client: client) }
        == "Channel: the field `type` is not a whole number")
    #expect(
      message { _ = try Message(json: ["id": "1", "channel_id": "2"], client: client) }
        == "Message: the field `author` is missing")
    #expect(
      message { _ = try Member(json: ["nick": "n"], client: client) }
        == "Member: the field `user` is missing")
    #expect(
      message { _ = try Interaction(json: [], client: client) }
        == "Interaction: a JSON object was expected")
    #expect(
      message { _ = try VoiceState(json: [:], client: client) }
        == "VoiceState: the field `user_id` is missing")
    #expect(
      message {
        _ = try ScheduledEvent(
          json: ["id": "1", "guild_id": "2", "name": "n", "scheduled_start_time": "soon"],
          client: client)
      } == "ScheduledEvent: the field `scheduled_start_time` is not a time")
  }

  @Test("Fields that the library does not know can be reached, and unknown numbers stay")
  func unknown() throws {
    let channel = try Channel(
      json: ["id": "1", "type": 99, "name": "x", "new_field": ["a": 1]], client: client)
    #expect(channel["new_field"]?["a"] == 1)
    #expect(channel["nothing"] == nil)
    #expect(channel.type == ChannelType(rawValue: 99))
    #expect(channel.type.description == "99")
    #expect(!channel.isText && !channel.isVoice && !channel.isThread)
    let interaction = try Interaction(
      json: ["id": "1", "application_id": "2", "type": 77, "token": "t"], client: client)
    #expect(interaction.kind.rawValue == 77)
  }

  @Test("Optional fields of another kind count as missing")
  func lenient() throws {
    let message = try Message(
      json: [
        "id": "1", "channel_id": "2", "author": Sample.user, "content": 5, "timestamp": [],
        "attachments": "no", "mentions": [["id": "x"], ["id": "3", "username": "u"]],
      ], client: client)
    #expect(message.rawContent == "")
    #expect(message.timestamp == Snowflake(1).date)
    #expect(message.attachments.isEmpty)
  }

  @Test("Names: nickname before global name before username")
  func names() throws {
    func member(_ nick: JSONValue, _ global: JSONValue) throws -> String {
      try Member(
        json: ["nick": nick, "user": ["id": "1", "username": "ada", "global_name": global]],
        client: client
      ).displayName
    }
    #expect(try member("Countess", "Ada L") == "Countess")
    #expect(try member(.null, "Ada L") == "Ada L")
    #expect(try member("", "") == "ada")
    #expect(try member(.null, .null) == "ada")
  }

  @Test("Addresses of guild, channel, message, thread and direct message")
  func urls() throws {
    #expect(
      try Guild(json: Sample.guild, client: client).url == "https://discord.com/channels/10")
    #expect(
      try Channel(json: Sample.channel, client: client).url
        == "https://discord.com/channels/10/20")
    let direct = try Channel(json: ["id": "21", "type": 1], client: client)
    #expect(direct.url == "https://discord.com/channels/@me/21")
    let message = try Message(
      json: Sample.message(5, more: ["guild_id": "10"]), client: client)
    #expect(message.url == "https://discord.com/channels/10/20/5")
    #expect(!message.isDirectMessage)
    let private_ = try Message(json: Sample.message(5, channel: 21), client: client)
    #expect(private_.url == "https://discord.com/channels/@me/21/5")
    #expect(private_.isDirectMessage)
  }

  @Test("A message's text with the names that came with it")
  func content() throws {
    let message = try Message(
      json: Sample.message(
        5, content: "<@7> <@8> <#20> <@&30>",
        more: [
          "guild_id": "10",
          "mentions": [
            Sample.user,
            ["id": "8", "username": "bob", "member": ["nick": "Bobby"]],
          ],
          "mention_channels": [["id": "20", "guild_id": "10", "type": 0, "name": "general"]],
        ]), client: client)
    #expect(message.rawContent == "<@7> <@8> <#20> <@&30>")
    #expect(message.content == "@Ada @Bobby #general <@&30>")
    #expect(
      message.content(resolving: MentionNames(roles: [30: "Hosts"]))
        == "@Ada @Bobby #general @Hosts")
    #expect(message.mentions.map(\.id) == [7, 8])
  }

  @Test("Descriptions are short, on one line, and without secrets")
  func descriptions() throws {
    let webhook = try Webhook(
      json: ["id": "1", "name": "a\nb", "token": "SECRET"], client: client)
    #expect(!webhook.description.contains("SECRET"))
    #expect(!webhook.description.contains("\n"))
    let interaction = try Interaction(
      json: [
        "id": "1", "application_id": "2", "type": 2, "token": "SECRET", "data": ["name": "ping"],
      ], client: client)
    #expect(interaction.description == "Interaction(id: 1, kind: 2, command: \"ping\")")
    let update = try VoiceServerUpdate(
      json: ["guild_id": "1", "token": "SECRET", "endpoint": .null], client: client)
    #expect(update.description == "VoiceServerUpdate(guild: 1, endpoint: \"\")")
    #expect(update.endpoint == nil)
    #expect(
      try Channel(json: Sample.channel, client: client).description
        == "Channel(id: 20, name: \"general\", type: 0)")
    let message = try Message(
      json: Sample.message(5, content: String(repeating: "x", count: 50) + "\u{202E}"),
      client: client)
    #expect(message.description.count < 100)
  }

  @Test("An interaction's options, also of a subcommand")
  func options() throws {
    func interaction(_ data: JSONValue) throws -> Interaction {
      try Interaction(
        json: ["id": "1", "application_id": "2", "type": 2, "token": "t", "data": data],
        client: client)
    }
    let plain = try interaction([
      "name": "play",
      "options": [
        ["name": "title", "type": 3, "value": "Blue"], ["name": "times", "type": 4, "value": 3],
        ["name": "who", "type": 6, "value": "77"],
      ],
    ])
    #expect(plain.text("title") == "Blue")
    #expect(plain.integer("times") == 3)
    let who: ID<User>? = plain.id("who")
    #expect(who == 77)
    #expect(plain.subcommands == [])
    let nested = try interaction([
      "name": "tape",
      "options": [
        [
          "name": "side", "type": 2,
          "options": [
            [
              "name": "flip", "type": 1,
              "options": [["name": "slow", "type": 5, "value": true]],
            ]
          ],
        ]
      ],
    ])
    #expect(nested.subcommands == ["side", "flip"])
    #expect(nested.options == ["slow": true])
  }

  @Test("Objects are equal if their JSON is, and can be told apart in sets")
  func equality() throws {
    let first = try Guild(json: Sample.guild, client: client)
    let same = try Guild(json: Sample.guild, client: try Script().client)
    let other = try Guild(json: ["id": "10", "name": "Else"], client: client)
    #expect(first == same)
    #expect(first != other)
    #expect(Set([first, same, other]).count == 2)
  }

  @Test("The kind of a file: what Discord says, else by its ending")
  func contentType() throws {
    func type(_ name: String, _ type: JSONValue) throws -> String {
      try DiscordREST.Attachment(
        json: [
          "id": "1", "filename": .string(name), "size": 3, "url": "https://x", "content_type": type,
        ], client: client
      ).contentType
    }
    #expect(try type("a.bin", "audio/flac") == "audio/flac")
    #expect(try type("notes.TXT", .null) == "text/plain")
    #expect(try type("strange", .null) == "application/octet-stream")
  }

  @Test("An application's flags and the address that adds its bot")
  func application() throws {
    let application = try Application(
      json: ["id": "5", "name": "Deck", "flags": 557_056, "bot": ["id": "6", "username": "b"]],
      client: client)
    #expect(application.flags == [.guildMembersLimited, .messageContentLimited])
    #expect(application.bot?.id == 6)
    #expect(
      application.inviteURL(permissions: [.viewChannel, .sendMessages])
        == "https://discord.com/oauth2/authorize?client_id=5&permissions=3072"
        + "&scope=bot+applications.commands")
  }
}
