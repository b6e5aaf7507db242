public import DiscordREST

/// Some decoded sound of a speaker, mostly 20 ms.
public struct VoicePCMBlock: Hashable, Sendable {
  /// Who speaks.
  public let user: ID<User>
  /// RTP time of the first sample, in samples at 48 kHz; see ``VoiceFrame/rtpTime``. Blocks of a
  /// speaker that follow each other without a gap touch in it.
  public let rtpTime: Int64
  /// When the packet was received, in nanoseconds since 1970.
  public let arrival: Int64
  /// The samples, full scale is -1 to 1; two channels are interleaved.
  public let samples: [Float]
  /// How they are to be read.
  public let format: VoicePCMFormat
  /// Whether the packet never came, and this is made up from its neighbours.
  public let isConcealed: Bool

  /// How long it lasts.
  public var duration: Duration {
    let frames = samples.count / (format.isStereo ? 2 : 1)
    return .nanoseconds(Int64(frames) * 1_000_000_000 / Int64(format.rate.rawValue))
  }

  /// Its loudness as a root mean square in dB of full scale; -120 for less than that.
  public var level: Float {
    guard !samples.isEmpty else { return -120 }
    var sum: Float = 0
    for sample in samples { sum += sample * sample }
    return VoicePCMBlock.decibels(sum / Float(samples.count))
  }
}
