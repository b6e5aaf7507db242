internal import VoiceCrypto

/// What to render and how.
///
/// The defaults are the measured ones: 16 kHz mono PCM16 WAV, decoded at 48 kHz and brought down by
/// soxr at its best quality, no gain, nothing trimmed.
public struct RenderOptions: Hashable, Sendable {
  public enum Format: String, Codable, Hashable, Sendable, CaseIterable {
    /// PCM16 with a plain 44-byte header; pauses are holes.
    case wav
    /// Smaller, but pauses take a little space.
    case flac
  }

  public enum Resampler: String, Codable, Hashable, Sendable, CaseIterable {
    /// libsoxr, very high quality.
    case soxr
    /// The Opus decoder's own: less work, leaks above 8 kHz.
    case decoder
    case samplerateBest = "samplerate-best"
    case samplerateMedium = "samplerate-medium"
    case samplerateFastest = "samplerate-fastest"

    /// The name as typed: libsamplerate's lesser qualities may go without the prefix.
    public init?(argument: String) {
      switch argument {
      case "medium": self = .samplerateMedium
      case "fastest": self = .samplerateFastest
      default: self.init(rawValue: argument)
      }
    }
  }

  public enum Digest: String, Codable, Hashable, Sendable, CaseIterable {
    /// Over offset, length and samples of each spurt: costs nothing for pauses.
    case speech
    /// The plain SHA-256 of each file.
    case file
  }

  /// Samples a second: 8,000 to 48,000.
  public var sampleRate = 16_000
  public var format = Format.wav
  public var resampler = Resampler.soxr
  /// Ids of the users (or `ssrc-<n>`) to render; nil for all.
  public var speakers: Set<String>?
  /// Where to begin: this moment becomes sample 0.
  public var from: TimeBound?
  /// Where to end.
  public var to: TimeBound?
  /// Also write `mix.wav` (or `.flac`), the sum of all tracks.
  public var mix = false
  public var digest = Digest.speech
  /// Measure loudness and true peak of each speaker.
  public var loudness = false
  /// Render a capture that is still being written, as far as it goes; the result is not marked as
  /// done.
  public var partial = false
  /// Replace a finished render that was made of another capture or with other parameters.
  public var force = false
  /// Worker threads; nil for one a processor. The result is the same for any number.
  public var jobs: Int?

  public init() {}

  /// The sample rates that can be rendered.
  public static let sampleRates = 8_000...48_000
  /// The rates that the Opus decoder makes by itself.
  public static let decoderRates: Set<Int> = [8_000, 12_000, 16_000, 24_000, 48_000]

  /// What of the options has an effect on the bytes of the result.
  package var parameters: RenderParameters {
    RenderParameters(
      sampleRate: sampleRate, format: format, resampler: resampler,
      speakers: speakers.map { $0.sorted() }, from: from?.canonicalText, to: to?.canonicalText,
      mix: mix, digest: digest, loudness: loudness, partial: partial)
  }
}

/// The options that have an effect on the bytes of a render, as written into its manifest.
public struct RenderParameters: Codable, Hashable, Sendable {
  public var sampleRate: Int
  public var format: RenderOptions.Format
  public var resampler: RenderOptions.Resampler
  /// Sorted; nil for all.
  public var speakers: [String]?
  /// Seconds from the session's zero with nine decimals, or ISO 8601.
  public var from: String?
  public var to: String?
  public var mix: Bool
  public var digest: RenderOptions.Digest
  public var loudness: Bool
  public var partial: Bool

  private enum CodingKeys: String, CodingKey {
    case sampleRate = "sample_rate"
    case format, resampler, speakers, from, to, mix, digest, loudness, partial
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(sampleRate, forKey: .sampleRate)
    try container.encode(format, forKey: .format)
    try container.encode(resampler, forKey: .resampler)
    try container.encode(speakers, forKey: .speakers)
    try container.encode(from, forKey: .from)
    try container.encode(to, forKey: .to)
    try container.encode(mix, forKey: .mix)
    try container.encode(digest, forKey: .digest)
    try container.encode(loudness, forKey: .loudness)
    try container.encode(partial, forKey: .partial)
  }
}

extension RenderParameters {
  /// SHA-256 of the parameters as canonical JSON: equal parameters, equal hash.
  func sha256() throws(RenderError) -> String {
    let text = try JSONText.line(self)
    return SHA256Digest.hex(of: text.span)
  }
}
