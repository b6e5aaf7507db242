internal import Testing

@testable import RTP

@Suite("Datagram kinds")
struct DatagramKindTests {
  private func kind(_ bytes: [UInt8]) -> DatagramKind { .classify(bytes.span) }

  @Test("too short to tell", arguments: [[], [0x80], [0xFF], [0x90, 0x78, 0]] as [[UInt8]])
  func tooShort(bytes: [UInt8]) {
    #expect(kind(bytes) == .tooShort)
  }

  @Test("every length from 0 to 100 of a packet-like datagram is classified")
  func lengths() {
    for length in 0...100 {
      for first in [0x00, 0x80, 0x90, 0xB5, 0xFF] as [UInt8] {
        for second in [0, 120, 200, 204, 255] as [UInt8] {
          var bytes = [UInt8](repeating: 0xFF, count: length)
          if length > 0 { bytes[0] = first }
          if length > 1 { bytes[1] = second }
          let kind = kind(bytes)
          if length < 2 { #expect(kind == .tooShort) }
          if length == 8 { #expect(kind == .keepalive) }
        }
      }
    }
  }

  @Test("RTP")
  func rtp() throws {
    var bytes: [UInt8] = []
    let header = RTPHeader(payloadType: 120, sequenceNumber: 7, timestamp: 960, ssrc: 3)
    header.encode(into: &bytes)
    #expect(kind(bytes) == .rtp(header))
    bytes.append(contentsOf: [1, 2, 3])
    #expect(kind(bytes) == .rtp(header))
  }

  @Test(
    "second bytes 200...204 are RTCP, their neighbours RTP",
    arguments: 190...210 as ClosedRange<UInt8>)
  func rtcp(second: UInt8) {
    let bytes = [0x81, second, 0, 6, 0, 0, 0, 9] + [UInt8](repeating: 1, count: 44)
    if (200...204).contains(second) {
      let header = RTCPHeader(packetType: second, ssrc: 9, count: 1, lengthField: 6)
      #expect(kind(bytes) == .rtcp(header))
      #expect(header.authenticatedLength == 8)
      var encoded: [UInt8] = []
      header.encode(into: &encoded)
      #expect(encoded == [UInt8](bytes.prefix(8)))
    } else {
      guard case .rtp(let header) = kind(bytes) else {
        Issue.record("no RTP")
        return
      }
      #expect(header.payloadType == second & 0x7F)
      #expect(header.marker)
    }
  }

  @Test("an RTCP header that is cut is too short", arguments: 2..<8)
  func cutRTCP(length: Int) {
    #expect(kind([UInt8]([0x80, 200, 0, 1, 0, 0, 0, 9].prefix(length))) == .tooShort)
  }

  @Test("8 bytes are a keepalive, unless they are a whole RTCP packet")
  func keepalive() {
    #expect(kind([0, 0, 0, 0, 0, 0, 0, 0]) == .keepalive)
    #expect(kind([0x80, 0, 0, 0, 0, 0, 0, 0]) == .keepalive)
    #expect(kind([0x80, 200, 0, 0, 0, 0, 0, 0]) == .keepalive)
    #expect(kind([0x80, 201, 0, 1, 0, 0, 0, 9]) == .rtcp(RTCPHeader(packetType: 201, ssrc: 9)))
  }

  @Test("74 bytes with type and length are IP discovery; others are not")
  func discovery() {
    let request = IPDiscovery.request(ssrc: 5).encoded()
    #expect(request.count == 74)
    #expect(kind(request) == .ipDiscovery)
    #expect(kind([UInt8](request.dropLast())) == .foreign)
    #expect(kind(request + [0]) == .foreign)
  }

  @Test("an extension past the end and other versions are foreign")
  func foreign() {
    let pastEnd: [UInt8] = [0x90, 120, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xBE, 0xDE, 0, 1, 1, 2, 3]
    #expect(kind(pastEnd) == .foreign)
    #expect(kind([UInt8](repeating: 0x16, count: 60)) == .foreign)
  }
}

@Suite("IP discovery")
struct IPDiscoveryTests {
  @Test(
    "comes back as sent",
    arguments: ["203.0.113.7", "", "2001:db8::1", String(repeating: "1", count: 63)])
  func roundTrip(address: String) throws {
    let response = IPDiscovery.response(ssrc: 0xDEAD_BEEF, address: address, port: 50_001)
    let parsed = try IPDiscovery(parsing: response.encoded().span)
    #expect(parsed == response)
  }

  @Test("an address without its zero is cut at 64 bytes; one with odd bytes is refused")
  func oddAddresses() throws {
    var bytes = IPDiscovery.response(ssrc: 1, address: "", port: 2).encoded()
    for offset in 8..<72 { bytes[offset] = UInt8(ascii: "9") }
    #expect(try IPDiscovery(parsing: bytes.span).address.count == 64)
    bytes[9] = 0x0A
    #expect(throws: RTPError.discovery) { try IPDiscovery(parsing: bytes.span) }
    #expect(throws: RTPError.discovery) { try IPDiscovery(parsing: [UInt8]([1, 2]).span) }
  }
}
