import DiscordSimulator
import JSONValues
import Testing
import WebSocket

/// The gateway as clients reach it: by a WebSocket.
@Suite(.timeLimit(.minutes(1))) struct GatewaySocketTests {
  static let messages =
    GatewayIntent.guilds | GatewayIntent.guildMessages | GatewayIntent.messageContent

  @Test func messagesOfPeopleReachTheSession() async throws {
    try await GatewayScene.run { scene in
      var (peer, ready) = try await scene.ready(intents: Self.messages)
      #expect(ready["user"]?["id"]?.string == String(scene.bot))
      for number in 0..<100 {
        scene.simulator.post(as: scene.person, in: scene.text, "message \(number)")
      }
      for number in 0..<100 {
        let payload = try await peer.next("MESSAGE_CREATE")
        #expect(payload["d"]?["content"]?.string == "message \(number)")
        #expect(payload["s"] == .integer(Int64(number + 3)))
      }
      await peer.connection.close(code: 1000)
    }
  }

  @Test func guildCreateIsComplete() async throws {
    try await GatewayScene.run { scene in
      scene.simulator.joinVoice(scene.person, scene.voice)
      var peer = try await scene.connect()
      _ = try await peer.next("op 10")
      try await peer.send(
        2,
        [
          "token": .string(GatewayScene.token), "intents": .integer(1 | 1 << 7),
          "properties": [:],
        ])
      _ = try await peer.next("READY")
      let guild = try await peer.next("GUILD_CREATE")["d"]
      #expect(guild?["name"] == "Tape Club")
      #expect(guild?["channels"]?.array?.count == 2)
      #expect(guild?["roles"]?.array?.count == 1)
      #expect(guild?["member_count"] == 2)
      #expect(guild?["voice_states"]?[0]?["user_id"]?.string == String(scene.person))
      for field in ["threads", "presences", "stage_instances", "guild_scheduled_events"] {
        #expect(guild?[field] == [])
      }
      await peer.connection.close(code: 1000)
    }
  }

  @Test func aLostConnectionIsResumedAtItsAddress() async throws {
    try await GatewayScene.run { scene in
      var (peer, ready) = try await scene.ready(intents: Self.messages)
      scene.simulator.post(as: scene.person, in: scene.text, "before")
      _ = try await peer.next("MESSAGE_CREATE")
      scene.simulator.inject(GatewayFault(.now, .reset))
      await #expect(throws: WebSocketError.self) { _ = try await peer.closeCode() }
      scene.simulator.post(as: scene.person, in: scene.text, "meanwhile")
      var again = try await scene.connect(ready["resume_gateway_url"]?.string)
      _ = try await again.next("op 10")
      try await again.send(
        6,
        [
          "token": .string(GatewayScene.token), "session_id": ready["session_id"] ?? .null,
          "seq": 3,
        ])
      let replayed = try await again.next("MESSAGE_CREATE")
      #expect(replayed["d"]?["content"] == "meanwhile")
      _ = try await again.next("RESUMED")
      let statistics = scene.simulator.gatewayStatistics
      #expect(statistics.resumed == 1)
      #expect(statistics.resumesElsewhere == 0)
      await again.connection.close(code: 1000)
    }
  }

  @Test func closeCodesReachTheClient() async throws {
    try await GatewayScene.run { scene in
      var peer = try await scene.connect()
      try await peer.connection.send(.text("no payload"))
      #expect(try await peer.closeCode() == 4002)
      var (second, _) = try await scene.ready(intents: 0)
      scene.simulator.inject(GatewayFault(.now, .close(4000)))
      #expect(try await second.closeCode() == 4000)
    }
  }

  @Test func clientsThatDoNotReadAreCutOff() async throws {
    var rules = GatewayRules()
    rules.outboxLimit = 100
    try await GatewayScene.run(rules: rules) { scene in
      let (peer, _) = try await scene.ready(intents: Self.messages)
      let long = String(repeating: "x", count: 1900)
      // More than both ends' sockets hold.
      var count = 0
      while scene.simulator.gatewaySessions.contains(where: \.isConnected), count < 100_000 {
        scene.simulator.post(as: scene.person, in: scene.text, long)
        count += 1
        if count % 100 == 0 { await Task.yield() }
      }
      #expect((100..<100_000).contains(count))
      #expect(scene.simulator.gatewayStatistics.closes.isEmpty)
      peer.connection.abort()
    }
  }

  @Test func refusedConnections() async throws {
    try await GatewayScene.run { scene in
      scene.simulator.inject(GatewayFault(.now, .refuseConnections(.seconds(3600))))
      do {
        _ = try await scene.connect()
        Issue.record("let in")
      } catch let error as WebSocketError {
        #expect(error.status == 503)
      }
    }
  }

  @Test func voiceStatesAndTheVoiceServer() async throws {
    try await GatewayScene.run { scene in
      var (peer, ready) = try await scene.ready(intents: GatewayIntent.guildVoiceStates)
      scene.simulator.setVoiceServer { request in
        VoiceServerAssignment(token: "secret", endpoint: "voice.test:443")
      }
      func join(_ channel: JSONValue) -> JSONValue {
        [
          "guild_id": .string(String(scene.guild)), "channel_id": channel, "self_mute": true,
          "self_deaf": false,
        ]
      }
      try await peer.send(4, join(.string(String(scene.voice))))
      let state = try await peer.next("VOICE_STATE_UPDATE")["d"]
      #expect(state?["channel_id"]?.string == String(scene.voice))
      #expect(state?["session_id"] == ready["session_id"])
      #expect(state?["self_mute"] == true)
      #expect(state?["member"]?["user"]?["id"]?.string == String(scene.bot))
      let server = try await peer.next("VOICE_SERVER_UPDATE")["d"]
      #expect(server?["endpoint"] == "voice.test:443")
      #expect(server?["token"] == "secret")
      scene.simulator.moveVoice(
        guild: scene.guild, to: VoiceServerAssignment(token: "secret", endpoint: nil))
      #expect(try await peer.next("VOICE_SERVER_UPDATE")["d"]?["endpoint"] == .null)
      // A text channel is none to speak in: nothing happens.
      try await peer.send(4, join(.string(String(scene.text))))
      try await peer.send(4, join(.null))
      #expect(try await peer.next("VOICE_STATE_UPDATE")["d"]?["channel_id"] == .null)
      // Who leaves the gateway leaves voice.
      try await peer.send(4, join(.string(String(scene.voice))))
      _ = try await peer.next("VOICE_STATE_UPDATE")
      #expect(scene.simulator.world.voiceStates[scene.guild]?[scene.bot] != nil)
      await peer.connection.close(code: 1000)
      while scene.simulator.world.voiceStates[scene.guild]?[scene.bot] != nil { await Task.yield() }
    }
  }

  @Test func sessionStartsAreCounted() async throws {
    try await GatewayScene.run { scene in
      let (peer, _) = try await scene.ready(intents: 0)
      #expect(scene.simulator.world.applications[scene.bot]?.sessionStartsRemaining == 999)
      await peer.connection.close(code: 1000)
    }
  }
}
