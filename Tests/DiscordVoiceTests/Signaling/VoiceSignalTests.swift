import DiscordREST
import JSONValues
import Testing

@testable import DiscordGateway
@testable import DiscordVoice

@Suite struct VoiceSignalTests {
  private static let guild: ID<Guild> = 100

  private static func state(_ user: ID<User>, _ channel: ID<Channel>?) -> JSONValue {
    ["guild_id": guild.json, "user_id": user.json, "channel_id": channel?.json ?? .null]
  }

  @Test func snapshotTellsWhoIsThereAndWhoIsGone() {
    var states = VoiceStates()
    states.apply(
      event: "GUILD_CREATE",
      [
        "id": Self.guild.json, "members": [["nick": "Ann", "user": ["id": "1", "username": "a"]]],
        "voice_states": [
          ["user_id": "1", "channel_id": "7"], ["user_id": "2", "channel_id": "7"],
        ],
      ])
    var translator = VoiceSignalTranslator(guild: Self.guild)
    let first = translator.snapshot(states)
    #expect(first.count == 2)
    guard case .voiceState(let json)? = first.first else {
      Issue.record("no state")
      return
    }
    #expect(json["member"]?["nick"] == "Ann", "names come without a privileged intent")
    #expect(json["guild_id"] == "100")

    states.apply(event: "VOICE_STATE_UPDATE", Self.state(1, nil))
    let second = translator.snapshot(states)
    #expect(second.first == .voiceState(Self.state(1, nil)))
    #expect(second.count == 2)
    // Our own state in a new session's guild is of the old one.
    #expect(translator.snapshot(states, without: 2).count == 1)
  }

  @Test func lostSessionIsTold() throws {
    var translator = VoiceSignalTranslator(guild: Self.guild)
    let json: JSONValue = ["user": ["id": "900"], "session_id": "x"]
    for lost in [false, true] {
      let ready = try #require(GatewayReady(json: json, followsLostSession: lost))
      let signals = translator.signals(.ready(ready), states: { VoiceStates() })
      #expect(signals == (lost ? [.connected(sessionLost: true)] : []))
    }
  }
}
