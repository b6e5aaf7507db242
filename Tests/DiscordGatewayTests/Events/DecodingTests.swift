@testable import DiscordGateway
import DiscordREST
import JSONValues
import Testing

@Suite struct DecodingTests {
  static func event(_ name: String, _ json: JSONValue) throws -> GatewayEvent {
    let client = DiscordClient(
      credential: try DiscordCredential(botToken: "token.of.bot"), transport: NoTransport())
    return GatewayEvent(
      SessionDispatch(name: name, data: json, sequence: 1), client: client)
  }

  /// The event without its contents.
  static func kind(_ event: GatewayEvent) -> String {
    "\(event)".prefix { $0 != "(" }.description
  }

  static let user: JSONValue = ["id": "5", "username": "somebody", "discriminator": "0"]
  static let message: JSONValue = [
    "id": "9", "channel_id": "7", "guild_id": "10", "content": "hello", "author": user,
    "timestamp": "2026-11-24T09:00:00.000000+00:00", "type": 0, "new_field": 1,
  ]
  static let channel: JSONValue = ["id": "7", "type": 0, "name": "general", "guild_id": "10"]
  static let scheduled: JSONValue = [
    "id": "3", "guild_id": "10", "name": "Meeting",
    "scheduled_start_time": "2026-11-24T09:00:00+00:00",
    "status": 1, "entity_type": 2, "privacy_level": 2,
  ]

  @Test(
    arguments: [
      ("RESUMED", [:], "resumed"),
      ("GUILD_CREATE", ["id": "10", "name": "Club"], "guildCreate"),
      ("GUILD_UPDATE", ["id": "10", "name": "Club"], "guildUpdate"),
      ("GUILD_DELETE", ["id": "10"], "guildDelete"),
      ("CHANNEL_CREATE", channel, "channelCreate"), ("CHANNEL_UPDATE", channel, "channelUpdate"),
      ("CHANNEL_DELETE", channel, "channelDelete"),
      ("THREAD_CREATE", ["id": "8", "type": 11, "name": "x"], "threadCreate"),
      ("THREAD_UPDATE", ["id": "8", "type": 11, "name": "x"], "threadUpdate"),
      (
        "THREAD_DELETE", ["id": "8", "type": 11, "guild_id": "10", "parent_id": "7"], "threadDelete"
      ),
      ("GUILD_MEMBER_ADD", ["guild_id": "10", "user": user], "memberAdd"),
      ("GUILD_MEMBER_UPDATE", ["guild_id": "10", "user": user], "memberUpdate"),
      ("GUILD_MEMBER_REMOVE", ["guild_id": "10", "user": user], "memberRemove"),
      ("MESSAGE_CREATE", message, "messageCreate"), ("MESSAGE_UPDATE", message, "messageUpdate"),
      ("MESSAGE_DELETE", ["id": "9", "channel_id": "7"], "messageDelete"),
      ("MESSAGE_DELETE_BULK", ["ids": ["9", "8"], "channel_id": "7"], "messageDelete"),
      (
        "VOICE_STATE_UPDATE", ["user_id": "5", "channel_id": nil, "guild_id": "10"],
        "voiceStateUpdate"
      ),
      (
        "VOICE_SERVER_UPDATE", ["token": "t", "guild_id": "10", "endpoint": nil],
        "voiceServerUpdate"
      ),
      (
        "INTERACTION_CREATE",
        ["id": "1", "application_id": "2", "type": 2, "token": "t", "version": 1],
        "interactionCreate"
      ),
      ("GUILD_SCHEDULED_EVENT_CREATE", scheduled, "scheduledEventCreate"),
      ("GUILD_SCHEDULED_EVENT_UPDATE", scheduled, "scheduledEventUpdate"),
      ("GUILD_SCHEDULED_EVENT_DELETE", scheduled, "scheduledEventDelete"),
      ("TYPING_START", ["user_id": "5"], "unknown"), ("OP 12", [:], "unknown"),
    ] as [(String, JSONValue, String)])
  func eachEventHasItsCase(name: String, json: JSONValue, kind: String) throws {
    #expect(Self.kind(try Self.event(name, json)) == kind)
  }

  @Test func nothingIsDropped() throws {
    guard case .messageCreate(let message) = try Self.event("MESSAGE_CREATE", Self.message) else {
      Issue.record("no message")
      return
    }
    #expect(message["new_field"] == 1)
    #expect(message.rawContent == "hello")
    guard case .unknown("NEW", let json) = try Self.event("NEW", ["a": [1]]) else {
      Issue.record("not unknown")
      return
    }
    #expect(json == ["a": [1]])
  }

  @Test(arguments: [.null, [], "x", 1, [:], ["id": []], ["guild_id": "x"]] as [JSONValue])
  func whatLacksItsFieldsIsUnknown(json: JSONValue) throws {
    for name in [
      "READY", "GUILD_CREATE", "GUILD_DELETE", "CHANNEL_CREATE", "THREAD_DELETE",
      "GUILD_MEMBER_ADD", "MESSAGE_CREATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK",
      "VOICE_STATE_UPDATE", "VOICE_SERVER_UPDATE", "INTERACTION_CREATE",
      "GUILD_SCHEDULED_EVENT_CREATE",
    ] {
      guard case .unknown(name, json) = try Self.event(name, json) else {
        Issue.record("\(name) of \(json)")
        continue
      }
    }
  }

  @Test func outagesAreTold() throws {
    guard
      case .guildDelete(let outage) = try Self.event(
        "GUILD_DELETE", ["id": "10", "unavailable": true]),
      case .guildDelete(let removal) = try Self.event("GUILD_DELETE", ["id": "10"])
    else {
      Issue.record("no deletion")
      return
    }
    #expect(outage.isUnavailable)
    #expect(!removal.isUnavailable)
  }
}
