import DiscordSimulator
import JSONValues
import Testing

/// Who hears of what, and how much.
struct GatewayIntentTests {
  @Test(arguments: [
    ("MESSAGE_CREATE", GatewayIntent.guildMessages), ("CHANNEL_CREATE", GatewayIntent.guilds),
    ("GUILD_MEMBER_ADD", GatewayIntent.guildMembers),
    ("VOICE_STATE_UPDATE", GatewayIntent.guildVoiceStates),
    ("MESSAGE_REACTION_ADD", GatewayIntent.guildMessageReactions),
    ("TYPING_START", GatewayIntent.guildMessageTyping),
    ("GUILD_SCHEDULED_EVENT_CREATE", GatewayIntent.guildScheduledEvents),
    ("WEBHOOKS_UPDATE", GatewayIntent.guildWebhooks),
    ("INVITE_CREATE", GatewayIntent.guildInvites),
    ("GUILD_BAN_ADD", GatewayIntent.guildModeration),
    ("PRESENCE_UPDATE", GatewayIntent.guildPresences),
    ("INTEGRATION_CREATE", GatewayIntent.guildIntegrations),
    ("GUILD_EMOJIS_UPDATE", GatewayIntent.guildExpressions),
    ("MESSAGE_POLL_VOTE_ADD", GatewayIntent.guildMessagePolls),
  ])
  func eachEventNeedsItsIntent(type: String, intent: UInt64) {
    let event = WorldEvent(
      type, ["guild_id": "4194304", "user": ["id": "1"]], to: .guild(FakeGatewayWorld.club))
    var with = GatewayBench()
    _ = with.ready(intents: intent)
    #expect(with.server.dispatch(event, now: .zero, world: with.world).names == [type])
    var without = GatewayBench()
    _ = without.ready(intents: GatewayIntent.known & ~intent)
    #expect(without.server.dispatch(event, now: .zero, world: without.world).isEmpty)
  }

  @Test func directMessagesHaveTheirOwnIntent() {
    var bench = GatewayBench()
    _ = bench.ready(intents: GatewayIntent.directMessages)
    #expect(bench.message("in the guild").isEmpty)
    let users: WorldEvent.Audience = .users([FakeGatewayWorld.bot])
    let direct = bench.message("for you", guild: nil, to: users)
    #expect(direct.data("MESSAGE_CREATE")?["content"] == "for you")
    #expect(bench.message("for others", guild: nil, to: .users([1])).isEmpty)
  }

  @Test func eventsWithoutAnIntentAlwaysCome() {
    var bench = GatewayBench()
    _ = bench.ready(intents: 0)
    for type in ["INTERACTION_CREATE", "VOICE_SERVER_UPDATE", "USER_UPDATE", "SOMETHING_NEW"] {
      let event = WorldEvent(type, ["guild_id": "4194304"], to: .users([FakeGatewayWorld.bot]))
      #expect(bench.server.dispatch(event, now: .zero, world: bench.world).names == [type])
    }
  }

  @Test func ownMemberUpdatesComeWithoutTheIntent() {
    var bench = GatewayBench()
    _ = bench.ready(intents: 0)
    func update(_ id: String) -> WorldEvent {
      WorldEvent(
        "GUILD_MEMBER_UPDATE", ["guild_id": "4194304", "user": ["id": .string(id)]],
        to: .guild(FakeGatewayWorld.club))
    }
    #expect(bench.server.dispatch(update("100"), now: .zero, world: bench.world).count == 1)
    #expect(bench.server.dispatch(update("1000"), now: .zero, world: bench.world).isEmpty)
  }

  @Test func othersGuildsAndHiddenChannelsAreSilent() {
    var bench = GatewayBench()
    _ = bench.ready(intents: GatewayIntent.guildMessages, token: "other")
    #expect(bench.message("annex", guild: FakeGatewayWorld.annex).isEmpty)
    let hidden = WorldEvent.Audience.channel(
      FakeGatewayWorld.hiddenChannel, guild: FakeGatewayWorld.club)
    #expect(bench.message("hidden", to: hidden).isEmpty)
    #expect(bench.message("seen", to: .channel(5, guild: FakeGatewayWorld.club)).count == 1)
  }

  @Test func contentOnlyWithTheIntentOrForTheBot() throws {
    var bench = GatewayBench()
    _ = bench.ready(intents: GatewayIntent.guildMessages)
    let stripped = try #require(bench.message("secret").data("MESSAGE_CREATE"))
    #expect(stripped["content"] == "")
    for field in ["attachments", "embeds", "components"] { #expect(stripped[field] == []) }
    let own = bench.message("mine", author: FakeGatewayWorld.bot)
    #expect(own.data("MESSAGE_CREATE")?["content"] == "mine")
    #expect(own.data("MESSAGE_CREATE")?["embeds"]?.array?.count == 1)
    let mention = bench.message("hey <@100>", mentions: [FakeGatewayWorld.bot])
    #expect(mention.data("MESSAGE_CREATE")?["content"] == "hey <@100>")
    var reader = GatewayBench()
    _ = reader.ready(intents: GatewayIntent.guildMessages | GatewayIntent.messageContent)
    #expect(reader.message("secret").data("MESSAGE_CREATE")?["content"] == "secret")
  }

  @Test func guildCreateShowsWhatTheIntentsAllow() {
    func guild(_ intents: UInt64, people: Int = 3) -> JSONValue? {
      var bench = GatewayBench()
      bench.world.people = people
      let connection = bench.open().connection
      return bench.identify(intents: intents | 1, on: connection).data("GUILD_CREATE")
    }
    func ids(_ guild: JSONValue?) -> [String] {
      guild?["members"]?.array?.compactMap { $0["user"]?["id"]?.string } ?? []
    }
    // Without presences: the bot, and who is in voice.
    let small = guild(0)
    #expect(ids(small) == ["100", "1000"])
    #expect(small?["member_count"] == 5)
    #expect(small?["large"] == false)
    #expect(small?["presences"] == [])
    #expect(small?["voice_states"] == [])
    #expect(small?["joined_at"] == "2026-01-01T00:00:00.000000+00:00")
    #expect(guild(1 << 7)?["voice_states"]?.array?.count == 1)
    #expect(ids(guild(1 << 8)).count == 5)
    // Over the threshold: also who is online.
    let large = guild(1 << 8, people: 60)
    #expect(ids(large) == ["100", "1000", "1001"])
    #expect(large?["large"] == true)
  }
}
