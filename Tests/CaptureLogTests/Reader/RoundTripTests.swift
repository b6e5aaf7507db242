internal import FoundationEssentials
internal import SystemPackage
internal import TestSupport
internal import Testing

@testable internal import CaptureLog

@Suite struct RoundTripTests {
  @Test func packetsAndEventsComeBackInOrderOverSegments() throws {
    let scratch = try TemporaryFolder()
    let folder = scratch.path.appending("capture")
    var random = SplitMix64(seed: 1)
    var builder = try CaptureBuilder(
      creating: folder, session: CaptureFixture.session, segmentBytes: 20_000,
      synchronizes: false)
    try builder.addConnection(0, addresses: CaptureFixture.ipv4)
    try builder.addConnection(1, addresses: CaptureFixture.ipv6)
    var packets: [[UInt8]] = []
    var events: [CaptureEvent] = []
    for index in 0..<400 {
      let packet = random.bytes(index < 4 ? index : Int(random.next() % 1501))
      packets.append(packet)
      try builder.append(
        packet: packet.span, connection: UInt32(index % 2), time: CaptureFixture.time(index),
        isOutbound: index % 3 == 0)
      if index % 5 == 0 {
        var event = CaptureEvent(
          time: CaptureFixture.time(index), kind: "kind_\(index)",
          message: RandomText.make(&random),
          data: RandomText.json(&random))
        try builder.append(event)
        event.message = RandomText.withoutControls(event.message)
        events.append(event)
      }
    }
    try builder.finish()

    var reader = try CaptureReader(opening: folder, window: 4096)
    let session = reader.session
    #expect(session == CaptureFixture.session)
    let (isComplete, segments) = (reader.isComplete, reader.extent.segments.count)
    #expect(isComplete)
    #expect(segments > 10)
    var index = 0
    var readEvents: [CaptureEvent] = []
    var lastNumber: UInt64 = 0
    while let record = try reader.next() {
      switch record {
      case .packet(let packet):
        #expect(packet.time == CaptureFixture.time(index))
        #expect(packet.connection == UInt32(index % 2))
        #expect(packet.isOutbound == (index % 3 == 0))
        #expect(packet.number > lastNumber)
        #expect(packet.payloadLength == packets[index].count)
        lastNumber = packet.number
        let bytes = reader.withPayload { span in span.indices.map { span[$0] } }
        #expect(bytes == packets[index])
        index += 1
      case .event(let event):
        if event.kind != SegmentEndEvent.kind { readEvents.append(event) }
      case .damage(let damage): Issue.record("\(damage)")
      }
    }
    #expect(index == packets.count)
    #expect(readEvents.count == events.count)
    for (read, written) in zip(readEvents, events) {
      #expect(read.time == written.time / 1000 * 1000)
      #expect(read.kind == written.kind)
      #expect(read.message == written.message)
      #expect(
        try JSONDecoder().decode([String: String].self, from: Data(read.data))
          == JSONDecoder().decode([String: String].self, from: Data(written.data)))
    }
  }

  @Test func typedEventsComeBack() throws {
    let scratch = try TemporaryFolder()
    let folder = scratch.path.appending("capture")
    var builder = try CaptureBuilder(
      creating: folder, session: CaptureFixture.session, synchronizes: false)
    let clock = ClockEvent(
      boottimeNanoseconds: 5, realtimeNanoseconds: 7, bootID: "boot", bridged: true)
    try builder.append(CaptureEvent(clock, time: CaptureFixture.start))
    try builder.finish()
    let events = try CaptureFixture.records(folder).events
    #expect(events.map(\.kind) == ["clock", "segment_end"])
    #expect(events.first?.payload(ClockEvent.self) == clock)
    #expect(events.first?.number == 1)
  }
}

/// Text of any characters, the awkward ones often.
enum RandomText {
  static func make(_ random: inout SplitMix64) -> String {
    let awkward: [Character] = [
      "\n", "\r\n", "\0", "=", "\"", "\\", "é", "👩‍👩‍👧", "\u{2028}", "\u{7F}",
    ]
    var text = ""
    for _ in 0..<(random.next() % 40) {
      if random.next() % 3 == 0 {
        text.append(awkward[Int(random.next() % UInt64(awkward.count))])
      } else if let scalar = Unicode.Scalar(UInt32(random.next() % 0x11_0000)) {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// An object of strings, pretty-printed now and then, so that line breaks stand in it.
  static func json(_ random: inout SplitMix64) -> [UInt8] {
    let encoder = JSONEncoder()
    if random.next() % 2 == 0 { encoder.outputFormatting = .prettyPrinted }
    let object = [make(&random): make(&random), "b": make(&random)]
    return (try? encoder.encode(object)).map { [UInt8]($0) } ?? []
  }

  /// What a message keeps: control characters are spaces.
  static func withoutControls(_ text: String) -> String {
    let bytes = text.utf8.map { $0 < 0x20 && $0 != 9 ? 0x20 : $0 }
    return String(decoding: bytes, as: UTF8.self)
  }
}
