import DiscordREST
import JSONValues
import Testing

@testable import Bot

@Suite(.timeLimit(.minutes(1))) struct PermissionTests {
  private let fixture: BotFixture

  init() throws {
    fixture = try BotFixture()
    try fixture.bot.command("purge", description: "d", permissions: [.manageMessages]) {
      try await $0.reply("done")
    }
    // Everyone may look and send; role 30, which the caller has, is without more.
    fixture.discord.answer("GET /guilds/9", guild(ofRole: "0"))
    fixture.discord.answer("GET /channels/7", channel())
  }

  private func guild(ofRole permissions: String, owner: String = "100") -> JSONValue {
    [
      "id": "9", "name": "Tape Club", "owner_id": .string(owner),
      "roles": [
        ["id": "9", "name": "@everyone", "permissions": "3072"],
        ["id": "30", "name": "hosts", "permissions": .string(permissions)],
      ],
    ]
  }

  private func channel(_ overwrites: JSONValue = []) -> JSONValue {
    [
      "id": "7", "type": 0, "guild_id": "9", "name": "general",
      "permission_overwrites": overwrites,
    ]
  }

  private let refusal = "You may not do this here: MANAGE_MESSAGES."

  private func call() async throws -> [String] {
    await fixture.bot.receive(try fixture.message("!purge"))
    return fixture.texts
  }

  @Test func whoLacksThePermissionIsRefused() async throws {
    #expect(try await call() == [refusal])
    #expect(fixture.bot.failures.isEmpty)
  }

  @Test func aRoleAllowsIt() async throws {
    fixture.discord.answer("GET /guilds/9", guild(ofRole: "8192"))
    #expect(try await call() == ["done"])
  }

  @Test func theChannelTakesItAway() async throws {
    fixture.discord.answer("GET /guilds/9", guild(ofRole: "8192"))
    fixture.discord.answer(
      "GET /channels/7", channel([["id": "30", "type": 0, "allow": "0", "deny": "8192"]]))
    #expect(try await call() == [refusal])
  }

  @Test func theChannelGivesIt() async throws {
    fixture.discord.answer(
      "GET /channels/7", channel([["id": "2", "type": 1, "allow": "8192", "deny": "0"]]))
    #expect(try await call() == ["done"])
  }

  @Test func administratorsAndTheOwnerMayAlways() async throws {
    fixture.discord.answer("GET /guilds/9", guild(ofRole: "8"))
    _ = try await call()
    fixture.discord.answer("GET /guilds/9", guild(ofRole: "0", owner: "2"))
    #expect(try await call() == ["done", "done"])
  }

  @Test func aThreadHasItsChannelsOverwrites() async throws {
    fixture.discord.answer(
      "GET /channels/7",
      ["id": "7", "type": 11, "guild_id": "9", "name": "thread", "parent_id": "6"])
    fixture.discord.answer(
      "GET /channels/6",
      [
        "id": "6", "type": 0, "guild_id": "9", "name": "general",
        "permission_overwrites": [["id": "30", "type": 0, "allow": "8192", "deny": "0"]],
      ])
    #expect(try await call() == ["done"])
  }

  @Test func whatCannotBeJudgedIsRefused() async throws {
    fixture.discord.answer(
      "GET /guilds/9", ["message": "Unknown Guild", "code": 10004], status: 404)
    #expect(try await call() == ["Something went wrong."])
    #expect(fixture.bot.failures.count == 1)
  }

  @Test func inADirectMessageItIsRefused() async throws {
    await fixture.bot.receive(try fixture.message("!purge", ["guild_id": .null]))
    #expect(fixture.texts == ["purge works in servers only."])
  }

  @Test func aSlashCommandIsDiscordsToJudge() async throws {
    await fixture.bot.receive(try fixture.interaction("purge"))
    #expect(fixture.texts == ["done"])
    #expect(!fixture.calls.contains("GET /guilds/9"))
  }
}
