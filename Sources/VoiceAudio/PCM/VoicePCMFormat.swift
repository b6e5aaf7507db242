/// How decoded sound is to be.
public struct VoicePCMFormat: Hashable, Sendable {
  /// The rates that Opus decodes to.
  public enum Rate: Int, Hashable, Sendable, CaseIterable {
    /// Telephone quality.
    case hz8000 = 8_000
    /// Medium band.
    case hz12000 = 12_000
    /// What speech recognisers take.
    case hz16000 = 16_000
    /// Super-wide band.
    case hz24000 = 24_000
    /// All that Discord sends.
    case hz48000 = 48_000
  }

  /// Samples a second and channel.
  public var rate: Rate
  /// Whether there are two channels, interleaved; else sound in stereo is mixed down.
  public var isStereo: Bool

  /// Mono at 48 kHz unless told otherwise.
  public init(rate: Rate = .hz48000, isStereo: Bool = false) {
    self.rate = rate
    self.isStereo = isStereo
  }

  /// Mono at 16 kHz, as most speech recognisers want it.
  public static let speech = VoicePCMFormat(rate: .hz16000)
}
