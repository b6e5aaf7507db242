import DiscordGateway
import Testing

@Suite struct IntentsTests {
  @Test func bitsAreDiscords() {
    #expect(Intents([.guilds, .guildMessages]).rawValue == 513)
    #expect(Intents.recording.rawValue == 1 << 0 | 1 << 7)
    #expect(Intents.privileged.rawValue == 1 << 1 | 1 << 8 | 1 << 15)
    #expect(Intents.directMessagePolls.rawValue == 1 << 25)
    #expect(Intents.unprivileged.isDisjoint(with: .privileged))
    #expect(Intents.unprivileged.names.count == 18)
  }

  @Test func recordingAndSlashCommandsNeedNothingPrivileged() {
    #expect(Intents.recording.isDisjoint(with: .privileged))
    #expect(Intents().isDisjoint(with: .privileged))
  }

  @Test func namesAreDiscords() {
    #expect(Intents([.guilds, .messageContent]).description == "GUILDS, MESSAGE_CONTENT")
    #expect(Intents().description == "none")
  }

  @Test func theRefusedIntentIsNamedAsFarAsItCanBe() throws {
    let asked: Intents = [.guilds, .guildMessages, .messageContent, .guildMembers]
    let error = try #require(GatewayError(closeCode: 4014, intents: asked, shard: nil))
    #expect(error.code == .disallowedIntents)
    #expect(error.closeCode == 4014)
    #expect(error.message.contains("GUILD_MEMBERS, MESSAGE_CONTENT"))
    #expect(!error.message.contains("GUILD_MESSAGES"))
    #expect(error.description.contains("https://discord.com/developers/applications"))
    #expect(error.description.contains("Privileged Gateway Intents"))
    let one = try #require(GatewayError(closeCode: 4014, intents: [.guildPresences], shard: nil))
    #expect(one.message.hasSuffix("GUILD_PRESENCES."))
  }

  @Test func shardsAreNamed() throws {
    let error = try #require(
      GatewayError(closeCode: 4010, intents: [], shard: .init(index: 4, count: 4)))
    #expect(error.message.contains("shard 4 of 4"))
  }

  @Test func otherCodesAreNotFatal() {
    for code in 0...UInt16.max where code != 4004 && !(4010...4014).contains(code) {
      #expect(GatewayError(closeCode: code, intents: [], shard: nil) == nil)
    }
  }
}
