import DiscordSimulator
import JSONValues

/// One guild with a bot and people who come and go in voice channels.
struct FaultWorld: GatewayWorld {
  static let bot: UInt64 = 100
  static let guild: UInt64 = 1 << 22
  static let text: UInt64 = 7

  /// Who is in which voice channel.
  var voice: [UInt64: UInt64] = [:]

  func gatewayAccount(token: String) -> GatewayAccount? {
    guard token == "token" else { return nil }
    return GatewayAccount(
      user: ["id": .string(String(Self.bot)), "username": "recorder", "bot": true],
      userID: Self.bot, applicationID: 101, applicationFlags: 1 << 18, guilds: [Self.guild])
  }

  func isMember(user: UInt64, of guild: UInt64) -> Bool { guild == Self.guild }

  func isVisible(channel: UInt64, to user: UInt64) -> Bool { true }

  func gatewayGuild(_ id: UInt64) -> JSONValue? {
    guard id == Self.guild else { return nil }
    return [
      "id": .string(String(id)), "name": "Club",
      "members": .array(voice.keys.sorted().map(Self.member)),
      "voice_states": .array(
        voice.sorted { $0.key < $1.key }.map { user, channel in
          [
            "user_id": .string(String(user)), "channel_id": .string(String(channel)),
            "session_id": "s",
          ]
        }),
    ]
  }

  static func member(_ user: UInt64) -> JSONValue {
    ["user": ["id": .string(String(user)), "username": .string("user \(user)")], "roles": []]
  }

  /// The n-th thing that happens: a message, or somebody joins, moves or leaves.
  mutating func happen(_ number: Int) -> WorldEvent {
    let id: JSONValue = .string(String(number))
    let guild: JSONValue = .string(String(Self.guild))
    guard number % 3 == 0 else {
      return WorldEvent(
        "MESSAGE_CREATE",
        [
          "id": id, "channel_id": .string(String(Self.text)), "guild_id": guild,
          "content": .string("message \(number)"),
          "author": ["id": "5", "username": "somebody"],
        ], to: .channel(Self.text, guild: Self.guild))
    }
    let user = UInt64(1000 + number % 7)
    let channel: UInt64? = number % 5 == 0 ? nil : UInt64(20 + number % 2)
    voice[user] = channel
    return WorldEvent(
      "VOICE_STATE_UPDATE",
      [
        "id": id, "guild_id": guild, "user_id": .string(String(user)),
        "channel_id": channel.map { .string(String($0)) } ?? .null, "session_id": "s",
        "member": Self.member(user),
      ], to: .guild(Self.guild))
  }
}
