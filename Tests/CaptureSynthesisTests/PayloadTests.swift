internal import Audio
internal import CaptureLog
internal import CaptureSynthesis
internal import RTP
internal import SystemPackage
internal import TestSupport
internal import Testing
internal import VoiceCrypto

@Suite("Payloads")
struct PayloadTests {
  /// A scenario cut to eight seconds, with speech.
  static func made(_ name: String, seconds: Double = 8, payloads: PayloadKind = .encoded) throws
    -> MadeCapture
  {
    var options = ScenarioOptions()
    options.duration = .seconds(seconds)
    let plan = try #require(Scenario.named(name)).plan(options)
    return try MadeCapture(
      plan, in: TemporaryFolder(), payloads: payloads,
      voices: .synthetic(count: 3, seconds: 4))
  }

  @Test("every payload decodes to the samples its timestamp promises, the bad ones do not")
  func decodable() throws {
    for name in ["frame-sizes", "undecodable", "stereo", "dtx"] {
      let made = try Self.made(name)
      let records = made.truth.filter { $0.fate == .delivered }
      let expected = Dictionary(
        uniqueKeysWithValues: records.map { (TimestampKey($0), $0) })
      var bad = 0
      for packet in made.contents.packets {
        let record = try #require(
          expected[TimestampKey(ssrc: packet.header.ssrc, timestamp: packet.header.timestamp)])
        guard let opus = try? OpusPacket(parsing: packet.payload.span) else {
          #expect(record.kind == .undecodable)
          bad += 1
          continue
        }
        #expect(record.kind != .undecodable)
        #expect(opus.totalSamples == record.samples)
      }
      #expect(made.contents.packets.count > 150)
      #expect(bad == records.count { $0.kind == .undecodable })
      #expect(name != "undecodable" || bad > 0)
    }
  }

  private struct TimestampKey: Hashable {
    let ssrc: UInt32
    let timestamp: UInt32

    init(ssrc: UInt32, timestamp: UInt32) {
      self.ssrc = ssrc
      self.timestamp = timestamp
    }

    init(_ record: TruthRecord) {
      self.init(ssrc: record.ssrc, timestamp: UInt32(truncatingIfNeeded: record.timestamp))
    }
  }

  @Test("each packet length of Opus is there")
  func frameSizes() throws {
    let made = try Self.made("frame-sizes")
    let lengths = Set(
      try made.contents.packets.map { try OpusPacket(parsing: $0.payload.span).totalSamples })
    #expect(lengths == [120, 240, 480, 960, 1920, 2880, 3840, 4800, 5760])
  }

  @Test("SILK and hybrid speech carries redundancy, CELT has none")
  func redundancy() throws {
    let made = try Self.made("fec")
    let packets = try made.contents.packets.map { try OpusPacket(parsing: $0.payload.span) }
    let speech = packets.filter { $0.mode != .celt }
    #expect(Set(speech.map(\.mode)) == [.silk, .hybrid])
    #expect(Double(speech.count { $0.hasLBRR }) > 0.5 * Double(speech.count))
    let plain = try Self.made("clean").contents.packets.map {
      try OpusPacket(parsing: $0.payload.span)
    }
    #expect(plain.allSatisfy { $0.mode == .celt && !$0.hasLBRR })
  }

  @Test("a stereo sender sends stereo, and one packet can hold three frames")
  func channelsAndFrames() throws {
    let stereo = try Self.made("stereo").contents.packets
    let wide = try stereo.filter { try OpusPacket(parsing: $0.payload.span).isStereo }
    #expect(Set(wide.map(\.header.ssrc)).count == 1)
    let several = try Self.made("multi-frame").contents.packets
      .map { try OpusPacket(parsing: $0.payload.span).frameCount }
    #expect(Set(several) == [1, 3])
  }

  @Test("looped payloads are the voice's own packets over and over")
  func looped() throws {
    let looped = try Self.made("non-stop", seconds: 6, payloads: .looped(seconds: 2))
    let payloads = looped.contents.packets.map(\.payload)
    #expect(payloads.count > 250)
    #expect(payloads[0] == payloads[100])
    #expect(payloads[7] == payloads[207])
    #expect(Set(payloads).count == 100)
  }
}
