internal import Audio
internal import CaptureLog
internal import CaptureSynthesis
internal import RTP
internal import TestSupport
internal import Testing
internal import VoiceCrypto

@Suite("Capture synthesizer")
struct CaptureSynthesizerTests {
  private struct Arrival: Hashable {
    let connection: UInt32
    let ssrc: UInt32
    let sequence: UInt16
    let timestamp: UInt32
    let time: Int64
  }

  @Test("the capture holds what the truth says, in every scenario", arguments: Scenario.all)
  func truthEqualsContents(scenario: Scenario) throws {
    let plan = TimelineTests.short(scenario)
    let made = try MadeCapture(plan, in: TemporaryFolder())
    #expect(made.contents.damage == 0)
    let delivered = made.truth.filter { $0.fate == .delivered }
    let opus = made.contents.packets.filter { $0.header.payloadType == 120 }
    let copies = delivered.reduce(0) { $0 + 1 + $1.duplicates }
    #expect(opus.count == copies)
    #expect(made.counts.speech == UInt64(copies))
    #expect(made.counts.lost == UInt64(made.truth.count - delivered.count))
    let arrivals = Set(
      opus.map {
        Arrival(
          connection: $0.connection, ssrc: $0.header.ssrc, sequence: $0.header.sequenceNumber,
          timestamp: $0.header.timestamp, time: $0.time)
      })
    let isThere = delivered.allSatisfy {
      arrivals.contains(
        Arrival(
          connection: $0.connection, ssrc: $0.ssrc,
          sequence: UInt16(truncatingIfNeeded: $0.sequence),
          timestamp: UInt32(truncatingIfNeeded: $0.timestamp), time: $0.arrival ?? -1))
    }
    #expect(isThere)
    #expect(made.contents.reports == Int(made.counts.reports))
    #expect(made.contents.kinds["keepalive"] ?? 0 == Int(made.counts.keepalives))
    #expect(made.contents.kinds["discovery"] == Int(made.counts.discovery))
  }

  @Test("the truth file holds the truth, after it the counts", arguments: ["reorder", "reconnect"])
  func truthFile(name: String) throws {
    let plan = try #require(Scenario.named(name)).plan()
    let made = try MadeCapture(plan, in: TemporaryFolder(), readsTruthFile: true)
    #expect(made.truth == TimelineTests.truth(plan))
    #expect(made.readCounts == made.counts)
    #expect(made.header == TruthHeader(plan, startUnixNanoseconds: 1_795_510_802_000_000_000))
  }

  @Test("both ciphers and none carry the same packets")
  func modes() throws {
    let scenario = try #require(Scenario.named("padding"))
    let plan = scenario.plan()
    let folder = try TemporaryFolder()
    let made = try TransportMode.allCases.map {
      try MadeCapture(plan, in: folder, mode: $0, name: $0.rawValue)
    }
    for capture in made.dropFirst() {
      #expect(capture.truth == made[0].truth)
      #expect(capture.contents.packets.map(\.payload) == made[0].contents.packets.map(\.payload))
      #expect(capture.contents.packets.map(\.header) == made[0].contents.packets.map(\.header))
    }
    #expect(made.map(\.contents.session.encryptedAtRest) == [true, true, false])
    let datagrams = Set(made.map { $0.contents.packets[100].datagram })
    #expect(datagrams.count == 3)
  }

  @Test("the key log has every connection's key and every user's names")
  func keyLog() throws {
    let made = try MadeCapture(#require(Scenario.named("reconnect")).plan(), in: TemporaryFolder())
    #expect((0..<3).allSatisfy { made.keys.transport($0).count == 1 })
    #expect(made.keys.profiles.count == 2)
    #expect(made.keys.profiles[made.header.speakers[0].user]?.username == "ada")
    #expect(made.contents.session.recipients.count == 1)
    let secrets = Set((0..<3).map { made.keys.transport($0)[0].key.copy() })
    #expect(secrets.count == 3)
  }

  @Test("the same seed gives the same bytes")
  func determinism() throws {
    let plan = try #require(Scenario.named("reorder")).plan()
    let folder = try TemporaryFolder()
    let first = try MadeCapture(plan, in: folder, name: "one")
    let second = try MadeCapture(plan, in: folder, name: "two")
    #expect(first.contents.packets.map(\.datagram) == second.contents.packets.map(\.datagram))
    #expect(first.contents.events == second.contents.events)
    #expect(first.counts == second.counts)
  }

  @Test("header bits: padding and extension on the share asked for, marker on first packets")
  func headerBits() throws {
    let padded = try MadeCapture(#require(Scenario.named("padding")).plan(), in: TemporaryFolder())
    let packets = padded.contents.packets
    let share = Double(packets.count { $0.header.hasPadding }) / Double(packets.count)
    #expect((0.45...0.55).contains(share))
    let extended = Set(packets.filter { $0.header.hasExtension }.map(\.header.ssrc))
    let plain = Set(packets.filter { !$0.header.hasExtension }.map(\.header.ssrc))
    #expect(extended.count == 1 && plain.count == 1 && extended.isDisjoint(with: plain))

    let marked = try MadeCapture(#require(Scenario.named("pauses")).plan(), in: TemporaryFolder())
    #expect(
      marked.contents.packets.count { $0.header.marker }
        == marked.truth.count { $0.isFirstOfSpurt && $0.fate == .delivered })
  }

  @Test("noise is counted by kind, forged packets do not open")
  func noise() throws {
    let made = try MadeCapture(#require(Scenario.named("noise")).plan(), in: TemporaryFolder())
    let noise = made.counts.noise
    #expect(noise.count == NoiseKind.allCases.count)
    #expect(made.contents.unopened == Int((noise["bad_tag"] ?? 0) + (noise["forged"] ?? 0)))
    #expect(noise["forged"] ?? 0 > 50)
    let short = (noise["empty"] ?? 0) + (noise["one_byte"] ?? 0)
    #expect(made.contents.kinds["tooShort"] == Int(short))
    #expect(made.contents.kinds["foreign"] == Int(noise["foreign"] ?? 0))
    #expect(
      made.contents.packets.count { $0.header.payloadType == 101 }
        == Int(noise["unknown_payload_type"] ?? 0))
  }

  @Test("a duplicate is the same datagram, nonce and all")
  func duplicates() throws {
    let made = try MadeCapture(#require(Scenario.named("reorder")).plan(), in: TemporaryFolder())
    let bytes = Dictionary(grouping: made.contents.packets, by: \.header.sequenceNumber)
      .mapValues { Set($0.map(\.datagram)) }
    #expect(bytes.values.allSatisfy { $0.count == 1 })
    #expect(made.counts.duplicates > 50)
  }

  @Test("events tell the session in order")
  func events() throws {
    let plan = try #require(Scenario.named("reconnect")).plan()
    let made = try MadeCapture(plan, in: TemporaryFolder())
    let events = made.contents.events
    #expect(events.first?.kind == VoiceServerEvent.kind)
    #expect(events.count { $0.kind == ConnectionEvent.kind } == 3)
    #expect(events.count { $0.kind == DisconnectEvent.kind } == 2)
    #expect(events.count { $0.kind == ClockEvent.kind } == 9)
    #expect(events.dropLast().last?.kind == LeaveEvent.kind)
    // New SSRCs on the second connection, the same ones on the third.
    let ssrcs = (0..<3).map { number in
      Set(
        events.compactMap { $0.payload(SpeakingEvent.self) }
          .filter { $0.connection == UInt32(number) }.map(\.ssrc))
    }
    #expect(ssrcs[0].isDisjoint(with: ssrcs[1]))
    #expect(ssrcs[1] == ssrcs[2])
  }

  @Test("memory does not grow with the session")
  func flatMemory() throws {
    let scenario = try #require(Scenario.named("non-stop"))
    let waters = [2.0, 16].map { minutes in
      var options = ScenarioOptions()
      options.duration = .minutes(minutes)
      options.speakers = 2
      var timeline = Timeline(scenario.plan(options))
      while timeline.next() != nil {}
      return timeline.highWater
    }
    #expect(waters[1] < 64)
    #expect(waters[1] <= waters[0] + 16)
  }
}
