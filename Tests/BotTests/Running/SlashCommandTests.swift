import DiscordREST
import JSONValues
import TestSupport
import Testing

@testable import Bot

@Suite(.timeLimit(.minutes(1))) struct SlashCommandTests {
  private let callback = "POST /interactions/60/aToken/callback"
  private let original = "PATCH /webhooks/5/aToken/messages/@original"
  private let followUp = "POST /webhooks/5/aToken"

  @Test func aQuickCommandAnswersDirectly() async throws {
    let fixture = try BotFixture()
    try fixture.bot.command(
      "add", description: "d", options: [.integer("a", "d", required: true), .number("b", "d")]
    ) { try await $0.reply("\(Double($0.integer("a") ?? 0) + ($0.number("b") ?? 0)) @everyone") }
    await fixture.bot.receive(
      try fixture.interaction(
        "add",
        [["name": "a", "type": 4, "value": 2], ["name": "b", "type": 10, "value": 0.5]]))
    #expect(fixture.calls == [callback])
    let sent = fixture.discord.requests[0].json
    #expect(sent["type"] == 4)
    #expect(sent["data"]?["content"] == "2.5 @everyone")
    #expect(sent["data"]?["allowed_mentions"]?["parse"] == [])
    #expect(sent["data"]?["flags"] == nil)
  }

  @Test func privateAnswersAreEphemeral() async throws {
    let fixture = try BotFixture()
    try fixture.bot.command("secret", description: "d", ephemeral: true) {
      try await $0.reply(String(repeating: "word ", count: 500))
    }
    await fixture.bot.receive(try fixture.interaction("secret"))
    #expect(fixture.calls == [callback, followUp])
    #expect(fixture.discord.requests[0].json["data"]?["flags"] == 64)
    #expect(fixture.discord.requests[1].json["flags"] == 64)
  }

  @Test func aSlowCommandIsDeferredBeforeDiscordGivesUp() async throws {
    for isEphemeral in [false, true] {
      let fixture = try BotFixture()
      let clock = fixture.clock
      try fixture.bot.command("slow", description: "d", ephemeral: isEphemeral) { context in
        try await clock.sleep(for: .seconds(60))
        try await context.reply("late")
      }
      let event = try fixture.interaction("slow")
      async let running: Void = fixture.bot.receive(event)
      try await clock.waitForSleepers(2)
      #expect(fixture.calls.isEmpty)
      clock.advance(by: .milliseconds(1500))
      while fixture.calls.isEmpty { await Task.yield() }
      #expect(fixture.calls == [callback])
      #expect(fixture.discord.requests[0].json["type"] == 5)
      #expect(
        fixture.discord.requests[0].json["data"]?["flags"] == (isEphemeral ? 64 : nil))
      clock.advance(by: .seconds(60))
      await running
      #expect(fixture.calls == [callback, original])
      #expect(fixture.texts == ["late"])
    }
  }

  @Test func aCommandThatSaysNothingIsDone() async throws {
    let fixture = try BotFixture()
    try fixture.bot.command("quiet", description: "d") { _ in }
    await fixture.bot.receive(try fixture.interaction("quiet"))
    #expect(fixture.texts == ["Done."])
    #expect(fixture.discord.requests[0].json["data"]?["flags"] == 64)
  }

  @Test func aFailureIsToldToTheCallerOnly() async throws {
    let fixture = try BotFixture()
    try fixture.bot.command("break", description: "d") { _ in throw CancellationError() }
    await fixture.bot.receive(try fixture.interaction("break"))
    #expect(fixture.texts == ["Something went wrong."])
    #expect(fixture.discord.requests[0].json["data"]?["flags"] == 64)
    #expect(fixture.bot.failures.map(\.activity) == [.command("break")])
  }

  @Test func aCommandThatIsNoMoreIsAnswered() async throws {
    let fixture = try BotFixture()
    await fixture.bot.receive(try fixture.interaction("gone"))
    #expect(fixture.texts == ["This command is no more."])
  }

  @Test func theTokenOfAnInteractionIsInNoFailure() async throws {
    let fixture = try BotFixture()
    fixture.discord.answer(
      callback, ["message": "Unknown interaction", "code": 10062], status: 404)
    try fixture.bot.command("hi", description: "d") { try await $0.reply("hi") }
    await fixture.bot.receive(try fixture.interaction("hi"))
    #expect(!fixture.bot.failures.isEmpty)
    for failure in fixture.bot.failures { #expect(!"\(failure)".contains("aToken")) }
    #expect(!fixture.log.text.contains("aToken"))
  }
}
