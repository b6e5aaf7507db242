internal import Testing

@testable internal import CaptureLog

/// The bytes on disk: a change here makes captures that other versions cannot read.
@Suite struct BlockEncoderTests {
  @Test func packetBytes() {
    let addresses = CaptureFixture.ipv4
    var block = [UInt8](
      repeating: 0xEE,
      count: BlockEncoder.packetSize(payload: 5, addresses: addresses, isOutbound: true))
    var span = block.mutableSpan
    let size = BlockEncoder.encodePacket(
      number: 0x0102_0304_0506, time: 0x1122_3344_5566_7788, connection: 3, addresses: addresses,
      isOutbound: true, payload: [1, 2, 3, 4, 5].span, into: &span)
    #expect(size == block.count)
    let expected =
      "06000000 64000000 03000000 44332211 88776655 21000000 21000000"
      // IPv4 and UDP headers, payload, padding.
      + " 45000021 00004000 40114e90 c0000201 c6336407 c351c352 000d0000 01020304 05000000"
      + " 02000400 02000000 05000800 0605040302010000 01800400 CRC00000 00000000 64000000"
    var hex = block.map { String(UInt32($0) | 0x100, radix: 16).dropFirst() }.joined()
    #expect(hex.count == 200)
    let field = hex.index(hex.endIndex, offsetBy: -24)
    hex.replaceSubrange(field..<hex.index(field, offsetBy: 8), with: "CRC00000")
    #expect(hex == expected.replacing(" ", with: ""))
    #expect(isSound(block, .packet))
  }

  @Test func journalText() throws {
    let event = CaptureEvent(
      time: 1_795_510_802_123_456_789, kind: "test", message: "two\nlines\r\0.",
      data: [UInt8]("{\n\"a\":1}".utf8))
    let block = try BlockEncoder.journal(number: 42, event: event)
    #expect(block.count.isMultiple(of: 4))
    let text = String(decoding: block[8..<(block.count - 4)].prefix { $0 != 0 }, as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines.count == 7)
    #expect(
      lines.prefix(5) == [
        "MESSAGE=two lines  .", "TAPEDECK_KIND=test", "TAPEDECK_DATA={ \"a\":1}",
        "__REALTIME_TIMESTAMP=1795510802123456", "TAPEDECK_N=42",
      ])
    #expect(lines[5].hasPrefix("TAPEDECK_CRC32C=") && lines[5].utf8.count == 24)
    #expect(isSound(block, .journal))
  }

  @Test func eventsAreAtMostABlock() throws {
    let large = CaptureEvent(
      time: 0, kind: "k", message: "", data: [UInt8](repeating: 0x20, count: (1 << 20) - 200))
    #expect(try BlockEncoder.journal(number: 0, event: large).count <= 1 << 20)
    let larger = CaptureEvent(
      time: 0, kind: "k", message: "", data: [UInt8](repeating: 0x20, count: 1 << 20))
    #expect(throws: CaptureError.self) { try BlockEncoder.journal(number: 0, event: larger) }
  }

  @Test func headersOfASegment() throws {
    let header = SegmentHeader(session: CaptureFixture.session, segment: 12)
    let block = BlockEncoder.sectionHeader(number: 99, header: header)
    #expect(isSound(block, .sectionHeader))
    let parsed = BlockParser.parse(block.span, type: .sectionHeader)
    #expect(parsed == .sectionHeader(number: 99, header: header))
    #expect(
      String(decoding: header.comment, as: UTF8.self)
        == #"{"boot_id":"boot","capture":"20261124T090002Z-1001-2002","#
        + #""encrypted_at_rest":false,"segment":12,"source":"simulated","#
        + #""start_unix_ns":"1795510802000000000","tapedeck":"segment/1"}"#)
    let interface = BlockEncoder.interface(number: 7, connection: 3)
    #expect(isSound(interface, .interface))
    let parsedInterface = BlockParser.parse(interface.span, type: .interface)
    #expect(parsedInterface == .interface(number: 7))
  }

  @Test func fileNames() {
    #expect(SegmentFormat.fileName(12, isPart: true) == "segment-000012.pcapng.part")
    for number in [0, 999_999, 1_000_000, UInt32.max] {
      let name = SegmentFormat.fileName(number, isPart: false)
      #expect(SegmentFormat.parseFileName(name)?.number == number)
    }
    for name in [
      "segment-12.pcapng", "segment-0000012.pcapng", "segment-000001.pcapng.bak",
      "segment-4294967296.pcapng", "segment-00001٣.pcapng", "segment-.pcapng", "segment",
    ] {
      #expect(SegmentFormat.parseFileName(name) == nil, "\(name)")
    }
  }

  @Test func addresses() throws {
    let addresses = try #require(
      DatagramAddresses(local: "[2001:db8::1]:5", remote: "[::ffff:1.2.3.4]:65535"))
    #expect(addresses.isIPv6)
    #expect(addresses.localAddress.prefix(4) == [0x20, 0x01, 0x0D, 0xB8])
    #expect(addresses.remotePort == 65_535)
    for (local, remote) in [
      ("1.2.3.4:1", "[::1]:1"), ("1.2.3.4", "1.2.3.4:1"), ("1.2.3:1", "1.2.3.4:1"),
      ("1.2.3.4:65536", "1.2.3.4:1"), ("::1:1", "::1:1"), ("", ""), ("[::1:1", "[::1]:1"),
    ] {
      #expect(DatagramAddresses(local: local, remote: remote) == nil, "\(local) \(remote)")
    }
  }

  private func isSound(_ block: [UInt8], _ type: BlockType) -> Bool {
    BlockParser.isSound(block.span, type: type)
  }
}
