import RTP
import TestSupport
import Testing

@testable import DiscordVoice

@Suite struct UDPDiscoveryTests {
  @Test func asksFiveTimesWithinFiveSeconds() throws {
    var discovery = UDPDiscovery(ssrc: 7)
    var now: Int64 = 1_000
    var requests = 0
    let request = IPDiscovery.request(ssrc: 7).encoded()
    while case .send(let bytes)? = discovery.advance(at: now) {
      #expect(bytes == request)
      requests += 1
      #expect(discovery.advance(at: now) == nil)
      now = try #require(discovery.deadline)
    }
    #expect(requests == 5 && now == 5_000_001_000)
    #expect(discovery.advance(at: now) == .fail(.unanswered(refused: 0)))
  }

  @Test func takesAnAnswerAboutUs() {
    var discovery = UDPDiscovery(ssrc: 7)
    _ = discovery.advance(at: 0)
    let answer = IPDiscovery.response(ssrc: 7, address: "203.0.113.7", port: 50_000).encoded()
    #expect(
      discovery.receive(answer.span) == DatagramAddress(host: "203.0.113.7", port: 50_000))
  }

  @Test(
    "answers about somebody else, or without an address, are counted and ignored",
    arguments: [
      IPDiscovery.response(ssrc: 8, address: "203.0.113.7", port: 50_000),
      IPDiscovery.response(ssrc: 7, address: "203.0.113.7", port: 0),
      IPDiscovery.response(ssrc: 7, address: "0.0.0.0", port: 50_000),
      IPDiscovery.response(ssrc: 7, address: "voice.example", port: 50_000),
      IPDiscovery.response(ssrc: 7, address: "", port: 50_000),
      IPDiscovery.request(ssrc: 7),
    ])
  func refuses(answer: IPDiscovery) {
    var discovery = UDPDiscovery(ssrc: 7)
    var now: Int64 = 0
    while case .send? = discovery.advance(at: now) {
      #expect(discovery.receive(answer.encoded().span) == nil)
      now = discovery.deadline ?? now
    }
    #expect(discovery.advance(at: now) == .fail(.unanswered(refused: 5)))
  }

  @Test func survivesRubbish() {
    var random = SplitMix64(seed: 11)
    var discovery = UDPDiscovery(ssrc: 7)
    for _ in 0..<5_000 {
      var bytes = IPDiscovery.response(ssrc: 7, address: "203.0.113.7", port: 9).encoded()
      for _ in 0..<1 + random.next() % 6 {
        bytes[Int(random.next() % 74)] = UInt8(truncatingIfNeeded: random.next())
      }
      if random.next() % 4 == 0 { bytes.removeLast(Int(random.next() % 75)) }
      if let address = discovery.receive(bytes.span) {
        #expect(address.port != 0 && !address.isUnspecified)
      }
    }
  }
}

@Suite struct KeepaliveTests {
  @Test func countsLittleEndian() {
    var keepalive = Keepalive(interval: 5, now: 0)
    #expect(keepalive.due(at: 4) == nil)
    for counter in 0..<300 {
      let bytes = keepalive.due(at: keepalive.deadline)
      #expect(bytes == [UInt8(counter & 0xFF), UInt8(counter >> 8), 0, 0, 0, 0, 0, 0])
    }
  }

  @Test func sendsOneAfterALongStop() {
    var keepalive = Keepalive(interval: 10, now: 0)
    #expect(keepalive.due(at: 1_000) != nil)
    #expect(keepalive.due(at: 1_000) == nil)
    #expect(keepalive.deadline > 1_000 && keepalive.deadline <= 1_010)
  }

  @Test func mayBeOff() {
    var keepalive = Keepalive(interval: nil, now: 0)
    #expect(keepalive.due(at: .max) == nil && keepalive.deadline == .max)
  }
}
