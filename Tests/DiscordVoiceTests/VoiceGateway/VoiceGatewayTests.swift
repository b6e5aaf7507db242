import JSONValues
import Testing
import VoiceCrypto

@testable import DiscordVoice

@Suite struct VoiceGatewayTests {
  @Test func identifiesWithDAVE() throws {
    var driver = GatewayDriver()
    let payload = try #require(driver.feed(.opened(resuming: false)).payloads.first)
    #expect(payload == .identify(guild: 100, user: 900, session: "s1"))
    guard case .text(let text) = payload.encoded(token: "secret") else {
      Issue.record("no text")
      return
    }
    let json = try JSONValue(parsing: Array(text.utf8))
    #expect(json["op"] == 0)
    #expect(
      json["d"] == [
        "server_id": "100", "user_id": "900", "session_id": "s1", "token": "secret",
        "max_dave_protocol_version": 1,
      ])
    #expect(!"\(payload)".contains("secret"))
  }

  @Test func heartbeatsFromHelloOn() {
    var driver = GatewayDriver()
    driver.feed(.opened(resuming: false))
    #expect(driver.session.deadline == nil)
    let first = driver.receive(op: 8, ["heartbeat_interval": 5000.5])
    #expect(first.payloads == [.heartbeat(time: 1_000_000, sequence: -1)])
    driver.receive(op: 6, ["t": 1])
    driver.receive(op: 5, ["user_id": "1", "ssrc": 2, "speaking": 1], seq: 10)
    #expect(
      driver.advance(.milliseconds(5001)).payloads == [.heartbeat(time: 1_005_000, sequence: 10)])
  }

  @Test func missedAcknowledgementIsAZombieWithinOneInterval() {
    var driver = GatewayDriver()
    driver.feed(.opened(resuming: false))
    driver.receive(op: 8, ["heartbeat_interval": 5000])
    let actions = driver.advance(.seconds(5))
    #expect(actions.faults == [.zombie])
    #expect(driver.session.deadline == nil, "told once")
  }

  @Test func sequenceOfBothKindsWraps() {
    var driver = GatewayDriver()
    driver.begin()
    driver.receive(op: 11, ["user_ids": ["1"]], seq: 65_535)
    #expect(driver.session.lastSequence == 65_535)
    driver.receive(binary: 25, [1, 2, 3], seq: 0)
    #expect(driver.session.lastSequence == 0)
    driver.receive(op: 18, ["user_id": "1", "flags": 2], seq: 1)
    driver.receive(op: 6, ["t": 1])
    #expect(driver.advance(.seconds(10)).payloads == [.heartbeat(time: 1_010_000, sequence: 1)])
  }

  @Test func prefersAESWhereTheCPUHasIt() {
    for (prefersAES, modes, expected) in [
      (true, GatewayDriver.modes, TransportMode.aes256GCM),
      (false, GatewayDriver.modes, .xchacha20),
      (true, ["aead_xchacha20_poly1305_rtpsize"], .xchacha20),
      (false, ["aead_aes256_gcm_rtpsize"], .aes256GCM),
    ] {
      var driver = GatewayDriver { $0.prefersAES = prefersAES }
      driver.feed(.opened(resuming: false))
      #expect(driver.ready(modes: modes).offers.map(\.mode) == [expected])
    }
    var driver = GatewayDriver()
    driver.feed(.opened(resuming: false))
    #expect(driver.ready(modes: ["xsalsa20_poly1305", "none"]).faults == [.noMode])
  }

  @Test func mediaGoesToPublicAddressesOnly() {
    for address in [
      "10.0.0.1", "192.168.1.1", "0.0.0.0", "255.255.255.255", "169.254.169.254", "224.0.0.1",
      "127.0.0.1", "localhost", "0x7f.1", "127.1", "::1", "", "example.org",
    ] {
      var driver = GatewayDriver { $0.allowsLoopback = false }
      driver.feed(.opened(resuming: false))
      #expect(driver.ready(ip: address).faults == [.badAddress], "\(address)")
    }
    var driver = GatewayDriver { $0.allowsLoopback = false }
    driver.feed(.opened(resuming: false))
    #expect(driver.ready(ip: "66.22.196.1").offers.map { "\($0.remote)" } == ["66.22.196.1:50001"])
    // Another READY does not lead elsewhere.
    #expect(driver.receive(op: 2, ["ssrc": 1, "ip": "8.8.8.8", "port": 1]).offers.isEmpty)
  }

  @Test func agreesOnMediaAndSpeaksOnce() {
    var driver = GatewayDriver()
    driver.feed(.opened(resuming: false))
    #expect(driver.describe().notes == [.unexpected(op: 4)], "nothing was offered yet")
    driver.ready()
    #expect(
      driver.feed(.discovered(address: "198.51.100.7", port: 4000)).payloads == [
        .selectProtocol(
          address: "198.51.100.7", port: 4000, mode: "aead_aes256_gcm_rtpsize")
      ])
    let actions = driver.describe(dave: 0, seq: 3)
    #expect(actions.payloads == [.speaking(flags: 0, ssrc: 42)])
    #expect(actions.stores == [1])
    #expect(actions.sealings == [FrameSealing.none])
    #expect(driver.feed(.setSpeaking(1)).payloads == [.speaking(flags: 1, ssrc: 42)])
  }

  @Test func sameKeyAgainBeginsNothingAnew() {
    var driver = GatewayDriver()
    driver.begin()
    let again = driver.describe(seq: 50)
    #expect(again.notes == [.repeated(op: 4)])
    #expect(again.count == 1)
  }

  @Test func keyPackageComesAtOnceWithDAVE() {
    var driver = GatewayDriver()
    driver.feed(.opened(resuming: false))
    driver.ready()
    let actions = driver.describe(dave: 1)
    #expect(actions.ops == [5, 26])
    #expect(actions.sealings == [.impossible])
  }

  @Test func stageHasNoEncryption() {
    var driver = GatewayDriver { $0.isStage = true }
    driver.feed(.opened(resuming: false))
    driver.ready()
    let actions = driver.describe(dave: 0)
    #expect(actions.ops == [5])
    #expect(actions.states == [.stage])
    // Learned later, it is told later.
    var late = GatewayDriver()
    late.begin(dave: 0)
    #expect(late.feed(.stage(true)).states == [.stage])
  }

  @Test func resumeRepeatsNothing() {
    var driver = GatewayDriver()
    driver.begin()
    let speaking: JSONValue = ["user_id": "1", "ssrc": 7, "speaking": 1]
    #expect(driver.receive(op: 5, speaking, seq: 9).events.count == 1)
    driver.feed(.closed)
    #expect(driver.session.deadline == nil)
    #expect(driver.receive(op: 5, speaking, seq: 10).events.isEmpty, "of a WebSocket that is gone")
    #expect(
      driver.feed(.opened(resuming: true)).payloads
        == [.resume(guild: 100, session: "s1", sequence: 9)])
    driver.receive(op: 8, ["heartbeat_interval": 10_000])
    let resumed = driver.receive(op: 9, nil)
    #expect(resumed.contains { if case .resumed = $0 { true } else { false } })
    #expect(resumed.ops == [5, 26], "the server hears again that we listen, and wait")
    let repeated = driver.receive(op: 5, speaking, seq: 9)
    #expect(repeated.events.isEmpty)
    #expect(repeated.notes == [.repeated(op: 5)])
    #expect(driver.receive(op: 5, speaking, seq: 10).events.count == 1)
    // A server that counts anew is not taken for one that repeats itself.
    #expect(driver.receive(op: 13, ["user_id": "1"], seq: 9).events.count == 1)
  }

  @Test func namesWhoAndWhatItHears() {
    var driver = GatewayDriver()
    driver.begin()
    var told: [String] = []
    func hear(_ op: Int, _ data: JSONValue) {
      told += driver.receive(op: op, data).events.map { "\($0)" }
    }
    hear(5, ["user_id": "18446744073709551615", "ssrc": 4_294_967_295, "speaking": 5])
    hear(11, ["user_ids": ["1", "2"]])
    hear(
      12,
      [
        "user_id": "1", "audio_ssrc": 5, "video_ssrc": 6, "rtx_ssrc": 0,
        "streams": [["ssrc": 6, "rtx_ssrc": 7]],
      ])
    hear(13, ["user_id": "2"])
    hear(15, ["any": 100])
    hear(20, ["user_id": "1", "platform": 0])
    #expect(
      told == [
        "speaking(connection: 3, user: 18446744073709551615, ssrc: 4294967295, flags: 5)",
        "clientsConnected(connection: 3, users: [1, 2])",
        "speaking(connection: 3, user: 1, ssrc: 5, flags: 0)",
        "videoSSRC(connection: 3, user: 1, ssrcs: [6, 7])",
        "clientDisconnected(connection: 3, user: 2)",
      ])
  }

  @Test func unknownOperationsAreToldOnceAndNeverFatal() {
    var driver = GatewayDriver()
    driver.begin()
    #expect(driver.receive(op: 99, ["a": 1]).events.count == 1)
    #expect(driver.receive(op: 99, ["a": 2]).events.isEmpty)
    #expect(driver.receive(binary: 99, [1], seq: 5).events.count == 1)
    #expect(driver.receive(binary: 99, [2], seq: 6).events.isEmpty)
    for op in 1000..<1200 { driver.receive(op: op, nil) }
    #expect(driver.session.unknownTold.count <= 64)
    #expect(driver.session.lastSequence == 6)
  }
}

extension [VoiceGatewayAction] {
  var states: [VoiceEncryption] {
    events.compactMap { if case .daveState(_, let state) = $0 { state } else { nil } }
  }
}
