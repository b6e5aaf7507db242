import DiscordSimulator
import JSONValues
import Testing
import WebSocket

/// A listening simulator with one guild, one bot and one person.
struct GatewayScene: Sendable {
  static let token = "scene-token"

  let simulator: DiscordSimulator
  let addresses: DiscordSimulator.Addresses
  let bot: World.ID
  let person: World.ID
  let guild: World.ID
  let text: World.ID
  let voice: World.ID

  /// Runs a body with a scene, and stops the simulator afterwards.
  static func run(
    clock: any Clock<Duration> = ContinuousClock(), rules: GatewayRules = GatewayRules(),
    _ body: (GatewayScene) async throws -> Void
  ) async throws {
    var world = World()
    let now: World.Time = 1_795_000_000_000
    let person = world.createUser("anna", now: now).id
    let bot = world.createApplication(
      "recorder", owner: person, token: token,
      flags: [.guildMembersLimited, .messageContentLimited], now: now
    ).id
    let guild = world.createGuild("Tape Club", owner: person, now: now).id
    world.addMember(bot, to: guild, now: now)
    let text = world.createChannel(.text, name: "general", in: guild, now: now).id
    let voice = world.createChannel(.voice, name: "Studio", in: guild, now: now).id
    _ = world.takeEvents()
    let simulator = DiscordSimulator(
      world: world, clock: SimulatorClock(clock, start: now), gatewayRules: rules)
    let addresses = try await simulator.start()
    let scene = GatewayScene(
      simulator: simulator, addresses: addresses, bot: bot, person: person, guild: guild,
      text: text, voice: voice)
    do {
      try await body(scene)
    } catch {
      await simulator.stop()
      throw error
    }
    await simulator.stop()
  }

  /// Connects; HELLO is not read yet.
  func connect(_ url: String? = nil) async throws -> GatewayPeer {
    try await GatewayPeer.connect(url ?? addresses.gateway)
  }

  /// Connects and identifies; READY and GUILD_CREATE are read.
  func ready(intents: UInt64) async throws -> (GatewayPeer, ready: JSONValue) {
    try await GatewayPeer.ready(addresses.gateway, token: Self.token, intents: intents)
  }
}

/// A raw client: reads one payload after the other.
struct GatewayPeer {
  let connection: WebSocketConnection
  private var messages: WebSocketConnection.Messages.AsyncIterator

  init(_ connection: WebSocketConnection) {
    self.connection = connection
    messages = connection.messages.makeAsyncIterator()
  }

  /// Connects; HELLO is not read yet.
  static func connect(_ gateway: String) async throws -> GatewayPeer {
    GatewayPeer(try await WebSocketClient.connect(to: "\(gateway)?v=10&encoding=json"))
  }

  /// Connects and identifies; READY and GUILD_CREATE are read.
  static func ready(
    _ gateway: String, token: String, intents: UInt64
  ) async throws -> (GatewayPeer, ready: JSONValue) {
    var peer = try await connect(gateway)
    _ = try await peer.next("op 10")
    try await peer.send(
      2,
      [
        "token": .string(token), "intents": .integer(Int64(intents)),
        "properties": ["os": "linux", "browser": "test", "device": "test"],
      ])
    let ready = try await peer.next("READY")
    if intents & GatewayIntent.guilds != 0 { _ = try await peer.next("GUILD_CREATE") }
    return (peer, ready["d"] ?? .null)
  }

  func send(_ op: Int, _ data: JSONValue) async throws {
    let payload: JSONValue = ["op": .integer(Int64(op)), "d": data]
    try await connection.send(.text(payload.text()))
  }

  /// The next payload, which must have this name, or be `op n`.
  mutating func next(
    _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> JSONValue {
    let message = try #require(try await messages.next(), sourceLocation: sourceLocation)
    guard case .text(let text) = message else {
      Issue.record("a binary frame", sourceLocation: sourceLocation)
      return .null
    }
    let payload = try JSONValue(parsing: Array(text.utf8))
    let found = payload["t"]?.string ?? "op \(payload["op"]?.integer ?? -1)"
    #expect(found == name, sourceLocation: sourceLocation)
    return payload
  }

  /// The next payload, whatever it is.
  mutating func nextEvent() async throws -> JSONValue {
    guard case .text(let text)? = try await messages.next() else { return .null }
    return try JSONValue(parsing: Array(text.utf8))
  }

  /// Reads until the connection is closed and gives the code of the close frame.
  mutating func closeCode() async throws -> UInt16? {
    while try await messages.next() != nil {}
    return connection.end?.close?.code
  }
}
