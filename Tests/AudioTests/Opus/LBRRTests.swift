internal import TestSupport
internal import Testing

@testable internal import Audio

@Suite("Forward error correction, RFC 6716 section 4.2.4")
struct LBRRTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let mode: OpusPacket.Mode
    let duration: OpusEncoder.PacketDuration
    let channels: Int
    var testDescription: String { "\(mode) \(duration) x\(channels)" }
  }

  static let cases: [Case] = [1, 2].flatMap { channels in
    [
      Case(mode: .silk, duration: .ms10, channels: channels),
      Case(mode: .silk, duration: .ms20, channels: channels),
      Case(mode: .silk, duration: .ms40, channels: channels),
      Case(mode: .silk, duration: .ms60, channels: channels),
      Case(mode: .hybrid, duration: .ms10, channels: channels),
      Case(mode: .hybrid, duration: .ms20, channels: channels),
    ]
  }

  private static func packets(_ test: Case, lossPercent: Int, fec: Bool = true) throws -> [[UInt8]]
  {
    var options = OpusEncoder.Options()
    options.mode = test.mode
    options.duration = test.duration
    options.channels = test.channels
    options.lossPercent = lossPercent
    options.fec = fec
    options.bitrate = 64000
    let mono = Signals.voice(count: 48000)
    let stereo = zip(mono, Signals.voice(count: 48000, pitch: 190)).flatMap { [$0, $1] }
    return try Signals.packets(test.channels == 1 ? mono : stereo, options)
  }

  @Test("The flag says what libopus recovers, packet by packet", arguments: cases)
  func flags(_ test: Case) throws {
    let packets = try Self.packets(test, lossPercent: 20)
    let parts = max(1, test.duration.samples / 960)
    var count = 0
    var energies: [Bool: Set<Double>] = [:]
    for bytes in packets {
      let packet = try OpusPacket(parsing: bytes.span)
      #expect(packet.mode == test.mode)
      #expect(packet.isStereo == (test.channels == 2))
      #expect(packet.lbrr.mid | packet.lbrr.side < UInt8(1 << parts))
      // A fresh decoder conceals with zeros (hybrid: with always the same noise), so any other energy comes from LBRR.
      var decoder = try OpusDecoder(channels: test.channels)
      var buffer: [Float] = []
      let size = test.duration.samples
      #expect(try decoder.recover(from: bytes.span, samples: size, into: &buffer) == size)
      energies[packet.hasLBRR, default: []].insert(Signals.energy(buffer))
      count += packet.hasLBRR ? 1 : 0
    }
    #expect(count > packets.count * 2 / 5)
    #expect(energies[false, default: []].count == 1)
    #expect(energies[false, default: []].isDisjoint(with: energies[true, default: []]))
    for without in [
      try Self.packets(test, lossPercent: 0), try Self.packets(test, lossPercent: 20, fec: false),
    ] {
      #expect(try without.allSatisfy { try !OpusPacket(parsing: $0.span).hasLBRR })
    }
  }

  @Test("A lost frame is recovered: much nearer to the original than concealment", arguments: cases)
  func recovery(_ test: Case) throws {
    let packets = try Self.packets(test, lossPercent: 20)
    let whole = try Signals.decode(packets, channels: test.channels)
    let size = test.duration.samples
    // Loud, and with a whole copy in the packet after it.
    let all = UInt8(1 << max(1, size / 960)) - 1
    let loudness = packets.indices.dropFirst().dropLast().map { index in
      let range = index * size * test.channels..<(index + 1) * size * test.channels
      let next = packets[index + 1]
      let isCopied = (try? OpusPacket(parsing: next.span))?.lbrr.mid == all
      return (index: index, energy: isCopied ? Signals.energy(whole[range]) : 0)
    }
    let lost = try #require(loudness.max { $0.energy < $1.energy }).index
    func residual(recovering: Bool) throws -> Double {
      var decoder = try OpusDecoder(channels: test.channels)
      var buffer: [Float] = []
      var decoded: [Float] = []
      for (index, packet) in packets.enumerated() {
        if index == lost {
          let next = packets[index + 1]
          let count =
            try recovering
            ? decoder.recover(from: next.span, samples: size, into: &buffer)
            : decoder.conceal(samples: size, into: &buffer)
          #expect(count == size)
        } else {
          #expect(try decoder.decode(packet.span, into: &buffer) == size)
        }
        decoded.append(contentsOf: buffer[..<(size * test.channels)])
      }
      let range = lost * size * test.channels..<(lost + 1) * size * test.channels
      // Below 2 kHz only, where the copy is good: a running mean over 12 frames.
      let step = test.channels
      let difference = range.map { index in
        (0..<12).reduce(Float(0)) { $0 + whole[index - $1 * step] - decoded[index - $1 * step] }
      }
      let reference = range.map { index in
        (0..<12).reduce(Float(0)) { $0 + whole[index - $1 * step] }
      }
      return Signals.decibels(Signals.energy(difference) / Signals.energy(reference))
    }
    let recovered = try residual(recovering: true)
    let concealed = try residual(recovering: false)
    #expect(recovered < concealed - 2, "\(recovered) dB against \(concealed) dB")
    #expect(recovered < -2.5, "\(recovered) dB left")
  }

  @Test("Every pattern of per-frame flags of 40 and 60 ms agrees with what libopus recovers")
  func partialFlags() throws {
    // Speech of 20 ms bursts, so that voice activity (LBRR is made for active frames only) differs within a frame.
    var patterns: Set<UInt8> = []
    for duration in [OpusEncoder.PacketDuration.ms40, .ms60] {
      var options = OpusEncoder.Options()
      options.mode = .silk
      options.duration = duration
      options.lossPercent = 20
      options.bitrate = 40000
      var samples = Signals.voice(count: 48000 * 12)
      var random = SplitMix64(seed: 5)
      for block in 0..<samples.count / 4800 where random.next() & 1 == 0 {
        for index in block * 4800..<(block + 1) * 4800 { samples[index] = 0 }
      }
      let packets = try Signals.packets(samples, options)
      let parts = duration.samples / 960
      for (index, bytes) in packets.enumerated() where index > 0 {
        let packet = try OpusPacket(parsing: bytes.span)
        patterns.insert(packet.lbrr.mid | UInt8(parts << 4))
        guard packet.lbrr.mid != 0 else { continue }
        // With a fresh decoder concealment is silence, so energy says which parts come from LBRR.
        var decoder = try OpusDecoder()
        var buffer: [Float] = []
        _ = try decoder.recover(from: bytes.span, samples: duration.samples, into: &buffer)
        let first = (0..<parts).first { packet.lbrr.mid & UInt8(1 << $0) != 0 } ?? parts
        // Up to the first part with a copy there is nothing to play; the resampler inside delays by under 2 ms.
        #expect(Signals.energy(buffer[..<(first * 960)]) == 0)
        #expect(Signals.energy(buffer[(first * 960)..<duration.samples]) > 0)
      }
    }
    #expect(patterns.count > 6, "\(patterns.sorted())")
  }

  @Test("CELT has none, nor have frames of DTX")
  func none() throws {
    let celt = Case(mode: .celt, duration: .ms20, channels: 1)
    #expect(
      try Self.packets(celt, lossPercent: 20).allSatisfy {
        try !OpusPacket(parsing: $0.span).hasLBRR
      })
    #expect(try !OpusPacket(parsing: [1 << 3].span).hasLBRR)
    #expect(try !OpusPacket(parsing: [1 << 3, 0xFF].span).hasLBRR)
  }
}
