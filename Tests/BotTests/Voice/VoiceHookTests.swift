import DiscordGateway
import DiscordREST
import JSONValues
import Synchronization
import Testing

@testable import Bot

private final class FakeVoice: VoiceJoining {
  struct Stay: VoiceHandle {
    let guild: ID<Guild>
    let channel: ID<Channel>
    let left: @Sendable (ID<Channel>) -> Void

    func leave() async throws { left(channel) }
  }

  private let state = Mutex<[String]>([])

  var events: [String] { state.withLock { $0 } }

  func joinVoice(
    guild: ID<Guild>, channel: ID<Channel>, gateway: GatewayClient
  ) async throws -> Stay {
    state.withLock { $0.append("join \(channel) of \(guild)") }
    return Stay(guild: guild, channel: channel) { channel in
      self.state.withLock { $0.append("leave \(channel)") }
    }
  }
}

@Suite(.timeLimit(.minutes(1))) struct VoiceHookTests {
  @Test func theHookJoinsAndLeaves() async throws {
    let voice = FakeVoice()
    let fixture = try BotFixture()
    fixture.discord.answer(
      "GET /channels/7", ["id": "7", "type": 2, "guild_id": "9", "name": "Lounge"])
    let stay = try await fixture.bot.joinVoice(.id(7), by: voice)
    #expect(stay.channel == 7)
    #expect(fixture.bot.voiceStays.keys.map(\.description) == ["9"])
    try await fixture.bot.leaveVoice(.id(9))
    try await fixture.bot.leaveVoice(.id(9))
    #expect(voice.events == ["join 7 of 9", "leave 7"])
    #expect(fixture.bot.voiceStays.isEmpty)
  }

  @Test func fromAnotherChannelOfTheServerItMoves() async throws {
    let voice = FakeVoice()
    let fixture = try BotFixture()
    for channel in ["7", "8"] {
      fixture.discord.answer(
        "GET /channels/\(channel)",
        ["id": .string(channel), "type": 2, "guild_id": "9", "name": "Lounge"])
    }
    try await fixture.bot.joinVoice(.id(7), by: voice)
    try await fixture.bot.joinVoice(.id(8), by: voice)
    #expect(voice.events == ["join 7 of 9", "leave 7", "join 8 of 9"])
    #expect(fixture.bot.voiceStays[9]?.channel == 8)
  }

  @Test func aChannelOutsideServersIsRefused() async throws {
    let (fixture, voice) = (try BotFixture(), FakeVoice())
    fixture.discord.answer("GET /channels/7", ["id": "7", "type": 1])
    await #expect(throws: BotError.self) { try await fixture.bot.joinVoice(.id(7), by: voice) }
  }
}
