import Testing

@testable import CaptureImport

@Suite struct DissectionTests {
  private static let payload: [UInt8] = [0x80, 111, 3, 4, 5]
  private static let ipv4: [UInt8] = Frames.ipv4(Frames.udp(payload))
  private static let ipv6: [UInt8] = Frames.ipv6(Frames.udp(payload))

  private func payload(of frame: [UInt8], _ linkType: UInt32) -> [UInt8]? {
    guard case .udp(_, let range) = Dissection(frame: frame.span, linkType: linkType) else {
      return nil
    }
    return Array(frame[range])
  }

  @Test(
    "every link type, with both versions of IP",
    arguments: [DissectionTests.ipv4, DissectionTests.ipv6])
  func linkTypes(packet: [UInt8]) {
    for raw: UInt32 in [12, 14, 101, 228, 229] {
      #expect(payload(of: packet, raw) == Self.payload)
    }
    #expect(payload(of: Frames.ethernet(packet), 1) == Self.payload)
    #expect(payload(of: Frames.ethernet(packet, vlans: [5]), 1) == Self.payload)
    #expect(payload(of: Frames.ethernet(packet, vlans: [5, 6]), 1) == Self.payload)
    #expect(payload(of: Frames.linuxCooked(packet), 113) == Self.payload)
    #expect(payload(of: Frames.linuxCooked2(packet), 276) == Self.payload)
    #expect(payload(of: [0, 0, 0, 2] + packet, 108) == Self.payload)
    #expect(payload(of: [2, 0, 0, 0] + packet, 0) == Self.payload)
    #expect(Dissection(frame: packet.span, linkType: 147) == .unknownLinkType)
  }

  @Test("addresses and ports")
  func flows() {
    guard case .udp(let flow, _) = Dissection(frame: Self.ipv4.span, linkType: 101) else {
      Issue.record("no datagram")
      return
    }
    #expect(flow.sourceText == "192.0.2.1:40000")
    #expect(flow.destinationText == "198.51.100.9:50000")
    guard case .udp(let flow6, _) = Dissection(frame: Self.ipv6.span, linkType: 101) else {
      Issue.record("no datagram")
      return
    }
    #expect(flow6.sourceText == "[2001:db8:0:0:0:0:0:1]:40000")
    #expect(flow6.bytes(of: flow6.destination).suffix(2) == [0, 2])
  }

  @Test("IPv4 options, and link-layer padding behind the packet")
  func options() {
    let packet = Frames.ipv4(Frames.udp(Self.payload), optionWords: 10)
    #expect(payload(of: packet + [0, 0, 0, 0, 0, 0], 101) == Self.payload)
  }

  @Test("IPv6 extension headers are walked over")
  func extensionHeaders() {
    let eight = [UInt8](repeating: 0, count: 8)
    let long: [UInt8] = [0, 1] + [UInt8](repeating: 0, count: 14)
    let authentication: [UInt8] = [0, 4] + [UInt8](repeating: 0, count: 22)
    let wholeFragment = eight
    let packet = Frames.ipv6(
      Frames.udp(Self.payload),
      headers: [(0, eight), (60, long), (43, eight), (51, authentication), (44, wholeFragment)])
    #expect(payload(of: packet, 101) == Self.payload)
  }

  @Test("fragments, other protocols, cut and contradicting packets")
  func others() {
    func dissect(_ frame: [UInt8], _ linkType: UInt32 = 101) -> Dissection {
      Dissection(frame: frame.span, linkType: linkType)
    }
    let udp = Frames.udp(Self.payload)
    #expect(dissect(Frames.ipv4(udp, fragment: 0x2000)) == .fragment)
    #expect(dissect(Frames.ipv4(udp, fragment: 0x0001)) == .fragment)
    // "Don't fragment" is no fragment.
    #expect(payload(of: Frames.ipv4(udp, fragment: 0x4000), 101) == Self.payload)
    #expect(
      dissect(Frames.ipv6(udp, headers: [(44, [0, 0, 0, 1, 0, 0, 0, 0])])) == .fragment)
    #expect(
      dissect(Frames.ipv6(udp, headers: [(44, [0, 0, 0, 8, 0, 0, 0, 0])])) == .fragment)
    #expect(dissect(Frames.ipv4(udp, proto: 6)) == .otherProtocol)
    #expect(dissect(Frames.ipv6(udp, headers: [(50, [])])) == .otherProtocol)
    #expect(dissect([UInt8](repeating: 2, count: 12) + [8, 6, 0, 1], 1) == .otherProtocol)
    #expect(dissect(Array(Self.ipv4.dropLast())) == .snapped)
    #expect(dissect(Array(Self.ipv6.dropLast())) == .snapped)
    #expect(dissect([]) == .malformed)

    var longer = Self.ipv4
    longer[25] += 1
    #expect(dissect(longer) == .malformed)
    var shorter = Self.ipv4
    shorter[25] = 7
    #expect(dissect(shorter) == .malformed)
    var headerTooShort = Self.ipv4
    headerTooShort[0] = 0x44
    #expect(dissect(headerTooShort) == .malformed)
  }

  @Test("lengths of 0, as offloading leaves them, mean the whole frame")
  func offloading() {
    var packet = Self.ipv4
    (packet[2], packet[3], packet[24], packet[25]) = (0, 0, 0, 0)
    #expect(payload(of: packet, 101) == Self.payload)
  }

  @Test("cut at every byte: never a trap, never a wrong payload")
  func cuts() {
    for packet in [Self.ipv4, Self.ipv6] {
      for (frame, linkType) in [
        (packet, 101), (Frames.ethernet(packet, vlans: [1]), 1), (Frames.linuxCooked(packet), 113),
        (Frames.linuxCooked2(packet), 276), ([2, 0, 0, 0] + packet, 0),
      ] as [([UInt8], UInt32)] {
        for count in 0..<frame.count {
          #expect(payload(of: Array(frame.prefix(count)), linkType) == nil)
        }
      }
    }
  }
}
