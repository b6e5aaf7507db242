import DiscordREST
import JSONValues
import Synchronization
import Testing

@testable import Bot

private struct Broken: Error {}

@Suite(.timeLimit(.minutes(1))) struct FailureTests {
  @Test func aFailureIsKeptToldAndAnswered() async throws {
    let fixture = try BotFixture()
    let told = Mutex<[String]>([])
    let keep: @Sendable (String) -> Void = { text in told.withLock { $0.append(text) } }
    try fixture.bot.command("break", description: "d") { _ in throw Broken() }
    fixture.bot.onFailure { failure, context in
      keep("\(failure.activity) by \(context?.caller.username ?? "-")")
    }
    fixture.bot.onFailure { failure, _ in keep("\(failure.error)") }
    await fixture.bot.receive(try fixture.message("!break"))
    #expect(told.withLock { $0 } == [#"command("break") by ada"#, "Broken()"])
    #expect(fixture.texts == ["Something went wrong."])
    #expect(fixture.bot.failures.count == 1)
    #expect(fixture.bot.failures.first?.error is Broken)
    #expect(fixture.bot.failures.first?.user == 2)
  }

  @Test func theListIsBounded() async throws {
    var configuration = BotConfiguration()
    configuration.maximumFailures = 3
    let fixture = try BotFixture(configuration)
    try fixture.bot.command("break", description: "d") { context in
      throw CommandProblem(text: context.text)
    }
    for number in 0..<10 { await fixture.bot.receive(try fixture.message("!break \(number)")) }
    let texts = fixture.bot.failures.map { ($0.error as? CommandProblem)?.text }
    #expect(texts == ["7", "8", "9"])
  }

  private struct CommandProblem: Error {
    let text: String
  }

  @Test func aRefusalIsForTheCallerOnly() async throws {
    let fixture = try BotFixture()
    try fixture.bot.command("no", description: "d") { _ in throw CommandRefusal("Not today.") }
    await fixture.bot.receive(try fixture.message("!no"))
    #expect(fixture.texts == ["Not today."])
    #expect(fixture.bot.failures.isEmpty)
  }

  @Test func anAnswerThatCannotBeSentIsAFailureToo() async throws {
    let fixture = try BotFixture()
    fixture.discord.answer(
      "POST /channels/7/messages", ["code": 50013, "message": "Missing Permissions"], status: 403)
    try fixture.bot.command("hi", description: "d") { try await $0.reply("hi") }
    await fixture.bot.receive(try fixture.message("!hi"))
    // The command's own error, then that of the apology.
    #expect(fixture.bot.failures.map(\.activity) == [.command("hi"), .answer("hi")])
    #expect((fixture.bot.failures.first?.error as? DiscordError)?.discordCode == 50013)
  }

  @Test func tooManyAtOnceAreRefused() async throws {
    var configuration = BotConfiguration()
    configuration.maximumConcurrentCommands = 1
    let fixture = try BotFixture(configuration)
    let (gate, open) = AsyncStream<Void>.makeStream()
    let (started, start) = AsyncStream<Void>.makeStream()
    try fixture.bot.command("wait", description: "d") { _ in
      start.yield()
      for await _ in gate { break }
    }
    let first = try fixture.message("!wait")
    async let running: Void = fixture.bot.receive(first)
    for await _ in started { break }
    await fixture.bot.receive(try fixture.message("!wait"))
    #expect(fixture.texts == ["Too busy just now."])
    #expect((fixture.bot.failures.first?.error as? BotError)?.code == .busy)
    open.yield()
    await running
    open.yield()
    await fixture.bot.receive(try fixture.message("!wait"))
    #expect(fixture.texts.count == 1)
  }
}
