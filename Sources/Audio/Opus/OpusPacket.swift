/// Why bytes are not an Opus packet; the names are the requirements of RFC 6716 section 3.4.
package enum OpusPacketFault: Error, Equatable, Sendable {
  /// R1: no TOC byte.
  case empty
  /// R2: a frame of more than 1275 bytes.
  case frameTooLong
  /// R3: a code 1 packet whose two frames cannot be equal in size.
  case unevenFrames
  /// R4, R6, R7: a length, the frame count or the padding reaches past the end.
  case truncated
  /// R5: a code 3 packet without frames.
  case noFrames
  /// R5: more than 120 ms of audio.
  case tooMuchAudio
  /// R6: a constant-rate packet whose bytes do not divide by the frame count.
  case unevenConstantRate
}

/// The structure of one Opus packet (RFC 6716 section 3): what it holds, without decoding it.
///
/// All counts of samples are at 48 kHz, whatever the rate of the decoder.
package struct OpusPacket: Sendable {
  /// Which of the codec's layers the packet uses (RFC 6716 table 2).
  package enum Mode: Sendable {
    case silk
    case hybrid
    case celt
  }

  /// The audio bandwidth: 4, 6, 8, 12 and 20 kHz.
  package enum Bandwidth: Sendable, Comparable {
    case narrow
    case medium
    case wide
    case superWide
    case full
  }

  /// Samples at 48 kHz that the encoder's look-ahead delays the decoded audio by (6.5 ms, in every mode of libopus).
  package static let codecDelay = 312
  /// The most samples at 48 kHz that one packet may hold: 120 ms.
  package static let maximumSamples = 5760
  static let maximumFrames = 48
  static let maximumFrameBytes = 1275

  /// Configuration number 0...31 of the TOC byte.
  package let configuration: Int
  /// Whether the TOC byte says two channels.
  package let isStereo: Bool
  /// Frames in the packet, 1...48.
  package let frameCount: Int
  /// Where the first frame's bytes begin; the frames follow one another without a gap.
  package let firstFrameOffset: Int
  /// Bytes of padding at the end, without the bytes that count them.
  package let paddingBytes: Int
  private let frameBytes: InlineArray<48, UInt16>
  /// Which of the first frame's 20 ms parts carry an LBRR copy of the speech one packet before.
  package let lbrr: LBRRFlags

  /// Reads the structure of a packet without padding of RTP and without encryption.
  ///
  /// - Throws: `AudioError.malformedPacket`.
  package init(parsing packet: Span<UInt8>) throws(AudioError) {
    do throws(OpusPacketFault) {
      let layout = try OpusPacketLayout(parsing: packet)
      configuration = layout.configuration
      isStereo = layout.isStereo
      frameCount = layout.frameCount
      firstFrameOffset = layout.offset
      paddingBytes = layout.padding
      frameBytes = layout.frameBytes
      let first = packet.extracting(layout.offset..<layout.offset + Int(layout.frameBytes[0]))
      lbrr = LBRRFlags(
        frame: first, configuration: layout.configuration, isStereo: layout.isStereo)
    } catch {
      throw .malformedPacket(error)
    }
  }

  /// The layer that the packet uses.
  package var mode: Mode {
    switch configuration {
    case ..<12: .silk
    case ..<16: .hybrid
    default: .celt
    }
  }

  /// The bandwidth that the packet can carry.
  package var bandwidth: Bandwidth {
    switch configuration {
    case 0..<4: .narrow
    case 4..<8: .medium
    case 8..<12: .wide
    case 12..<14: .superWide
    case 14..<16: .full
    case 16..<20: .narrow
    case 20..<24: .wide
    case 24..<28: .superWide
    default: .full
    }
  }

  /// Samples a frame at 48 kHz: 120, 240, 480, 960, 1920 or 2880.
  package var frameSamples: Int { Self.frameSamples(configuration: configuration) }

  /// Samples in the whole packet at 48 kHz, at most 5760.
  package var totalSamples: Int { frameCount * frameSamples }

  /// Whether the packet carries a low-bit-rate copy of the audio before it, so that decoding it with `fec` recovers
  /// more than concealment would (RFC 6716 section 4.2.4).
  package var hasLBRR: Bool { lbrr.isPresent }

  /// The bytes of one frame within the packet.
  package func frameRange(_ index: Int) -> Range<Int> {
    var start = firstFrameOffset
    for earlier in 0..<index { start += Int(frameBytes[earlier]) }
    return start..<start + Int(frameBytes[index])
  }

  /// Samples a frame at 48 kHz for a configuration number (RFC 6716 table 2).
  static func frameSamples(configuration: Int) -> Int {
    switch configuration {
    case ..<12:
      switch configuration & 3 {
      case 0: 480
      case 1: 960
      case 2: 1920
      default: 2880
      }
    case ..<16: configuration & 1 == 0 ? 480 : 960
    default: 120 << (configuration & 3)
    }
  }

  /// Whether the payload is the frame that clients send five times when they fall silent (F8 FF FE).
  package static func isSilenceFrame(_ packet: Span<UInt8>) -> Bool {
    packet.count == 3 && packet[0] == 0xF8 && packet[1] == 0xFF && packet[2] == 0xFE
  }
}
