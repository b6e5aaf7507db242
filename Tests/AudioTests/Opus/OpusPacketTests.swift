internal import TestSupport
internal import Testing

@testable internal import Audio

@Suite("Opus packet structure, RFC 6716 section 3")
struct OpusPacketTests {
  private func fault(_ bytes: [UInt8]) -> OpusPacketFault? {
    do throws(AudioError) {
      _ = try OpusPacket(parsing: bytes.span)
      return nil
    } catch .malformedPacket(let fault) {
      return fault
    } catch {
      Issue.record("unexpected \(error)")
      return nil
    }
  }

  @Test("Table 2: mode, bandwidth and frame size of every configuration")
  func configurations() throws {
    let silk = [480, 960, 1920, 2880]
    let celt = [120, 240, 480, 960]
    let bandwidths: [OpusPacket.Bandwidth] = [
      .narrow, .narrow, .narrow, .narrow, .medium, .medium, .medium, .medium,
      .wide, .wide, .wide, .wide, .superWide, .superWide, .full, .full,
      .narrow, .narrow, .narrow, .narrow, .wide, .wide, .wide, .wide,
      .superWide, .superWide, .superWide, .superWide, .full, .full, .full, .full,
    ]
    for configuration in 0..<32 {
      for stereo in [false, true] {
        let toc = UInt8(configuration << 3) | (stereo ? 4 : 0)
        let packet = try OpusPacket(parsing: [toc, 1, 2, 3].span)
        #expect(packet.configuration == configuration)
        #expect(packet.isStereo == stereo)
        #expect(packet.bandwidth == bandwidths[configuration])
        #expect(packet.frameCount == 1)
        #expect(packet.frameRange(0) == 1..<4)
        switch configuration {
        case ..<12:
          #expect(packet.mode == .silk)
          #expect(packet.frameSamples == silk[configuration % 4])
        case ..<16:
          #expect(packet.mode == .hybrid)
          #expect(packet.frameSamples == silk[configuration % 2])
        default:
          #expect(packet.mode == .celt)
          #expect(packet.frameSamples == celt[configuration % 4])
        }
      }
    }
  }

  @Test("Codes 0 to 2")
  func oneAndTwoFrames() throws {
    let toc: UInt8 = 31 << 3
    #expect(try OpusPacket(parsing: [toc].span).frameRange(0) == 1..<1)
    let even = try OpusPacket(parsing: [toc | 1, 1, 2, 3, 4].span)
    #expect(even.frameCount == 2)
    #expect(even.totalSamples == 1920)
    #expect(even.frameRange(0) == 1..<3)
    #expect(even.frameRange(1) == 3..<5)
    let uneven = try OpusPacket(parsing: [toc | 2, 1, 9, 8, 7].span)
    #expect(uneven.frameRange(0) == 2..<3)
    #expect(uneven.frameRange(1) == 3..<5)
    // A length of two bytes: 252 + 4 * 1 = 256.
    let long = try OpusPacket(
      parsing: ([toc | 2, 252, 1] + [UInt8](repeating: 0, count: 300)).span)
    #expect(long.frameRange(0) == 3..<259)
    #expect(long.frameRange(1) == 259..<303)
  }

  @Test("Code 3: constant and variable sizes, padding")
  func arbitraryCounts() throws {
    let toc: UInt8 = 31 << 3 | 3
    let constant = try OpusPacket(parsing: [toc, 3, 1, 2, 3, 4, 5, 6].span)
    #expect((0..<3).map(constant.frameRange) == [2..<4, 4..<6, 6..<8])
    let variable = try OpusPacket(parsing: [toc, 0x83, 1, 2, 9, 8, 8, 7, 7, 7].span)
    #expect((0..<3).map(variable.frameRange) == [4..<5, 5..<7, 7..<10])
    let padded = try OpusPacket(parsing: [toc, 0x42, 3, 1, 2, 3, 4, 0, 0, 0].span)
    #expect((0..<2).map(padded.frameRange) == [3..<5, 5..<7])
    #expect(padded.paddingBytes == 3)
    let muchPadded = try OpusPacket(
      parsing: ([toc, 0x41, 255, 255, 2, 7, 7] + [UInt8](repeating: 0, count: 510)).span)
    #expect(muchPadded.paddingBytes == 510)
    #expect(muchPadded.frameRange(0) == 5..<7)
    let shortest = try OpusPacket(parsing: [28 << 3 | 3, 48].span)
    #expect(shortest.frameCount == 48)
    #expect(shortest.totalSamples == 5760)
  }

  @Test("Each requirement R1 to R7 has its error")
  func faults() {
    let toc: UInt8 = 31 << 3
    #expect(fault([]) == .empty)
    #expect(fault([toc] + [UInt8](repeating: 0, count: 1276)) == .frameTooLong)
    #expect(fault([toc | 1, 1, 2, 3]) == .unevenFrames)
    #expect(fault([toc | 1] + [UInt8](repeating: 0, count: 2552)) == .frameTooLong)
    #expect(fault([toc | 2]) == .truncated)
    #expect(fault([toc | 2, 252]) == .truncated)
    #expect(fault([toc | 2, 4, 1, 2, 3]) == .truncated)
    #expect(fault([toc | 3]) == .truncated)
    #expect(fault([toc | 3, 0]) == .noFrames)
    #expect(fault([toc | 3, 7]) == .tooMuchAudio)
    #expect(fault([11 << 3 | 3, 3]) == .tooMuchAudio)
    #expect(fault([toc | 3, 2, 1, 2, 3]) == .unevenConstantRate)
    #expect(fault([toc | 3, 0x41]) == .truncated)
    #expect(fault([toc | 3, 0x41, 255]) == .truncated)
    #expect(fault([toc | 3, 0x41, 9, 1]) == .truncated)
    #expect(fault([toc | 3, 0x83, 1]) == .truncated)
    #expect(fault([toc | 3, 0x83, 1, 9, 1, 1]) == .truncated)
    #expect(fault([toc | 3, 0x81] + [UInt8](repeating: 0, count: 1276)) == .frameTooLong)
  }

  @Test("Random bytes: never a trap; what parses lies within the packet, and libopus agrees")
  func hostileBytes() throws {
    var random = SplitMix64(seed: 11)
    var decoder = try OpusDecoder()
    var buffer: [Float] = []
    var parsed = 0
    for round in 0..<20000 {
      var bytes = random.bytes(Int(random.next() % 40) + (round % 100 == 0 ? 1400 : 0))
      // Code 3 with few frames is the interesting half.
      if bytes.count > 1, round % 2 == 0 {
        bytes[0] |= 3
        bytes[1] &= 0xC7
      }
      let isParsed: Bool
      var samples = 0
      do {
        let packet = try OpusPacket(parsing: bytes.span)
        isParsed = true
        parsed += 1
        samples = packet.totalSamples
        #expect(samples <= OpusPacket.maximumSamples)
        let last = packet.frameRange(packet.frameCount - 1)
        #expect(last.upperBound + packet.paddingBytes == bytes.count)
      } catch {
        isParsed = false
      }
      guard round < 2000 else { continue }
      do throws(AudioError) {
        let count = try decoder.decode(bytes.span, into: &buffer)
        #expect(isParsed, "libopus takes \(bytes)")
        #expect(count == samples)
      } catch .undecodable(-4) {
        #expect(!isParsed, "libopus refuses \(bytes)")
      } catch .undecodable {
        // An error inside of a frame: not of the structure.
      } catch {
        #expect(bytes.isEmpty)
      }
    }
    #expect(parsed > 5000 && parsed < 19000)
  }

  @Test("The silence frame of clients")
  func silenceFrame() {
    func isSilence(_ bytes: [UInt8]) -> Bool { OpusPacket.isSilenceFrame(bytes.span) }
    #expect(isSilence([0xF8, 0xFF, 0xFE]))
    #expect(!isSilence([0xF8, 0xFF]))
    #expect(!isSilence([0xF8, 0xFF, 0xFE, 0]))
    #expect(!isSilence([0xFC, 0xFF, 0xFE]))
  }
}
