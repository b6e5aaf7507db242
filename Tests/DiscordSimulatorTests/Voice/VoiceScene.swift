import DiscordSimulator
import JSONValues
import SimulatorTestSupport
import Testing

/// A guild with a bot that can join voice, as a raw client.
@dynamicMemberLookup
struct VoiceScene: Sendable {
  let place: VoiceGuild

  static func run(
    rules: VoiceRules = VoiceRules(), _ body: (VoiceScene) async throws -> Void
  ) async throws {
    try await VoiceGuild.run(rules: rules) { try await body(VoiceScene(place: $0)) }
  }

  subscript<Value>(dynamicMember path: KeyPath<VoiceGuild, Value>) -> Value {
    place[keyPath: path]
  }

  /// The bot with a gateway session.
  func gateway() async throws -> GatewayPeer {
    let intents = GatewayIntent.guilds | GatewayIntent.guildVoiceStates
    return try await GatewayPeer.ready(
      place.addresses.gateway, token: VoiceGuild.token(), intents: intents
    ).0
  }

  /// The bot asks to join, and gets what it joins with.
  func ask(
    _ gateway: inout GatewayPeer, channel: World.ID?
  ) async throws -> VoicePeer.Invitation {
    try await gateway.send(
      4,
      [
        "guild_id": .string(String(place.guild)),
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
      if event["t"] == "VOICE_STATE_UPDATE", event["d"]?["user_id"] == .string(String(place.bot)) {
        sessionID = event["d"]?["session_id"]?.string
      }
      if event["t"] == "VOICE_SERVER_UPDATE", event["d"]?["endpoint"]?.string != nil {
        server = event["d"]
      }
    }
    return VoicePeer.Invitation(
      guild: place.guild, user: place.bot, sessionID: sessionID ?? "",
      token: server?["token"]?.string ?? "", endpoint: server?["endpoint"]?.string ?? "")
  }

  /// The bot in a channel, with its key.
  func join(
    _ channel: World.ID? = nil, mode: String = "aead_aes256_gcm_rtpsize"
  ) async throws -> (VoicePeer, GatewayPeer) {
    var gateway = try await gateway()
    let invitation = try await ask(&gateway, channel: channel ?? place.voice)
    let peer = try await VoicePeer.connect(invitation)
    try await peer.identify()
    try await peer.describe(mode: mode, channel: channel ?? place.voice)
    try await peer.send(5, ["speaking": 0, "delay": 0, "ssrc": .integer(Int64(peer.ssrc))])
    try await until("op 5 is taken") {
      place.simulator.voiceSessions.contains { $0.user == place.bot && $0.speaking != nil }
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
