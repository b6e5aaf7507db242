/// A streaming one-channel resampler.
///
/// The input rate is any real number, so that a sender's clock drift is taken out by resampling: 48000 * (1 + ppm / 1e6).
/// Output sample n lies exactly at input time n * inputRate / outputRate: the filter's own delay is compensated, by
/// giving the first output later, so nothing is to be skipped. `end` gives what is still inside.
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
