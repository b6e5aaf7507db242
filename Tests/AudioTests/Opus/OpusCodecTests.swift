internal import TestSupport
internal import Testing

@testable internal import Audio

@Suite("Opus decoder and encoder")
struct OpusCodecTests {
  private static func isRefused(_ options: OpusEncoder.Options) -> Bool {
    do throws(AudioError) {
      _ = try OpusEncoder(options)
      return false
    } catch {
      return true
    }
  }

  private static func failure(
    of decoder: inout OpusDecoder, _ packet: [UInt8], _ buffer: inout [Float]
  ) -> AudioError? {
    do throws(AudioError) {
      _ = try decoder.decode(packet.span, into: &buffer)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "312 samples of delay in every layer; energy is kept",
    arguments: [
      OpusPacket.Mode.silk, .hybrid, .celt,
    ])
  func roundTrip(_ mode: OpusPacket.Mode) throws {
    var options = OpusEncoder.Options()
    options.mode = mode
    #expect(try OpusEncoder(options).lookahead == OpusPacket.codecDelay)
    let voice = Signals.voice(count: 96000)
    let decoded = try Signals.decode(try Signals.packets(voice, options))
    #expect(decoded.count == voice.count)
    let lag = Signals.lag(of: decoded, behind: voice, within: 400)
    // SILK's own resampler is not of linear phase: some samples of tolerance.
    #expect(abs(lag - Double(OpusPacket.codecDelay)) <= 5, "\(lag)")
    let level = Signals.decibels(
      Signals.energy(decoded[4800...]) / Signals.energy(voice[4800...]))
    #expect(abs(level) < 1, "\(level) dB")
  }

  @Test("All packet durations of 2.5 to 120 ms", arguments: OpusEncoder.PacketDuration.allCases)
  func durations(_ duration: OpusEncoder.PacketDuration) throws {
    var options = OpusEncoder.Options()
    options.duration = duration
    let voice = Signals.voice(count: 57600)
    for packet in try Signals.packets(voice, options) {
      let parsed = try OpusPacket(parsing: packet.span)
      #expect(parsed.totalSamples == duration.samples)
      var decoder = try OpusDecoder()
      var buffer: [Float] = []
      #expect(try decoder.decode(packet.span, into: &buffer) == duration.samples)
    }
  }

  @Test("Decoding at 16 kHz gives a third of the samples at the same place")
  func directRate() throws {
    let voice = Signals.voice(count: 48000)
    var options = OpusEncoder.Options()
    options.mode = .celt
    let decoded = try Signals.decode(try Signals.packets(voice, options), rate: 16000)
    #expect(decoded.count == 16000)
    let third = stride(from: 0, to: 48000, by: 3).map { voice[$0] }
    let lag = Signals.lag(of: decoded, behind: third, within: 150)
    #expect(abs(lag - 104) < 2, "\(lag)")
  }

  @Test("Stereo: the TOC says so, channels stay apart, and the average is mono")
  func stereo() throws {
    let left = Signals.voice(count: 48000)
    let right = Signals.tone(1000, rate: 48000, count: 48000, amplitude: 0.1)
    var options = OpusEncoder.Options()
    options.channels = 2
    options.bitrate = 128000
    options.mode = .celt
    let packets = try Signals.packets(zip(left, right).flatMap { [$0, $1] }, options)
    #expect(try packets.allSatisfy { try OpusPacket(parsing: $0.span).isStereo })
    var decoded = try Signals.decode(packets, channels: 2)
    let gotLeft = stride(from: 0, to: decoded.count, by: 2).map { decoded[$0] }
    let gotRight = stride(from: 1, to: decoded.count, by: 2).map { decoded[$0] }
    #expect(abs(Signals.decibels(Signals.energy(gotLeft) / Signals.energy(left))) < 1)
    #expect(abs(Signals.decibels(Signals.energy(gotRight) / Signals.energy(right))) < 1)
    PCM.averageToMono(&decoded, frames: 48000)
    #expect((0..<48000).allSatisfy { decoded[$0] == 0.5 * (gotLeft[$0] + gotRight[$0]) })
  }

  @Test("Layers may change from packet to packet")
  func modeSwitches() throws {
    let voice = Signals.voice(count: 96000)
    var options = OpusEncoder.Options()
    options.bitrate = 48000
    var encoder = try OpusEncoder(options)
    var packets: [[UInt8]] = []
    var packet: [UInt8] = []
    var modes: Set<OpusPacket.Mode> = []
    for index in 0..<100 {
      try encoder.force([.silk, .hybrid, .celt][index / 10 % 3])
      let start = index * 960
      try encoder.encode(voice.span.extracting(start..<start + 960), into: &packet)
      modes.insert(try OpusPacket(parsing: packet.span).mode)
      packets.append(packet)
    }
    #expect(modes.count == 3)
    let decoded = try Signals.decode(packets)
    #expect(decoded.count == 96000)
    let lag = Signals.lag(of: decoded, behind: voice, within: 400)
    #expect(abs(lag - Double(OpusPacket.codecDelay)) <= 5, "\(lag)")
  }

  @Test("What cannot be decoded is an error, and the decoder goes on")
  func undecodable() throws {
    let voice = Signals.voice(count: 48000)
    let packets = try Signals.packets(voice, OpusEncoder.Options())
    let whole = try Signals.decode(packets)
    var decoder = try OpusDecoder()
    var buffer: [Float] = []
    var decoded: [Float] = []
    var random = SplitMix64(seed: 3)
    var refused = 0
    for (index, packet) in packets.enumerated() {
      if index % 7 == 6 {
        for _ in 0..<20 {
          // Code 3 with more frames than 120 ms: refused for sure, so that the state is not touched.
          var junk = random.bytes(80)
          junk[0] |= 3
          junk[1] |= 0x3F
          #expect(Self.failure(of: &decoder, junk, &buffer) == .undecodable(-4))
          refused += 1
        }
      }
      let count = try decoder.decode(packet.span, into: &buffer)
      decoded.append(contentsOf: buffer[..<count])
    }
    #expect(refused == 140)
    #expect(decoded == whole)
    #expect(Self.failure(of: &decoder, [], &buffer) == .malformedPacket(.empty))
  }

  @Test("Random payloads with a valid structure: no trap, and speech is back within 200 ms")
  func noiseInPackets() throws {
    let voice = Signals.voice(count: 96000)
    var options = OpusEncoder.Options()
    options.mode = .celt
    let packets = try Signals.packets(voice, options)
    let whole = try Signals.decode(packets)
    var decoder = try OpusDecoder()
    var buffer: [Float] = []
    var decoded: [Float] = []
    var random = SplitMix64(seed: 4)
    for (index, packet) in packets.enumerated() {
      var bytes = packet
      if (30..<50).contains(index) { bytes = [UInt8(index % 32) << 3] + random.bytes(60) }
      let count = (try? decoder.decode(bytes.span, into: &buffer)) ?? 0
      let used = index < 50 ? 960 : count
      if buffer.count < used { buffer.append(contentsOf: repeatElement(0, count: used)) }
      #expect(buffer[..<count].allSatisfy { $0.isFinite })
      decoded.append(contentsOf: buffer[..<used])
    }
    let range = 60 * 960..<96000
    let difference = range.map { whole[$0] - decoded[$0] }
    let left = Signals.decibels(Signals.energy(difference) / Signals.energy(whole[range]))
    #expect(left < -30, "\(left) dB")
  }

  @Test("The frames of a packet decode one by one to the same, so a bad one costs itself only")
  func splitPacket() throws {
    var options = OpusEncoder.Options()
    options.duration = .ms60
    options.mode = .celt
    let packets = try Signals.packets(Signals.voice(count: 48000), options)
    let whole = try Signals.decode(packets)
    var decoder = try OpusDecoder()
    var buffer: [Float] = []
    var decoded: [Float] = []
    for packet in packets {
      let parsed = try OpusPacket(parsing: packet.span)
      #expect(parsed.frameCount == 3)
      for index in 0..<parsed.frameCount {
        let single = [packet[0] & 0xFC] + packet[parsed.frameRange(index)]
        let count = try decoder.decode(single.span, into: &buffer)
        decoded.append(contentsOf: buffer[..<count])
      }
    }
    #expect(decoded == whole)
  }

  @Test("Reset is the same as a new decoder")
  func reset() throws {
    let packets = try Signals.packets(Signals.voice(count: 48000), OpusEncoder.Options())
    var decoder = try OpusDecoder()
    var buffer: [Float] = []
    for packet in packets { _ = try decoder.decode(packet.span, into: &buffer) }
    decoder.reset()
    var decoded: [Float] = []
    for packet in packets {
      let count = try decoder.decode(packet.span, into: &buffer)
      decoded.append(contentsOf: buffer[..<count])
    }
    #expect(try decoded == Signals.decode(packets))
  }

  @Test("DTX packets are of one or two bytes")
  func discontinuous() throws {
    var options = OpusEncoder.Options()
    options.mode = .silk
    options.dtx = true
    options.bitrate = 24000
    let samples = Signals.voice(count: 48000) + [Float](repeating: 0, count: 96000)
    let packets = try Signals.packets(samples, options)
    #expect(packets[..<45].allSatisfy { $0.count > 10 })
    #expect(packets[80...].count { $0.count <= 2 } > 40)
    #expect(try Signals.decode(packets).count == samples.count)
  }

  @Test("Parameters that libopus does not have are refused")
  func parameters() throws {
    #expect(throws: AudioError.self) { _ = try OpusDecoder(sampleRate: 44100) }
    #expect(throws: AudioError.self) { _ = try OpusDecoder(channels: 3) }
    var options = OpusEncoder.Options()
    options.channels = 0
    #expect(Self.isRefused(options))
    options.channels = 1
    options.bitrate = -7
    #expect(Self.isRefused(options))
    var decoder = try OpusDecoder()
    var buffer: [Float] = []
    for samples in [0, -960, 961, 5880, Int.max] {
      var isRefused = false
      do throws(AudioError) {
        _ = try decoder.conceal(samples: samples, into: &buffer)
      } catch {
        isRefused = true
      }
      #expect(isRefused, "\(samples)")
    }
    #expect(try decoder.conceal(samples: 5760, into: &buffer) == 5760)
  }
}
