internal import Audio

/// Decodes the frames of one speaker, in order, and fills short gaps.
///
/// What is missing within speech is recovered from the packet behind it where that carries a copy,
/// and else extrapolated, 100 ms at most; a longer gap is a step in time, as a pause is.
struct SpeakerDecoder: ~Copyable {
  /// In samples at 48 kHz.
  static let mostConcealed: Int64 = 4_800
  /// libopus conceals multiples of 2.5 ms.
  private static let step: Int64 = 120

  let format: VoicePCMFormat
  private var decoder: OpusDecoder?
  /// Where the next sample lies; nil before the first frame.
  private var end: Int64?
  private var stream: (connection: UInt32, ssrc: UInt32)?
  private var output: [Float] = []

  init(format: VoicePCMFormat) { self.format = format }

  /// Decodes a frame.
  ///
  /// - Parameter blocks: gets what is to be heard: the missing first. Nothing for what is no Opus.
  mutating func decode(_ frame: VoiceFrame, into blocks: inout [VoicePCMBlock]) {
    if stream.map({ $0.connection != frame.connection || $0.ssrc != frame.ssrc }) ?? true {
      stream = (frame.connection, frame.ssrc)
      decoder?.reset()
      end = nil
    }
    if decoder == nil {
      decoder = try? OpusDecoder(
        sampleRate: format.rate.rawValue, channels: format.isStereo ? 2 : 1)
    }
    guard let packet = try? OpusPacket(parsing: frame.opus.span) else { return }
    fillGap(before: frame, packet, into: &blocks)
    guard let count = try? decoder?.decode(frame.opus.span, into: &output), count > 0 else {
      return
    }
    append(count, of: frame, at: frame.rtpTime, isConcealed: false, to: &blocks)
    end = frame.rtpTime + Int64(packet.totalSamples)
  }

  private mutating func fillGap(
    before frame: VoiceFrame, _ packet: OpusPacket, into blocks: inout [VoicePCMBlock]
  ) {
    guard let end, frame.lost > 0 else { return }
    let length = min(
      frame.rtpTime - end, Int64(frame.lost) * Int64(OpusPacket.maximumSamples))
    guard length >= Self.step, length <= Self.mostConcealed else { return }
    let missing = length / Self.step * Self.step
    // The copy is of the one packet before, as long as this one.
    let recovered = packet.hasLBRR ? min(missing, Int64(packet.totalSamples)) : 0
    conceal(missing - recovered, of: frame, at: frame.rtpTime - missing, into: &blocks)
    guard recovered > 0 else { return }
    let wanted = Int(recovered) * format.rate.rawValue / 48_000
    guard
      let count = try? decoder?.recover(
        from: frame.opus.span, samples: wanted, into: &output)
    else { return }
    append(count, of: frame, at: frame.rtpTime - recovered, isConcealed: true, to: &blocks)
  }

  private mutating func conceal(
    _ length: Int64, of frame: VoiceFrame, at position: Int64, into blocks: inout [VoicePCMBlock]
  ) {
    guard length > 0 else { return }
    let wanted = Int(length) * format.rate.rawValue / 48_000
    guard let count = try? decoder?.conceal(samples: wanted, into: &output) else { return }
    append(count, of: frame, at: position, isConcealed: true, to: &blocks)
  }

  private func append(
    _ count: Int, of frame: VoiceFrame, at position: Int64, isConcealed: Bool,
    to blocks: inout [VoicePCMBlock]
  ) {
    let samples = Array(output[..<(count * (format.isStereo ? 2 : 1))])
    blocks.append(
      VoicePCMBlock(
        user: frame.user, rtpTime: position, arrival: frame.arrival, samples: samples,
        format: format, isConcealed: isConcealed))
  }
}
