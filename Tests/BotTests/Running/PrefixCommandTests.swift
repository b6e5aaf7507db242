import DiscordREST
import JSONValues
import Logging
import TestSupport
import Testing

@testable import Bot

@Suite(.timeLimit(.minutes(1))) struct PrefixCommandTests {
  private let fixture: BotFixture

  init() throws {
    fixture = try BotFixture()
    try fixture.bot.command(
      "echo", description: "d", options: [.string("text", "d", required: true)]
    ) { try await $0.reply($0.string("text") ?? "") }
  }

  @Test func theAnswerIsAReplyThatNotifiesNobody() async throws {
    await fixture.bot.receive(try fixture.message("!echo @everyone <@3> hi"))
    #expect(fixture.calls == ["POST /channels/7/messages"])
    let sent = try #require(fixture.discord.requests.first?.json)
    #expect(sent["content"] == "@everyone <@3> hi")
    #expect(sent["allowed_mentions"] == ["parse": [], "replied_user": false])
    #expect(sent["message_reference"]?["message_id"] == "50")
    #expect(sent["message_reference"]?["fail_if_not_exists"] == false)
  }

  @Test func ownMessagesAndOtherBotsAreNotAnswered() async throws {
    let authors: [JSONValue] = [
      ["id": "1", "username": "tape", "bot": true], ["id": "4", "username": "other", "bot": true],
    ]
    for author in authors {
      await fixture.bot.receive(try fixture.message("!echo hi", ["author": author]))
    }
    await fixture.bot.receive(try fixture.message("!echo hi", ["webhook_id": "8"]))
    #expect(fixture.calls.isEmpty)
  }

  @Test func longAnswersBecomeSeveralMessages() async throws {
    try fixture.bot.command("long", description: "d") { context in
      try await context.reply(String(repeating: "word ", count: 900), embeds: [["title": "end"]])
    }
    await fixture.bot.receive(try fixture.message("!long"))
    let sent = fixture.discord.requests.map(\.json)
    #expect(sent.count == 3)
    #expect(fixture.texts.allSatisfy { $0.unicodeScalars.count <= 2000 })
    #expect(fixture.texts.joined(separator: " ").split(separator: " ").count == 900)
    #expect(sent.map { $0["message_reference"] != nil } == [true, false, false])
    #expect(sent.map { $0["embeds"] != nil } == [false, false, true])
  }

  @Test func aWrongCallIsExplained() async throws {
    await fixture.bot.receive(try fixture.message("!echo"))
    #expect(fixture.texts == ["text is missing. Usage: !echo <text>"])
    #expect(fixture.bot.failures.isEmpty)
  }

  @Test func privateAnswersAreDirectMessages() async throws {
    fixture.discord.answer("POST /users/@me/channels", ["id": "77", "type": 1])
    try fixture.bot.command("secret", description: "d", ephemeral: true) {
      try await $0.reply("psst")
    }
    await fixture.bot.receive(try fixture.message("!secret"))
    #expect(fixture.calls == ["POST /users/@me/channels", "POST /channels/77/messages"])
    #expect(fixture.discord.requests[0].json == ["recipient_id": "2"])
    #expect(fixture.discord.requests[1].json["message_reference"] == nil)
  }

  @Test func inADirectMessageAPrivateAnswerIsJustAReply() async throws {
    try fixture.bot.command("secret", description: "d", ephemeral: true) {
      try await $0.reply("psst")
    }
    await fixture.bot.receive(try fixture.message("!secret", ["guild_id": .null]))
    #expect(fixture.calls.first == "POST /channels/7/messages")
    #expect(!fixture.calls.contains("POST /users/@me/channels"))
  }

  @Test func commandsCanBeAddedReplacedAndRemovedWhileTheBotRuns() async throws {
    try fixture.bot.command("late", description: "d") { try await $0.reply("first") }
    await fixture.bot.receive(try fixture.message("!late"))
    try fixture.bot.command("late", description: "d") { try await $0.reply("second") }
    await fixture.bot.receive(try fixture.message("!late"))
    #expect(fixture.bot.removeCommand("late"))
    await fixture.bot.receive(try fixture.message("!late"))
    #expect(fixture.texts == ["first", "second"])
    #expect(fixture.bot.commands.map(\.name) == ["echo"])
  }

  @Test func theContextTellsWhoWhereAndWhat() async throws {
    try fixture.bot.command("who", description: "d") { context in
      let words = context.words.joined(separator: "|")
      try await context.reply(
        "\(context.caller.username) \(context.guild?.description ?? "-") \(context.channel) \(words)"
      )
    }
    await fixture.bot.receive(try fixture.message(#"<@1> who "a b" c"#))
    #expect(fixture.texts == ["ada 9 7 a b|c"])
  }

  @Test func withoutTheIntentTheLogNamesIt() async throws {
    for _ in 0..<3 { await fixture.bot.receive(try fixture.message("")) }
    let lines = fixture.log.lines.filter { $0.message.contains("MESSAGE_CONTENT") }
    #expect(lines.count == 1)
    #expect(lines.first?.level == .warning)
  }
}
