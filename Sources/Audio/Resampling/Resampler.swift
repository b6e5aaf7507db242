/// A streaming one-channel resampler.
///
/// The input rate is any real number, so that a sender's clock drift is taken out by resampling: 48000 * (1 + ppm / 1e6).
/// Output sample n lies exactly at input time n * inputRate / outputRate: the filter's own delay is compensated, by
/// giving the first output later, so nothing is to be skipped. `end` gives what is still inside.
///
/// What it costs (libsoxr 0.1.3 VHQ, 48 kHz to 16 kHz, AVX, one core of a shared x86-64; CPU seconds an hour of audio):
///
/// |                            | exact 3:1 | 48000 * (1 + 1e-4) : 16000 |
/// |----------------------------|-----------|----------------------------|
/// | resampling, 20 ms chunks   | 0.64      | 0.91...1.0 (also at +5 and -50 ppm) |
/// | making one, or `reset`     | 130...210 us | 250...650 us            |
/// | memory                     | 0.5 MB    | 0.5...0.9 MB               |
/// | zeros until all is silent  | 3889      | 7618                       |
/// | the same, costs            | 14 us     | 43 us                      |
///
/// So `reset` (soxr rebuilds its plan) costs as much as 1 to 3 s of audio, and feeding `settlingSamples` zeros after a spurt, then
/// leaving out the rest of the pause, is ten times cheaper and leaves the same state: all zeros. What reaches 16 bits of an impulse
/// is within +-350 input samples (7 ms) of it; exact zeros begin 3650 samples from it. Delay: below 0.00001 sample in each case.
/// A fractional rate costs 0.3 s an hour more than 3:1, some 6 % of decoding plus resampling: where a clock is within the tolerance of
/// 48000 Hz over the whole piece, ask for exactly 48000. libsamplerate: 51, 17 and 7 s an hour.
///
/// It is safe to send: the handles are never shared between values, and the libraries keep no state outside of them.
package struct Resampler: ~Copyable, @unchecked Sendable {
  /// Which library and quality.
  package enum Kind: String, Sendable, CaseIterable {
    case soxr
    case samplerateBest = "samplerate-best"
    case samplerateMedium = "samplerate-medium"
    case samplerateFastest = "samplerate-fastest"
  }

  private enum Engine {
    case soxr(SoxrEngine)
    case samplerate(SamplerateEngine)
  }

  private let engine: Engine
  package let inputRate: Double
  package let outputRate: Double
  package let kind: Kind

  /// - Throws: `AudioError.invalidParameter` for rates that are not positive and finite or differ more than 256-fold.
  package init(
    inputRate: Double, outputRate: Double, kind: Kind = .soxr
  ) throws(AudioError) {
    guard inputRate.isFinite, outputRate.isFinite, inputRate > 0, outputRate > 0,
      inputRate / outputRate < 256, outputRate / inputRate < 256
    else { throw .invalidParameter("no resampler from \(inputRate) to \(outputRate) Hz") }
    engine = try Self.makeEngine(kind, inputRate: inputRate, outputRate: outputRate)
    self.inputRate = inputRate
    self.outputRate = outputRate
    self.kind = kind
  }

  /// How many zeros to feed after a signal until everything in the filters is zero, in input samples, on the safe side: all output
  /// that is not exactly zero has then been given, and further zeros change nothing but the position.
  package var settlingSamples: Int {
    let ratio = inputRate / outputRate
    return switch ratio {
    case ...1.7: 4096
    case 3: 4096
    case ...3.2: 8192
    default: 16384 * Int((ratio / 6.2).rounded(.up))
    }
  }

  deinit {
    switch engine {
    case .soxr(let soxr): soxr.destroy()
    case .samplerate(let samplerate): samplerate.destroy()
    }
  }

  /// Resamples a chunk of any size. The result does not depend on how the input is cut into chunks.
  ///
  /// - Parameters:
  ///   - output: Written from its start; enlarged only when too small.
  ///   - end: No input follows: gives the rest too. Call `reset` before using it again.
  /// - Returns: Samples written. It comes in blocks: often none, then several hundred.
  package mutating func process(
    _ input: Span<Float>, into output: inout [Float], end: Bool = false
  ) throws(AudioError) -> Int {
    switch engine {
    case .soxr(let soxr): try soxr.process(input, into: &output, end: end)
    case .samplerate(let samplerate): try samplerate.process(input, into: &output, end: end)
    }
  }

  /// Forgets the input so far, as if newly made.
  package mutating func reset() throws(AudioError) {
    switch engine {
    case .soxr(let soxr): try soxr.reset()
    case .samplerate(let samplerate): try samplerate.reset()
    }
  }

  private static func makeEngine(
    _ kind: Kind, inputRate: Double, outputRate: Double
  ) throws(AudioError) -> Engine {
    switch kind {
    case .soxr:
      .soxr(try SoxrEngine(inputRate: inputRate, outputRate: outputRate))
    case .samplerateBest, .samplerateMedium, .samplerateFastest:
      .samplerate(try SamplerateEngine(kind: kind, ratio: outputRate / inputRate))
    }
  }
}
