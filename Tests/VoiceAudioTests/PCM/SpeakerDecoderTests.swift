import Audio
import CaptureSynthesis
import DiscordREST
import Testing

@testable import VoiceAudio

/// A voice, encoded in packets of 20 ms.
private func encode(_ count: Int, loss: Int = 0) throws -> [[UInt8]] {
  var options = OpusEncoder.Options()
  options.lossPercent = loss
  options.mode = loss > 0 ? .silk : nil
  options.bitrate = loss > 0 ? 32_000 : 64_000
  var encoder = try OpusEncoder(options)
  let voice = Voice.synthetic(seconds: 5, seed: 4)
  var packets: [[UInt8]] = []
  for number in 0..<count {
    var samples = [Float](repeating: 0, count: 960)
    voice.copy(from: Int64(number) * 960, into: &samples)
    var packet: [UInt8] = []
    try encoder.encode(samples.span, into: &packet)
    packets.append(packet)
  }
  return packets
}

private func decode(
  _ packets: [[UInt8]], without missing: Set<Int> = [], format: VoicePCMFormat = .init()
) -> [VoicePCMBlock] {
  var decoder = SpeakerDecoder(format: format)
  var blocks: [VoicePCMBlock] = []
  var lost = 0
  for (number, packet) in packets.enumerated() {
    if missing.contains(number) {
      lost += 1
      continue
    }
    let position = Int64(number)
    decoder.decode(
      makeFrame(sequence: position, rtpTime: position * 960, lost: lost, opus: packet),
      into: &blocks)
    lost = 0
  }
  return blocks
}

private func energy(_ blocks: [VoicePCMBlock]) -> Double {
  blocks.flatMap(\.samples).reduce(0) { $0 + Double($1) * Double($1) }
}

@Suite struct SpeakerDecoderTests {
  private static let formats = [
    VoicePCMFormat(), .speech, VoicePCMFormat(rate: .hz24000, isStereo: true),
  ]

  @Test(arguments: formats)
  func blocksTouchAndLastAsLongAsTheyShould(_ format: VoicePCMFormat) throws {
    let blocks = decode(try encode(50), format: format)
    #expect(blocks.count == 50)
    for (number, block) in blocks.enumerated() {
      #expect(block.rtpTime == Int64(number) * 960)
      #expect(block.duration == .milliseconds(20))
      #expect(block.format == format)
      #expect(!block.isConcealed)
    }
    #expect(energy(blocks) > 1)
    #expect(blocks.map(\.level).max() ?? -120 > -40)
  }

  @Test func aShortGapIsFilledAndTheTimeGoesOn() throws {
    let blocks = decode(try encode(50), without: [20, 21])
    #expect(blocks.filter(\.isConcealed).count == 1)
    var position: Int64 = 0
    for block in blocks {
      #expect(block.rtpTime == position)
      position += Int64(block.samples.count)
    }
    #expect(position == 50 * 960)
  }

  @Test func aCopyInTheNextPacketIsBetterThanAGuess() throws {
    let packets = try encode(120, loss: 30)
    let whole = decode(packets)
    // Only packets whose successor has a copy of them.
    var missing: Set<Int> = []
    for number in stride(from: 10, to: 110, by: 7) {
      let next = packets[number + 1]
      if try OpusPacket(parsing: next.span).hasLBRR { missing.insert(number) }
    }
    #expect(missing.count > 8)
    let repaired = decode(packets, without: missing)
    let concealed = repaired.filter(\.isConcealed)
    #expect(concealed.count == missing.count)
    let wanted = energy(missing.sorted().map { whole[$0] })
    let got = energy(concealed)
    #expect(abs(got / wanted - 1) < 0.25)
  }

  @Test func aLongGapIsAStepInTime() throws {
    let blocks = decode(try encode(50), without: Set(10..<30))
    #expect(blocks.allSatisfy { !$0.isConcealed })
    #expect(blocks.count == 30)
    #expect(blocks[10].rtpTime == 30 * 960)
  }

  @Test func aPauseWithoutLossIsNotFilled() throws {
    var decoder = SpeakerDecoder(format: .init())
    var blocks: [VoicePCMBlock] = []
    let packets = try encode(2)
    decoder.decode(makeFrame(sequence: 0, rtpTime: 0, opus: packets[0]), into: &blocks)
    decoder.decode(makeFrame(sequence: 1, rtpTime: 4_800, opus: packets[1]), into: &blocks)
    #expect(blocks.map(\.rtpTime) == [0, 4_800])
  }

  @Test func anotherConnectionIsAnotherStream() throws {
    var decoder = SpeakerDecoder(format: .init())
    var blocks: [VoicePCMBlock] = []
    let packets = try encode(2)
    decoder.decode(makeFrame(sequence: 0, rtpTime: 0, opus: packets[0]), into: &blocks)
    decoder.decode(
      makeFrame(sequence: 3, rtpTime: 2_880, lost: 2, connection: 1, opus: packets[1]),
      into: &blocks)
    #expect(blocks.count == 2)
  }

  @Test func whatIsNoOpusIsPassedOver() {
    var decoder = SpeakerDecoder(format: .init())
    var blocks: [VoicePCMBlock] = []
    for bytes in [[], [0xFF], [0x03], [UInt8](repeating: 0xFF, count: 100)] {
      decoder.decode(makeFrame(lost: 3, opus: bytes), into: &blocks)
    }
    // The last is a packet by its form; what it decodes to is libopus' business.
    #expect(blocks.count <= 1)
  }
}
