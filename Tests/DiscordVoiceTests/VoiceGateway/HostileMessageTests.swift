import JSONValues
import TestSupport
import Testing

@testable import DiscordVoice

@Suite struct HostileMessageTests {
  @Test(arguments: [
    "", "null", "[]", "{}", "{\"op\":-1}", "{\"op\":1e99}", "{\"op\":\"2\",\"d\":{}}",
    "{\"op\":2}", "{\"op\":2,\"d\":{\"ssrc\":-1,\"ip\":\"1.1.1.1\",\"port\":5}}",
    "{\"op\":2,\"d\":{\"ssrc\":4294967296,\"ip\":\"1.1.1.1\",\"port\":5}}",
    "{\"op\":2,\"d\":{\"ssrc\":1,\"ip\":\"1.1.1.1\",\"port\":0}}",
    "{\"op\":2,\"d\":{\"ssrc\":1,\"ip\":\"1.1.1.1\",\"port\":65536}}",
    "{\"op\":4,\"d\":{\"mode\":\"x\",\"secret_key\":[256]}}",
    "{\"op\":5,\"d\":{\"user_id\":\"1\",\"ssrc\":1.5}}", "{\"op\":5,\"d\":{\"ssrc\":1}}",
    "{\"op\":5,\"d\":{\"user_id\":\"99999999999999999999\",\"ssrc\":1}}",
    "{\"op\":21,\"d\":{\"transition_id\":65536,\"protocol_version\":0}}",
    "{\"op\":22,\"d\":{\"transition_id\":-1}}", "{\"op\":24,\"d\":{\"epoch\":-1}}",
    "{\"op\":11,\"d\":{\"user_ids\":\"1\"}}", "{\"op\":13,\"d\":null}",
  ])
  func isPassedOver(text: String) {
    var driver = GatewayDriver()
    driver.begin()
    let actions = driver.feed(.text(text))
    #expect(actions.notes.count == 1, "said in the log, and no more")
    #expect(actions.count == 1)
    #expect(driver.receive(op: 13, ["user_id": "1"]).events.count == 1, "it goes on")
  }

  @Test func deepNestingAndLargeMessagesAreRefused() {
    var driver = GatewayDriver()
    driver.begin()
    let deep = "{\"op\":5,\"d\":" + String(repeating: "[", count: 100_000)
    #expect(driver.feed(.text(deep)).notes.count == 1)
    let large = "{\"op\":5,\"x\":\"" + String(repeating: "a", count: 2 << 20) + "\"}"
    #expect(driver.feed(.text(large)).notes == [.unreadable(reason: "too large")])
    #expect(driver.feed(.binary([UInt8](repeating: 27, count: 2 << 20))).notes.count == 1)
  }

  @Test func oddNumbersDoNoHarm() {
    var driver = GatewayDriver()
    driver.begin()
    driver.receive(op: 5, ["user_id": "1", "ssrc": 1, "speaking": .integer(.max)])
    driver.receive(op: 21, ["transition_id": 1, "protocol_version": .integer(.min)])
    driver.receive(op: 24, ["epoch": "18446744073709551615", "protocol_version": .integer(.max)])
    driver.receive(op: 8, ["heartbeat_interval": 0])
    driver.receive(op: 8, ["heartbeat_interval": 1e300])
    let before = driver.session.lastSequence
    driver.receive(op: 5, ["user_id": "1", "ssrc": 1], seq: .max)
    driver.receive(op: 5, ["user_id": "1", "ssrc": 1], seq: -5)
    #expect(driver.session.lastSequence == before)
    #expect(driver.session.deadline != nil, "an interval that cannot be kept is replaced")
  }

  @Test func badDescriptionIsAFault() {
    for (mode, length) in [("aead_aes256_gcm_rtpsize", 31), ("none", 0), ("xsalsa20", 32)] {
      var driver = GatewayDriver()
      driver.feed(.opened(resuming: false))
      driver.ready()
      let actions = driver.receive(
        op: 4,
        [
          "mode": .string(mode),
          "secret_key": .array([JSONValue](repeating: 1, count: length)),
        ])
      #expect(actions.faults == [.badDescription], "\(mode)")
    }
  }

  @Test(arguments: 0..<30 as Range<UInt64>)
  func rubbish(seed: UInt64) {
    var choice = SplitMix64(seed: seed)
    var driver = GatewayDriver(seed: seed)
    driver.begin()
    let ops: [UInt8] = [0, 25, 26, 27, 28, 29, 30, 31, 255]
    for _ in 0..<60 {
      switch Int.random(in: 0..<4, using: &choice) {
      case 0:
        let count = Int.random(in: 0..<200, using: &choice)
        var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &choice) }
        if bytes.count > 2, let op = ops.randomElement(using: &choice) { bytes[2] = op }
        driver.feed(.binary(bytes))
      case 1:
        let text =
          "{\"op\":\(Int.random(in: 0...40, using: &choice)),\"d\":{\"transition_id\":"
          + "\(Int.random(in: 0...3, using: &choice)),\"protocol_version\":"
          + "\(Int.random(in: 0...2, using: &choice)),\"epoch\":1,\"user_id\":\"5\",\"ssrc\":9}}"
        driver.feed(.text(text))
      case 2: driver.feed(.stored(number: Int.random(in: 0..<9, using: &choice)))
      default: driver.advance(.milliseconds(Int.random(in: 0..<3000, using: &choice)))
      }
    }
    #expect(driver.session.transitions.count <= VoiceGatewaySession.mostTransitions)
  }
}
