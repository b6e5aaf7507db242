import DiscordSimulator
import JSONValues

/// A world of two guilds and two bots, written down.
struct FakeGatewayWorld: GatewayWorld {
  static let bot: UInt64 = 100
  static let otherBot: UInt64 = 200
  static let club: UInt64 = 1 << 22
  static let annex: UInt64 = 2 << 22
  static let hiddenChannel: UInt64 = 77

  /// The privileged intents of the first bot's application: presences, members, content.
  var flags: UInt64 = 1 << 12 | 1 << 14 | 1 << 18
  /// People in the club besides the bots, from id 1000 on.
  var people = 3

  func gatewayAccount(token: String) -> GatewayAccount? {
    switch token {
    case "token": account(Self.bot, flags, [Self.club, Self.annex])
    case "other": account(Self.otherBot, 0, [Self.club])
    default: nil
    }
  }

  private func account(_ id: UInt64, _ flags: UInt64, _ guilds: [UInt64]) -> GatewayAccount {
    GatewayAccount(
      user: ["id": .string(String(id)), "username": "bot", "bot": true], userID: id,
      applicationID: id + 1, applicationFlags: flags, guilds: guilds)
  }

  func isMember(user: UInt64, of guild: UInt64) -> Bool {
    user == Self.bot || guild == Self.club
  }

  func isVisible(channel: UInt64, to user: UInt64) -> Bool {
    channel != Self.hiddenChannel
  }

  func gatewayGuild(_ id: UInt64) -> JSONValue? {
    guard id == Self.club || id == Self.annex else { return nil }
    let ids = [Self.bot, Self.otherBot] + (0..<people).map { 1000 + UInt64($0) }
    return [
      "id": .string(String(id)), "name": "Guild",
      "members": .array(
        ids.map { member in
          [
            "user": ["id": .string(String(member)), "username": .string("user\(member)")],
            "joined_at": "2026-01-01T00:00:00.000000+00:00", "roles": [],
          ]
        }),
      "voice_states": [["user_id": "1000", "channel_id": "5", "session_id": "s"]],
      "presences": [["user": ["id": "1001"], "status": "online"]],
    ]
  }
}

/// A gateway with one client, as a test drives it.
struct GatewayBench {
  var server: GatewayServer
  var world = FakeGatewayWorld()
  var now: Duration = .zero
  private var opened: UInt64 = 0

  init(rules: GatewayRules = GatewayRules(), faults: [GatewayFault] = []) {
    server = GatewayServer(rules: rules, faults: faults)
  }

  /// Opens a connection and gives its number with what the server said.
  mutating func open(
    _ target: String = "/?v=10&encoding=json"
  ) -> (connection: UInt64, outputs: [GatewayOutput]) {
    opened += 1
    return (opened, server.opened(opened, target: target, now: now, world: world))
  }

  mutating func send(_ op: Int, _ data: JSONValue, on connection: UInt64) -> [GatewayOutput] {
    let payload: JSONValue = ["op": .integer(Int64(op)), "d": data]
    return server.received(Array(payload.text().utf8), from: connection, now: now, world: world)
  }

  mutating func identify(
    _ token: String = "token", intents: UInt64, shard: JSONValue? = nil, on connection: UInt64
  ) -> [GatewayOutput] {
    var data: JSONValue = [
      "token": .string(token), "intents": .integer(Int64(intents)),
      "properties": ["os": "linux", "browser": "test", "device": "test"],
    ]
    if let shard { data["shard"] = shard }
    return send(2, data, on: connection)
  }

  /// A connection with a session.
  mutating func ready(intents: UInt64, token: String = "token") -> (UInt64, session: String) {
    let connection = open().connection
    let outputs = identify(token, intents: intents, on: connection)
    return (connection, outputs.payloads.first?["d"]?["session_id"]?.string ?? "")
  }

  mutating func resume(
    _ session: String, after sequence: Int, token: String = "token"
  ) -> (connection: UInt64, outputs: [GatewayOutput]) {
    let connection = open("/resume?v=10&encoding=json").connection
    let outputs = send(
      6,
      [
        "token": .string(token), "session_id": .string(session),
        "seq": .integer(Int64(sequence)),
      ], on: connection)
    return (connection, outputs)
  }

  /// A message of a person in the club.
  mutating func message(
    _ content: String, author: UInt64 = 1000, mentions: [UInt64] = [], guild: UInt64? = club,
    to audience: WorldEvent.Audience? = nil
  ) -> [GatewayOutput] {
    var data: JSONValue = [
      "id": "9", "channel_id": "5", "content": .string(content),
      "author": ["id": .string(String(author))],
      "mentions": .array(mentions.map { ["id": .string(String($0))] }),
      "attachments": [["id": "1"]], "embeds": [["title": "t"]], "components": [["type": 1]],
    ]
    if let guild { data["guild_id"] = .string(String(guild)) }
    return server.dispatch(
      WorldEvent("MESSAGE_CREATE", data, to: audience ?? .guild(guild ?? Self.club)), now: now,
      world: world)
  }

  static let club = FakeGatewayWorld.club
}

extension [GatewayOutput] {
  /// The payloads sent.
  var payloads: [JSONValue] {
    compactMap { if case .send(_, let payload) = $0 { payload } else { nil } }
  }
  /// The names of the dispatches, and `op n` for other payloads.
  var names: [String] {
    payloads.map { $0["t"]?.string ?? "op \($0["op"]?.integer ?? -1)" }
  }
  /// The code of the close frame, nil without one.
  var closeCode: UInt16? {
    for case .close(_, let code, _) in self { return code }
    return nil
  }
  /// The data of the first dispatch of that name.
  func data(_ name: String) -> JSONValue? {
    payloads.first { $0["t"]?.string == name }?["d"]
  }
}
