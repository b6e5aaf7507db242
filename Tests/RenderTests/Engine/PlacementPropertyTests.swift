internal import CaptureLog
internal import RTP
internal import SystemPackage
internal import TestSupport
internal import Testing

@testable import Render

/// Captures made packet by packet: whatever the network does to a small stream, the packets that
/// remain lie where they would lie without it, and the books balance.
@Suite struct PlacementPropertyTests {
  private struct Datagram {
    var time: Int64
    var bytes: [UInt8]
  }

  private static let start: Int64 = 1_795_000_000_000_000_000

  /// Two spurts of 40 packets with a pause of a second, 30 ms under way.
  private static func stream(firstSequence: UInt16, firstTimestamp: UInt32) -> [Datagram] {
    (0..<80).map { index in
      let pause: Int64 = index < 40 ? 0 : 1_000
      let milliseconds = 100 + 20 * Int64(index) + pause
      var bytes: [UInt8] = []
      RTPHeader(
        payloadType: 120, sequenceNumber: firstSequence &+ UInt16(index),
        timestamp: firstTimestamp &+ UInt32(48 * (20 * Int64(index) + pause)), ssrc: 77
      ).encode(into: &bytes)
      bytes += [0xF8, 0x01, 0x02, UInt8(index)]
      return Datagram(time: start + (milliseconds + 30) * 1_000_000, bytes: bytes)
    }
  }

  private static func render(_ datagrams: [Datagram]) throws -> ([PlacedPacket], [TrackResult]) {
    let folder = try TemporaryFolder()
    let capture = folder.path.appending("capture")
    let session = SessionInfo(
      id: "test", guildID: "1", channelID: "2", start: "2026-11-18T10:53:20Z",
      startUnixNanoseconds: start, build: "test", recipients: [], source: "simulated",
      encryptedAtRest: false)
    var builder = try CaptureBuilder(creating: capture, session: session, synchronizes: false)
    let addresses = try #require(DatagramAddresses(local: "10.0.0.1:1000", remote: "10.0.0.2:2000"))
    try builder.addConnection(0, addresses: addresses)
    try builder.append(CaptureEvent(VoiceServerEvent(endpoint: "test"), time: start))
    for datagram in datagrams.sorted(by: { $0.time < $1.time }) {
      try builder.append(packet: datagram.bytes.span, connection: 0, time: datagram.time)
    }
    try builder.append(
      CaptureEvent(LeaveEvent(reason: "test"), time: start + 10_000_000_000))
    try builder.finish()
    let survey = try RenderEngine.survey(capture: capture)
    let trace = TraceLog()
    let results = try RenderEngine.render(
      capture: capture, speakers: survey.speakers.map(\.id), survey: survey, keys: RenderKeys(),
      options: EngineOptions(), makeSink: nil, trace: { trace.packets.append($0) })
    return (trace.packets, results)
  }

  private static func places(_ packets: [PlacedPacket]) -> [UInt16: Double] {
    var places: [UInt16: Double] = [:]
    for packet in packets where packet.fate == .placed {
      places[UInt16(truncatingIfNeeded: packet.sequence)] = packet.position
    }
    return places
  }

  @Test("loss, order and duplicates do not move what remains", arguments: 0..<60)
  func networkDoesNotMovePackets(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let sequence = UInt16(truncatingIfNeeded: random.next())
    let timestamp = UInt32(truncatingIfNeeded: random.next())
    let whole = Self.stream(firstSequence: sequence, firstTimestamp: timestamp)
    let (reference, _) = try Self.render(whole)
    let wanted = Self.places(reference)
    #expect(wanted.count == 80)

    var remaining: [Datagram] = []
    for (index, datagram) in whole.enumerated() {
      // Two of each spurt are left alone: they carry the clock.
      let isAnchor = index % 40 == 10 || index % 40 == 20
      guard isAnchor || random.next() % 5 > 0 else { continue }
      var late = datagram
      if !isAnchor, random.next() % 3 == 0 {
        late.time += Int64(random.next() % 90_000_000)
      }
      remaining.append(late)
      if random.next() % 6 == 0 {
        late.time += Int64(random.next() % 200_000_000)
        remaining.append(late)
      }
    }
    let (packets, results) = try Self.render(remaining)
    for (number, place) in Self.places(packets) {
      #expect(abs(place - (wanted[number] ?? .infinity)) < 0.02)
    }
    let result = try #require(results.first)
    #expect(result.packets.isBalanced && result.frames.isBalanced)
    #expect(result.packets.captured == remaining.count)
    #expect(result.packets.late == 0)
    let distinct = Set(remaining.map { $0.bytes })
    #expect(result.packets.placed == distinct.count)
  }

  @Test("a packet that comes when its place has been passed is late, and lost but once")
  func lateIsCounted() throws {
    var datagrams = Self.stream(firstSequence: 65_530, firstTimestamp: 7)
    datagrams[10].time += 7_000_000_000
    let (packets, results) = try Self.render(datagrams)
    let result = try #require(results.first)
    #expect(result.packets.isBalanced && result.frames.isBalanced)
    #expect(result.packets.late == 1 && result.packets.placed == 79)
    #expect(result.frames.lost == 1)
    #expect(result.gaps.count == 1)
    #expect(packets.filter { $0.fate == .late }.map(\.sequence) == [65_540])
  }

  @Test("a forged packet moves nothing and makes up no losses", arguments: 0..<20)
  func forgedPacketIsIgnored(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(3_000 + seed))
    let whole = Self.stream(firstSequence: 1_000, firstTimestamp: 7)
    let (reference, _) = try Self.render(whole)
    let wanted = Self.places(reference)
    var bytes: [UInt8] = []
    RTPHeader(
      hasPadding: true, payloadType: 120, sequenceNumber: UInt16(truncatingIfNeeded: random.next()),
      timestamp: UInt32(truncatingIfNeeded: random.next()), ssrc: 77
    ).encode(into: &bytes)
    bytes += [0xF8, 1, 2, 200]
    let forged = Datagram(time: whole[25].time + 1_000_000, bytes: bytes)
    let (packets, results) = try Self.render(whole + [forged])
    let result = try #require(results.first)
    #expect(result.packets.isBalanced && result.frames.isBalanced)
    #expect(result.packets.undecryptable.transport == 1)
    #expect(result.packets.placed == 80)
    #expect(result.frames.lost <= 1_024)
    var worst = 0.0
    for (index, packet) in packets.filter({ $0.fate == .placed }).enumerated() where index < 80 {
      worst = max(worst, abs(packet.position - (wanted[1_000 + UInt16(index)] ?? .infinity)))
    }
    #expect(worst < 16, "moved by \(worst / 16) ms")
  }

  @Test("hostile headers and times trap nothing and balance", arguments: 0..<40)
  func hostileStreamsBalance(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(1_000 + seed))
    var datagrams: [Datagram] = []
    for index in 0..<400 {
      var bytes: [UInt8] = []
      let isWild = random.next() % 4 == 0
      RTPHeader(
        payloadType: random.next() % 10 == 0 ? 96 : 120,
        sequenceNumber: isWild ? UInt16(truncatingIfNeeded: random.next()) : UInt16(index),
        timestamp: isWild
          ? UInt32(truncatingIfNeeded: random.next()) : UInt32(truncatingIfNeeded: index * 960),
        ssrc: UInt32(random.next() % 2)
      ).encode(into: &bytes)
      for _ in 0..<random.next() % 20 { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
      let time: Int64 =
        switch random.next() % 40 {
        case 0: 0
        case 1: Int64.max
        default: Self.start + Int64(index) * 20_000_000
        }
      datagrams.append(Datagram(time: time, bytes: bytes))
    }
    let (packets, results) = try Self.render(datagrams)
    var captured: Int64 = 0
    for result in results {
      #expect(result.packets.isBalanced && result.frames.isBalanced)
      captured += result.packets.captured
      var end: Int64 = 0
      for spurt in result.spurts {
        #expect(spurt.start >= end && spurt.end > spurt.start)
        end = spurt.end
      }
    }
    #expect(packets.count == captured)
  }
}
