import DiscordSimulator
import JSONValues
import Testing

/// A listening simulator with two voice channels, a stage, a bot that can join, and people who talk.
struct VoiceScene: Sendable {
  static let token = "scene-token"

  let simulator: DiscordSimulator
  let addresses: DiscordSimulator.Addresses
  let bot: World.ID
  let guild: World.ID
  let voice: World.ID
  let other: World.ID
  let stage: World.ID
  let people: [World.ID]

  static func run(
    rules: VoiceRules = VoiceRules(), _ body: (VoiceScene) async throws -> Void
  ) async throws {
    var world = World()
    let now: World.Time = 1_795_000_000_000
    let people = (0..<4).map { world.createUser("person-\($0)", now: now).id }
    let bot = world.createApplication(
      "recorder", owner: people[0], token: token, flags: [], now: now
    ).id
    let guild = world.createGuild("Tape Club", owner: people[0], now: now).id
    for user in people.dropFirst() + [bot] { world.addMember(user, to: guild, now: now) }
    let voice = world.createChannel(.voice, name: "Studio", in: guild, now: now).id
    let other = world.createChannel(.voice, name: "Cellar", in: guild, now: now).id
    let stage = world.createChannel(.stage, name: "Stage", in: guild, now: now).id
    _ = world.takeEvents()
    let simulator = DiscordSimulator(
      world: world, clock: SimulatorClock(ContinuousClock(), start: now), voiceRules: rules)
    let addresses = try await simulator.start()
    let scene = VoiceScene(
      simulator: simulator, addresses: addresses, bot: bot, guild: guild, voice: voice,
      other: other, stage: stage, people: people)
    do {
      try await body(scene)
    } catch {
      await simulator.stop()
      throw error
    }
    await simulator.stop()
  }

  /// The bot with a gateway session.
  func gateway() async throws -> GatewayPeer {
    let scene = GatewayScene(
      simulator: simulator, addresses: addresses, bot: bot, person: people[0], guild: guild,
      text: 0, voice: voice)
    return try await scene.ready(intents: GatewayIntent.guilds | GatewayIntent.guildVoiceStates).0
  }

  /// The bot asks to join, and gets what it joins with.
  func ask(
    _ gateway: inout GatewayPeer, channel: World.ID?
  ) async throws -> VoicePeer.Invitation {
    try await gateway.send(
      4,
      [
        "guild_id": .string(String(guild)),
        "channel_id": channel.map { .string(String($0)) } ?? .null,
        "self_mute": false, "self_deaf": false,
      ])
    return try await invitation(&gateway)
  }

  /// Reads on until both halves of an invitation have come.
  func invitation(_ gateway: inout GatewayPeer) async throws -> VoicePeer.Invitation {
    var sessionID: String?
    var server: JSONValue?
    while sessionID == nil || server == nil {
      let event = try await gateway.nextEvent()
      if event["t"] == "VOICE_STATE_UPDATE", event["d"]?["user_id"] == .string(String(bot)) {
        sessionID = event["d"]?["session_id"]?.string
      }
      if event["t"] == "VOICE_SERVER_UPDATE", event["d"]?["endpoint"]?.string != nil {
        server = event["d"]
      }
    }
    return VoicePeer.Invitation(
      guild: guild, user: bot, sessionID: sessionID ?? "",
      token: server?["token"]?.string ?? "", endpoint: server?["endpoint"]?.string ?? "")
  }

  /// The bot in a channel, with its key.
  func join(
    _ channel: World.ID? = nil, mode: String = "aead_aes256_gcm_rtpsize"
  ) async throws -> (VoicePeer, GatewayPeer) {
    var gateway = try await gateway()
    let invitation = try await ask(&gateway, channel: channel ?? voice)
    let peer = try await VoicePeer.connect(invitation)
    try await peer.identify()
    try await peer.describe(mode: mode, channel: channel ?? voice)
    try await peer.send(5, ["speaking": 0, "delay": 0, "ssrc": .integer(Int64(peer.ssrc))])
    try await until("op 5 is taken") {
      simulator.voiceSessions.contains { $0.user == bot && $0.speaking != nil }
    }
    return (peer, gateway)
  }
}

/// Waits for something that another task or machine brings about.
func until(
  _ what: Comment, limit: Duration = .seconds(20),
  sourceLocation: SourceLocation = #_sourceLocation, _ holds: () async throws -> Bool
) async throws {
  let start = ContinuousClock.now
  while try await !holds() {
    guard ContinuousClock.now - start < limit else {
      Issue.record(what, sourceLocation: sourceLocation)
      throw Timeout()
    }
    try await Task.sleep(for: .milliseconds(5))
  }
}

struct Timeout: Error {}
