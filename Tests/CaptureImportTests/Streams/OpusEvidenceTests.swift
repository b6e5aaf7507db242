import RTP
import TestSupport
import Testing

@testable import CaptureImport

/// A packet's header, parsed.
struct PacketSender {
  let header: RTPHeader

  init?(_ packet: [UInt8]) {
    guard let header = try? RTPHeader(parsing: packet.span) else { return nil }
    self.header = header
  }
}

@Suite struct OpusEvidenceTests {
  private func evidence(
    _ packets: [[UInt8]], payloadType: UInt8 = 111
  ) -> OpusEvidence {
    var evidence = OpusEvidence(payloadType: payloadType)
    for packet in packets {
      guard let sender = PacketSender(packet) else { continue }
      evidence.observe(
        sender.header, samples: OpusPayload.samples(of: packet.span, header: sender.header),
        time: 0)
    }
    return evidence
  }

  @Test(
    "every frame size is recognised",
    arguments: [
      (0xE0, 120), (0xE8, 240), (0xF0, 480), (0xF8, 960), (0x10, 1920), (0x18, 2880), (0x79, 1920),
    ] as [(UInt8, Int)])
  func frameSizes(toc: UInt8, step: Int) {
    var packets = RTPPackets(toc: toc, step: step)
    #expect(evidence(packets.next(20)).looksLikeOpus)
  }

  @Test("a sender that jumps at pauses, loses packets or reorders them is recognised")
  func pauses() {
    var packets = RTPPackets()
    var sent: [[UInt8]] = []
    for spurt in 0..<10 {
      sent += packets.next(3)
      packets.timestamp += 48_000 * spurt
    }
    sent.remove(at: 4)
    sent.swapAt(10, 12)
    #expect(evidence(sent).looksLikeOpus)
  }

  @Test("padding and extensions are no payload")
  func padding() {
    let header: [UInt8] = [0xB0, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0xBE, 0xDE, 0, 1, 9, 9, 9, 9]
    let packet = header + [0xF8, 1, 2, 0, 0, 3]
    #expect(
      PacketSender(packet).flatMap { OpusPayload.samples(of: packet.span, header: $0.header) }
        == 960)
    // Padding alone probes the bandwidth and tells nothing.
    let probe = header + [0, 0, 0, 4]
    #expect(
      PacketSender(probe).flatMap { OpusPayload.samples(of: probe.span, header: $0.header) } == 0)
  }

  @Test("what is not Opus is not taken for it")
  func others() {
    // Video: 90 kHz, and several packets of one frame.
    var video = RTPPackets(step: 3000)
    #expect(!evidence(video.next(50)).looksLikeOpus)
    var frames = RTPPackets(step: 0)
    #expect(!evidence(frames.next(50)).looksLikeOpus)
    // Other codecs at 8 and 16 kHz.
    var narrow = RTPPackets(step: 160)
    #expect(!evidence(narrow.next(50)).looksLikeOpus)
    // A static payload type is never Opus.
    var fixed = RTPPackets()
    #expect(!evidence(fixed.next(50), payloadType: 9).looksLikeOpus)
    // Linear PCM at 48 kHz: right step, but frames longer than Opus allows.
    var linear = RTPPackets()
    #expect(!evidence((0..<50).map { _ in linear.next(extra: 1920) }).looksLikeOpus)
    // One packet is no evidence.
    var single = RTPPackets()
    #expect(!evidence(single.next(1)).looksLikeOpus)
    // Encrypted payloads: any first byte.
    var random = SplitMix64(seed: 5)
    var encrypted = RTPPackets()
    let noise = (0..<500).map { _ -> [UInt8] in
      var packet = encrypted.next()
      for index in 12..<packet.count {
        packet[index] = UInt8.random(in: .min ... .max, using: &random)
      }
      return packet
    }
    #expect(!evidence(noise).looksLikeOpus)
  }
}
