import DiscordGateway
import DiscordREST
import JSONValues
import Testing

@Suite struct VoiceStatesTests {
  static let guild: ID<Guild> = 10
  static let lounge: ID<Channel> = 20
  static let stage: ID<Channel> = 21

  static func state(_ user: Int, _ channel: Int?, member: JSONValue? = nil) -> JSONValue {
    var state: JSONValue = [
      "guild_id": "10", "user_id": .string("\(user)"),
      "channel_id": channel.map { .string("\($0)") } ?? .null,
    ]
    if let member { state["member"] = member }
    return state
  }

  static func member(
    _ user: Int, nick: String? = nil, global: String? = nil, bot: Bool? = nil
  ) -> JSONValue {
    var person: JSONValue = ["id": .string("\(user)"), "username": .string("user\(user)")]
    person["global_name"] = global.map { .string($0) } ?? .null
    if let bot { person["bot"] = .bool(bot) }
    return ["user": person, "nick": nick.map { .string($0) } ?? .null]
  }

  static let create: JSONValue = [
    "id": "10",
    "members": [member(1, nick: "Anna", global: "A"), member(2, global: "Ben"), member(3)],
    "voice_states": [
      ["user_id": "1", "channel_id": "20"], ["user_id": "2", "channel_id": "20"],
      ["user_id": "3", "channel_id": "21"], ["user_id": "4", "channel_id": "21"],
    ],
  ]

  static var started: VoiceStates {
    var states = VoiceStates()
    states.apply(event: "READY", ["guilds": [["id": "10", "unavailable": true]]])
    states.apply(event: "GUILD_CREATE", create)
    return states
  }

  @Test func guildCreateTellsWhoIsWhereByWhatName() {
    let states = Self.started
    #expect(states.isKnown(Self.guild))
    #expect(states.participants(in: Self.lounge).map(\.name) == ["Anna", "Ben"])
    #expect(states.participants(in: Self.stage).map(\.name) == ["user3", "4"])
    #expect(states.count == 4)
    #expect(states.participant(.id(2), in: Self.guild)?.channelID == Self.lounge)
    #expect(states.participant(.id(4), in: Self.guild)?.isBot == nil)
    #expect(states.participant(.id(1), in: Self.guild)?.isBot == false)
  }

  @Test func peopleMoveLeaveAndJoin() {
    var states = Self.started
    states.apply(event: "VOICE_STATE_UPDATE", Self.state(1, 21))
    #expect(states.participants(in: Self.stage).map(\.name) == ["Anna", "user3", "4"])
    states.apply(event: "VOICE_STATE_UPDATE", Self.state(1, nil))
    #expect(states.participant(.id(1), in: Self.guild) == nil)
    let bot = Self.member(9, nick: "Robo", bot: true)
    states.apply(event: "VOICE_STATE_UPDATE", Self.state(9, 20, member: bot))
    #expect(states.participants(in: Self.lounge).map(\.name) == ["Ben", "Robo"])
    #expect(states.participant(.id(9), in: Self.guild)?.isBot == true)
    #expect(states.participants(in: Self.guild).map(\.userID) == [2, 3, 4, 9])
  }

  @Test func namesChangeWithTheMember() {
    var states = Self.started
    var change = Self.member(2, nick: "Benny")
    change["guild_id"] = "10"
    states.apply(event: "GUILD_MEMBER_UPDATE", change)
    #expect(states.participant(.id(2), in: Self.guild)?.name == "Benny")
    states.apply(
      event: "VOICE_STATE_UPDATE", Self.state(2, 21, member: Self.member(2, global: "B")))
    #expect(states.participant(.id(2), in: Self.guild)?.name == "B")
    // An update without the member keeps the name.
    states.apply(event: "VOICE_STATE_UPDATE", Self.state(2, 20))
    #expect(states.participant(.id(2), in: Self.guild)?.name == "B")
  }

  @Test func aNewSessionBeginsAnewWithoutGhosts() {
    var states = Self.started
    states.apply(event: "RESUMED", [:])
    #expect(states.count == 4)
    states.apply(event: "READY", ["guilds": [["id": "10", "unavailable": true]]])
    #expect(!states.isKnown(Self.guild))
    #expect(states.count == 0)
    var create = Self.create
    create["voice_states"] = [["user_id": "3", "channel_id": "20"]]
    states.apply(event: "GUILD_CREATE", create)
    #expect(states.participants(in: Self.guild).map(\.userID) == [3])
  }

  @Test func unavailableIsUnknownNotEmpty() {
    var states = Self.started
    states.apply(event: "GUILD_DELETE", ["id": "10", "unavailable": true])
    #expect(!states.isKnown(Self.guild))
    #expect(states.count == 0)
    states.apply(event: "GUILD_CREATE", Self.create)
    #expect(states.count == 4)
    states.apply(event: "GUILD_CREATE", ["id": "10", "unavailable": true])
    #expect(!states.isKnown(Self.guild))
  }

  @Test func whoIsRemovedOrWhoseChannelIsGoneIsNotInVoice() {
    var states = Self.started
    states.apply(event: "GUILD_MEMBER_REMOVE", ["guild_id": "10", "user": ["id": "1"]])
    #expect(states.participants(in: Self.lounge).map(\.userID) == [2])
    states.apply(event: "CHANNEL_DELETE", ["id": "21", "guild_id": "10"])
    #expect(states.participants(in: Self.guild).map(\.userID) == [2])
  }

  @Test func anUpdateBeforeTheGuildDoesNotMakeItKnown() {
    var states = VoiceStates()
    states.apply(event: "VOICE_STATE_UPDATE", Self.state(1, 20))
    #expect(!states.isKnown(Self.guild))
    #expect(states.participants(in: Self.lounge).count == 1)
    states.apply(event: "GUILD_CREATE", ["id": "10"])
    #expect(states.isKnown(Self.guild))
    #expect(states.count == 0)
  }

  @Test(
    arguments: [
      .null, [], "x", [:], ["id": 5.5], ["id": "10", "voice_states": "x", "members": 3],
      ["id": "10", "voice_states": [1, [], ["user_id": [], "channel_id": []]]],
      ["guild_id": "10", "user_id": "-1"], ["guild_id": "99999999999999999999999", "user_id": "1"],
    ] as [JSONValue])
  func nonsenseChangesNothingElse(json: JSONValue) {
    for name in [
      "READY", "GUILD_CREATE", "GUILD_DELETE", "VOICE_STATE_UPDATE", "GUILD_MEMBER_UPDATE",
      "GUILD_MEMBER_REMOVE", "CHANNEL_DELETE", "OTHER",
    ] {
      var states = VoiceStates()
      states.apply(
        event: "GUILD_CREATE",
        [
          "id": "11",
          "voice_states": [
            ["user_id": "1", "channel_id": "30"]
          ],
        ])
      states.apply(event: name, json)
      #expect(states.count == (name == "READY" ? 0 : 1))
    }
  }
}
