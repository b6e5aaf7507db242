internal import Audio
package import SystemPackage

/// How far the sound of a rendered track lies from the clean voice at its true time.
package struct AudioResult: Sendable, Equatable {
  /// Where the cross-correlation of a window peaks, minus the path's least delay.
  package var lag = ErrorStatistics()
  /// Windows 20 dB quieter than the voice is on average, or without one clear peak: concealed loss,
  /// or a pitch so steady that a period earlier or later fits as well.
  package var unclear = 0

  package init() {}
}

/// Listens to a rendered track: cross-correlates it with the clean voice, window by window.
///
/// This proves the samples, not what a renderer says of them. A SILK or hybrid frame comes 0.1 ms
/// early through the codec alone.
package struct AudioEvaluation {
  /// Long enough for the pitch to move, so that one period later does not fit as well; short enough
  /// for any drift.
  private static let windowSeconds = 1.0
  /// Peaks further from the highest one than this compete with it.
  private static let apartSeconds = 0.0015
  private static let reachSeconds = 0.012

  private let track: [Float]
  private let rate: Double
  private let voice: [Float]
  /// Mean square of the voice.
  private let loudness: Float
  private var window: (start: TruthRecord, end: Int64, allowance: Int64)?
  package private(set) var result = AudioResult()

  /// - Parameters:
  ///   - track: The rendered WAV.
  ///   - voice: What the speaker said, as it was given to the synthesiser.
  /// - Throws: `AudioError` when the track cannot be read.
  package init(track: FilePath, voice: Voice) throws {
    let (samples, rate) = try AudioFileReader.readAll(track)
    var resampler = try Resampler(inputRate: 48_000, outputRate: Double(rate))
    var output: [Float] = []
    // Twice round, so that a window may cross the end of the voice.
    let source = voice.samples + voice.samples.prefix(48_000)
    let count = try resampler.process(source.span, into: &output, end: true)
    self.track = samples
    self.rate = Double(rate)
    let clean = Array(output.prefix(count))
    loudness = Self.energy(clean.span, 0, count) / Float(max(count, 1))
    self.voice = clean
    voiceLength = Int64(voice.samples.count)
  }

  private let voiceLength: Int64

  /// Takes in the speaker's packets in order; a window is measured when it is full.
  ///
  /// - Parameter allowance: Lateness of the packet's spurt that is no error, ns
  ///   (``PlacementEvaluation/allowance(for:)``).
  package mutating func add(_ truth: TruthRecord, allowance: Int64 = 0) {
    guard truth.kind == .speech, let position = truth.position else { return }
    defer {
      if window == nil { window = (truth, position, allowance) }
      window?.end = position + Int64(truth.samples)
    }
    guard let current = window, let start = current.start.position else { return }
    guard current.end == position, truth.spurt == current.start.spurt else {
      window = nil
      return
    }
    if Double(position - start) >= Self.windowSeconds * 48_000 {
      measure(current.start, from: start, length: position - start, allowance: current.allowance)
      window = nil
    }
  }

  private mutating func measure(
    _ first: TruthRecord, from start: Int64, length: Int64, allowance: Int64
  ) {
    let count = Int(Double(length) * rate / 48_000)
    let source = Int((Double(start % voiceLength) * rate / 48_000).rounded())
    // The rounding of the source's start is part of where it is to be found.
    let shift = Double(source) - Double(start % voiceLength) * rate / 48_000
    let expected = Double(first.trueTime + first.leastDelay) / 1e9 * rate + shift
    let reach = Int(Self.reachSeconds * rate)
    let centre = Int(expected.rounded())
    guard source + count <= voice.count, centre - reach >= 0,
      centre + reach + count <= track.count
    else { return }
    let energy = Self.energy(voice.span, source, count)
    guard energy / Float(count) > 0.01 * loudness else {
      result.unclear += 1
      return
    }
    let correlations = (-reach...reach).map { lag in
      Self.product(voice.span, source, track.span, centre + lag, count)
    }
    guard let peak = correlations.indices.max(by: { correlations[$0] < correlations[$1] }),
      peak > 0, peak < correlations.count - 1,
      correlations[peak] > 0.5
        * (energy * Self.energy(track.span, centre + peak - reach, count)).squareRoot()
    else {
      result.unclear += 1
      return
    }
    let apart = Int(Self.apartSeconds * rate)
    let rival = correlations.indices.filter { abs($0 - peak) > apart }.map { correlations[$0] }
      .max()
    guard (rival ?? 0) < 0.95 * correlations[peak] else {
      result.unclear += 1
      return
    }
    let fraction = Self.vertex(
      correlations[peak - 1], correlations[peak], correlations[peak + 1])
    let lag = (Double(centre + peak - reach) + fraction - expected) / rate * 1000
    result.lag.add(lag > 0 ? max(0, lag - Double(allowance) / 1e6) : lag)
  }

  private static func energy(_ samples: Span<Float>, _ start: Int, _ count: Int) -> Float {
    product(samples, start, samples, start, count)
  }

  private static func product(
    _ left: Span<Float>, _ leftStart: Int, _ right: Span<Float>, _ rightStart: Int, _ count: Int
  ) -> Float {
    var sum: Float = 0
    for index in 0..<count { sum += left[leftStart + index] * right[rightStart + index] }
    return sum
  }

  /// Where a parabola through three points has its peak, -0.5 to 0.5.
  private static func vertex(_ before: Float, _ at: Float, _ after: Float) -> Double {
    let curvature = before - 2 * at + after
    return curvature < 0 ? Double((before - after) / (2 * curvature)) : 0
  }
}
