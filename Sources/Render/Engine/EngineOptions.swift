/// How to make samples of packets.
package struct EngineOptions: Sendable, Equatable {
  /// What brings decoded audio to the output rate.
  package enum ResamplerKind: String, Sendable, CaseIterable {
    case soxrVHQ = "soxr-vhq"
    /// Decode at the output rate directly (8, 12, 16, 24 or 48 kHz): less CPU, leaks above the band.
    case decoder
    case samplerateBest = "samplerate-best"
    case samplerateMedium = "samplerate-medium"
    case samplerateFastest = "samplerate-fastest"
  }

  /// Samples per second of the output.
  package var outputRate: Int = 16_000
  package var resampler: ResamplerKind = .soxrVHQ
  /// Nanoseconds from the session's zero; the output's sample 0 is `from`.
  package var from: Int64 = 0
  /// Nanoseconds from the session's zero; nil is the session's end.
  package var to: Int64?

  package init() {}
}
