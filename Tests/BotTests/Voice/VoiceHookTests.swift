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
  ) async throws -> any VoiceHandle {
    state.withLock { $0.append("join \(channel) of \(guild)") }
    return Stay(guild: guild, channel: channel) { channel in
      self.state.withLock { $0.append("leave \(channel)") }
    }
  }
}

@Suite(.timeLimit(.minutes(1))) struct VoiceHookTests {
  @Test func withoutVoiceSupportTheErrorSaysSo() async throws {
    let fixture = try BotFixture()
    await #expect {
      try await fixture.bot.joinVoice(.id(7))
    } throws: { error in
      (error as? BotError)?.code == .noVoiceSupport && "\(error)".contains("No voice support")
    }
    #expect(fixture.calls.isEmpty)
  }

  @Test func theHookJoinsAndLeaves() async throws {
    let voice = FakeVoice()
    let fixture = try BotFixture(voice: voice)
    fixture.discord.answer(
      "GET /channels/7", ["id": "7", "type": 2, "guild_id": "9", "name": "Lounge"])
    let stay = try await fixture.bot.joinVoice(.id(7))
    #expect(stay.channel == 7)
    #expect(fixture.bot.voiceStays.keys.map(\.description) == ["9"])
    try await fixture.bot.leaveVoice(.id(9))
    try await fixture.bot.leaveVoice(.id(9))
    #expect(voice.events == ["join 7 of 9", "leave 7"])
    #expect(fixture.bot.voiceStays.isEmpty)
  }

  @Test func aChannelOutsideServersIsRefused() async throws {
    let fixture = try BotFixture(voice: FakeVoice())
    fixture.discord.answer("GET /channels/7", ["id": "7", "type": 1])
    await #expect(throws: BotError.self) { try await fixture.bot.joinVoice(.id(7)) }
  }
}
