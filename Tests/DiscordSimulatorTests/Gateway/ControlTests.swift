import AsyncHTTPClient
import DiscordSimulator
import JSONValues
import NIOCore
import NIOHTTP1
import Testing

/// The simulator's own calls, by which programs in other languages move people and make faults.
@Suite(.timeLimit(.minutes(1))) struct ControlTests {
  @Test func peopleActByHTTP() async throws {
    try await GatewayScene.run { scene in
      var (peer, _) = try await scene.ready(
        intents: GatewayIntent.guildMessages | GatewayIntent.messageContent
          | GatewayIntent.guildVoiceStates)
      let person = JSONValue.string(String(scene.person))
      let posted = try await call(
        scene, "/message",
        ["user": person, "channel": .string(String(scene.text)), "content": "by HTTP"])
      #expect(posted["content"] == "by HTTP")
      #expect(try await peer.next("MESSAGE_CREATE")["d"]?["id"] == posted["id"])
      let place: JSONValue = [
        "user": person, "guild": .string(String(scene.guild)),
        "channel": .string(String(scene.voice)),
      ]
      _ = try await call(scene, "/voice", place)
      let joined = try await peer.next("VOICE_STATE_UPDATE")
      #expect(joined["d"]?["channel_id"]?.string == String(scene.voice))
      let report = try await call(scene, "", nil)
      #expect(report["identifies"] == 1)
      #expect(report["sessions"]?[0]?["user"]?.string == String(scene.bot))
      _ = try await call(scene, "/fault", ["effect": "close", "code": 4001])
      #expect(try await peer.closeCode() == 4001)
    }
  }

  @Test func anotherBotComes() async throws {
    try await GatewayScene.run { scene in
      let made = try await call(
        scene, "/bot", ["name": "guest", "guild": .string(String(scene.guild))])
      let id = try #require(made["id"]?.string.flatMap { UInt64($0) })
      #expect(scene.simulator.world.applications[id]?.token == made["token"]?.string)
      #expect(scene.simulator.world.guilds[scene.guild]?.members[id] != nil)
    }
  }

  @Test func callsThatAreNone() async throws {
    try await GatewayScene.run { scene in
      for (path, body) in [
        ("/fault", ["effect": "nothing"]), ("/message", ["user": "1"]), ("/command", [:]),
        ("/bot", ["name": "x", "guild": "1"]), ("/elsewhere", [:]),
        ("/fault", ["effect": "close", "code": 70_000]),
      ] as [(String, JSONValue)] {
        let answer = try await call(scene, path, body, status: 400)
        #expect(answer["message"]?.string != nil)
      }
      _ = try await call(scene, "/fault", nil, status: 400)
    }
  }

  static let effects: [(JSONValue, GatewayFault.Effect)] = [
    (["effect": "reconnect"], .reconnect),
    (["effect": "invalid_session", "resumable": true], .invalidSession(resumable: true)),
    (["effect": "invalid_session"], .invalidSession(resumable: false)),
    (["effect": "request_heartbeat"], .requestHeartbeat), (["effect": "reset"], .reset),
    (["effect": "silence"], .silence), (["effect": "mute_acknowledgements"], .muteAcknowledgements),
    (["effect": "refuse_resumes", "count": 2], .refuseResumes(2)),
    (["effect": "late_hello", "milliseconds": 7], .lateHello(.milliseconds(7))),
    (["effect": "repeat_replay", "count": 3], .repeatReplay(3)),
    (
      ["effect": "slow_dispatch", "milliseconds": 5, "count": 4],
      .slowDispatch(.milliseconds(5), count: 4)
    ),
    (["effect": "garbage", "text": "x"], .garbage("x")),
    (["effect": "refuse_connections", "milliseconds": 9], .refuseConnections(.milliseconds(9))),
  ]

  @Test(arguments: effects) func faultsAsText(json: JSONValue, effect: GatewayFault.Effect) {
    #expect(GatewayFault(json: json) == GatewayFault(.now, effect))
    var timed = json
    timed["dispatch"] = 12
    #expect(GatewayFault(json: timed) == GatewayFault(.dispatch(12), effect))
  }

  @Test func peopleTalkByHTTP() async throws {
    try await GatewayScene.run { scene in
      let bot = try await call(
        scene, "/bot", ["name": "listener", "guild": .string(String(scene.guild))])
      let listener = try #require(bot["id"]?.string.flatMap { UInt64($0) })
      // Nobody has to hear it for it to be said.
      let person = JSONValue.string(String(scene.person))
      let voice = JSONValue.string(String(scene.voice))
      _ = try await call(
        scene, "/speak",
        [
          "user": person, "channel": voice, "seconds": 0.2, "repetitions": 0, "ppm": 40,
          "pause": 20,
        ])
      _ = try await call(
        scene, "/speak", ["user": .string(String(listener)), "channel": voice, "seconds": 0.1])
      while scene.simulator.voiceSessions.count != 2 { await Task.yield() }
      let report = try await call(scene, "/voice", nil)
      #expect(report["sessions"]?.array?.count == 2 && report["closes"] == [:])
      let mine = report["sessions"]?.array?.first { $0["user"] == person }
      #expect(mine?["channel"] == voice && mine?["scripted"] == true)
      #expect(mine?["ssrc"]?.integer ?? 0 > 0)
      #expect(try await call(scene, "/truth", nil) == [], "no client with a socket, nothing sent")
      _ = try await call(scene, "/voice-fault", ["effect": "kick", "user": person])
      while scene.simulator.world.voiceStates[scene.guild]?[scene.person] != nil {
        await Task.yield()
      }
      _ = try await call(scene, "/quiet", ["user": person])
      for (path, body) in [
        ("/voice-fault", ["effect": "nothing"]), ("/voice-fault", ["effect": "move"]),
        ("/voice-fault", ["effect": "close", "code": 70_000]), ("/quiet", [:]),
        ("/speak", ["user": person]), ("/speak", ["user": "1", "channel": voice]),
        ("/speak", ["user": person, "channel": .string(String(scene.text))]),
        ("/speak", ["user": person, "channel": voice, "files": ["/nonexistent"]]),
      ] as [(String, JSONValue)] {
        let answer = try await call(scene, path, body, status: 400)
        #expect(answer["message"]?.string != nil, "\(path) \(body)")
      }
    }
  }

  static let voiceEffects: [(JSONValue, VoiceFault.Effect)] = [
    (["effect": "loss", "share": 0.2, "milliseconds": 50], .loss(0.2, for: .milliseconds(50))),
    (["effect": "burst", "count": 3], .burst(packets: 3)),
    (["effect": "reorder"], .reorder(0.1, for: .seconds(10))),
    (["effect": "duplicate", "share": 7], .duplicate(1, for: .seconds(10))),
    (["effect": "corrupt", "share": -1], .corrupt(0, for: .seconds(10))),
    (["effect": "replay"], .replay(0.1, for: .seconds(10))),
    (["effect": "forge"], .forge(0.1, for: .seconds(10))),
    (["effect": "delay", "delay": 40], .delay(.milliseconds(40), for: .seconds(10))),
    (["effect": "jitter"], .jitter(.milliseconds(100), for: .seconds(10))),
    (["effect": "stall", "milliseconds": 300], .stall(.milliseconds(300))),
    (["effect": "blackout", "milliseconds": 300], .blackout(.milliseconds(300))),
    (["effect": "close", "code": 4015], .close(4015)), (["effect": "close"], .close(4006)),
    (["effect": "drop"], .drop), (["effect": "silence"], .silence),
    (["effect": "mute_acknowledgements"], .muteAcknowledgements),
    (["effect": "refuse_resumes", "count": 2], .refuseResumes(2)),
    (
      ["effect": "refuse_identifies", "code": 4004, "count": 3],
      .refuseIdentifies(4004, count: 3)
    ),
    (["effect": "ignore_joins"], .ignoreJoins(1)),
    (["effect": "repeat_replay", "count": 9], .repeatReplay(9)),
    (["effect": "late_speaking", "delay": 70], .lateSpeaking(.milliseconds(70))),
    (["effect": "no_speaking"], .lateSpeaking(nil)),
    (["effect": "bad_welcome"], .badWelcome), (["effect": "bad_commit"], .badCommit),
    (["effect": "migrate"], .migrate(.updateFirst, nullEndpointFirst: false)),
    (
      ["effect": "migrate", "order": "close_first", "null_endpoint_first": true],
      .migrate(.closeFirst, nullEndpointFirst: true)
    ),
    (["effect": "kick"], .kick), (["effect": "move", "channel": "12"], .move(to: 12)),
    (["effect": "deafen"], .deafen(true)), (["effect": "deafen", "on": false], .deafen(false)),
    (["effect": "mute"], .mute(true)), (["effect": "downgrade"], .downgrade),
    (["effect": "upgrade"], .upgrade), (["effect": "recreate"], .recreate),
    (["effect": "end_call"], .endCall),
  ]

  @Test(arguments: voiceEffects) func voiceFaultsAsText(
    json: JSONValue, effect: VoiceFault.Effect
  ) {
    #expect(VoiceFault(json: json) == VoiceFault(effect))
    var timed = json
    timed["at"] = 1500
    timed["user"] = "77"
    #expect(VoiceFault(json: timed) == VoiceFault(effect, user: 77, at: .milliseconds(1500)))
  }

  private func call(
    _ scene: GatewayScene, _ path: String, _ body: JSONValue?, status: Int? = nil
  ) async throws -> JSONValue {
    let base = "http://127.0.0.1:\(scene.addresses.port)/simulator"
    var request = HTTPClientRequest(url: base + path)
    if let body {
      request.method = .POST
      request.body = .bytes(ByteBuffer(string: body.text()))
    }
    let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
    let bytes = Array(try await answer.body.collect(upTo: 1 << 20).readableBytesView)
    if let status {
      #expect(Int(answer.status.code) == status)
    } else {
      #expect((200...299).contains(answer.status.code))
    }
    return bytes.isEmpty ? .null : try JSONValue(parsing: bytes)
  }
}
