import DiscordSimulator
import JSONValues
import Testing
import WebSocket

/// The voice gateway's rules, without sockets.
@Suite("Voice gateway")
struct VoiceProtocolTests {
  /// Everybody is where it says.
  struct Places: VoiceWorld {
    var places: [UInt64: VoicePlace]
    func voicePlace(of user: UInt64, in guild: UInt64) -> VoicePlace? { places[user] }
  }

  /// A server with a user who has a token.
  struct Setup {
    var server = VoiceServer()
    var world = Places(places: [7: VoicePlace(channel: 20, sessionID: "session")])
    var token = ""

    init() {
      token = server.grant(user: 7, guild: 1, world: world)?.token ?? ""
      _ = server.opened(1, target: "/?v=8", server: 0, now: .zero)
    }

    mutating func send(_ op: Int, _ data: JSONValue, from connection: UInt64 = 1) -> [VoiceOutput] {
      let payload: JSONValue = ["op": .integer(Int64(op)), "d": data]
      return server.received(
        Array(payload.text().utf8), from: connection, now: .seconds(1), world: world)
    }

    var identify: JSONValue {
      [
        "server_id": "1", "user_id": "7", "session_id": "session", "token": .string(token),
        "max_dave_protocol_version": 1,
      ]
    }

    mutating func code(_ op: Int, _ data: JSONValue) -> UInt16? {
      send(op, data).lazy.compactMap {
        if case .close(_, let code, _) = $0 { code } else { nil }
      }.first
    }
  }

  @Test("What is refused, and with which code")
  func refusals() {
    var unknown = Setup()
    #expect(unknown.server.opened(2, target: "/?v=4", server: 0, now: .zero).isClose(4012))
    func code(_ change: (inout [String: JSONValue]) -> Void) -> UInt16? {
      var setup = Setup()
      var identify = setup.identify.object ?? [:]
      change(&identify)
      return setup.code(0, .object(identify))
    }
    #expect(code { _ in } == nil)
    #expect(code { $0["token"] = "other" } == 4004)
    #expect(code { $0["user_id"] = "8" } == 4004)
    #expect(code { $0["session_id"] = "older" } == 4006)
    #expect(code { $0["server_id"] = .null } == 4002)
    #expect(code { $0["max_dave_protocol_version"] = 0 } == 4017)
    #expect(code { $0["max_dave_protocol_version"] = nil } == 4017)
    var early = Setup()
    #expect(early.code(5, ["speaking": 0]) == 4003)
    var twice = Setup()
    _ = twice.send(0, twice.identify)
    #expect(twice.code(0, twice.identify) == 4005)
    var opcode = Setup()
    _ = opcode.send(0, opcode.identify)
    #expect(opcode.code(99, .null) == 4001)
    var mode = Setup()
    _ = mode.send(0, mode.identify)
    let select: JSONValue = [
      "protocol": "udp", "data": ["address": "127.0.0.1", "port": 5, "mode": "plain"],
    ]
    #expect(mode.code(1, select) == 4016)
    var rubbish = Setup()
    #expect(
      rubbish.server.received(Array("{".utf8), from: 1, now: .zero, world: rubbish.world)
        .isClose(4002))
  }

  @Test("In a stage nobody needs DAVE, and op 4 says 0")
  func stage() {
    var setup = Setup()
    setup.world.places[7]?.isStage = true
    var identify = setup.identify.object ?? [:]
    identify["max_dave_protocol_version"] = 0
    #expect(setup.code(0, .object(identify)) == nil)
    let outputs = setup.send(
      1,
      [
        "protocol": "udp",
        "data": ["address": "127.0.0.1", "port": 5, "mode": "aead_aes256_gcm_rtpsize"],
      ])
    let description = outputs.payloads.first { $0["op"] == 4 }?["d"]
    #expect(description?["dave_protocol_version"] == 0)
    #expect(description?["secret_key"]?.array?.count == 32)
  }

  @Test("A client that misses its heartbeats is closed with 4009, and not before")
  func heartbeats() {
    var setup = Setup()
    _ = setup.send(0, setup.identify)
    let end = setup.server.rules.heartbeatInterval + setup.server.rules.heartbeatTolerance
    #expect(setup.server.nextDeadline == end)
    #expect(setup.server.tick(now: end - .milliseconds(1)).isEmpty)
    #expect(setup.server.tick(now: end).isClose(4009))
    #expect(setup.server.sessions.isEmpty)
  }

  @Test("A session that nobody resumes is over, and its place free")
  func resumeWindow() {
    var setup = Setup()
    _ = setup.send(0, setup.identify)
    _ = setup.server.closed(1, code: nil, now: .seconds(2))
    #expect(setup.server.sessions.count == 1)
    _ = setup.server.tick(now: .seconds(2) + setup.server.rules.resumeWindow)
    #expect(setup.server.sessions.isEmpty)
    _ = setup.server.opened(2, target: "/?v=8", server: 0, now: .seconds(30))
    let resume: JSONValue = [
      "server_id": "1", "session_id": "session", "token": .string(setup.token), "seq_ack": -1,
    ]
    #expect(setup.send(7, resume, from: 2).isClose(4006))
  }

  @Test("Whatever clients send, the server stands it", arguments: [1, 2, 3])
  func rubbish(seed: UInt64) {
    var random = Numbers(state: seed)
    var setup = Setup()
    _ = setup.send(0, setup.identify)
    let values: [JSONValue] = [
      .null, 0, -1, 70_000, "x", [], [:], true, .number(1e300), ["transition_id": 65_536],
      ["transition_id": 3], ["t": 1, "seq_ack": .integer(.max)], ["speaking": .integer(.min)],
      ["protocol": "udp", "data": 3],
    ]
    for round in 0..<400 {
      if random.next() % 2 == 0 {
        let value = values[Int(random.next() % UInt64(values.count))]
        _ = setup.send(Int(random.next() % 34), value, from: UInt64(round / 20 + 1))
      } else {
        let bytes = (0..<Int(random.next() % 60)).map { _ in
          UInt8(truncatingIfNeeded: random.next())
        }
        _ = setup.server.received(
          binary: [[26, 28, 27][Int(random.next() % 3)]] + bytes, from: UInt64(round / 20 + 1),
          now: .seconds(2))
      }
      if round % 20 == 19 {
        let id = UInt64(round / 20 + 2)
        _ = setup.server.opened(id, target: "/?v=8", server: 0, now: .seconds(2))
        _ = setup.send(0, setup.identify, from: id)
        #expect(setup.server.sessions.count == 1)
      }
    }
  }
}

private struct Numbers {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 17
  }
}

extension [VoiceOutput] {
  /// The JSON that is sent.
  var payloads: [JSONValue] {
    compactMap { output in
      if case .send(_, .text(let text)) = output { try? JSONValue(parsing: text) } else { nil }
    }
  }

  func isClose(_ code: UInt16) -> Bool {
    contains { if case .close(_, code, _) = $0 { true } else { false } }
  }
}
