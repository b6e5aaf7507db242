/// From a stream's RTP time to places in the output.
struct SessionMap: Sendable {
  /// Seconds that a stretch may be off before it is worth a resampler of its own rate.
  private static let tolerance = 0.00025

  /// Session clock at output sample 0, in nanoseconds since the Unix epoch.
  let origin: Int64
  let outputRate: Int
  /// Samples of the whole output.
  let length: Int64

  init(survey: SessionSurvey, options: EngineOptions) {
    let duration = survey.end - survey.zero
    let to = min(options.to ?? duration, duration)
    let from = max(0, min(options.from, to))
    origin = survey.zero + from
    outputRate = options.outputRate
    // As long as the files are made: a sample more would not fit into them.
    length = RenderRange.samples(to - from, rate: options.outputRate)
  }

  /// The place of the moment that an RTP time stands for.
  func position(of timestamp: Int64, in section: StreamClock.Section) -> Double {
    (Double(section.time - origin) + section.nanoseconds(after: timestamp)) * Double(outputRate)
      / 1e9
  }

  /// The place of a moment.
  func position(at time: Int64) -> Double { Double(time - origin) * Double(outputRate) / 1e9 }

  /// How much a section's audio is to be stretched: 1 where its drift does not matter, else the
  /// fitted rate, rounded so that neighbouring sections mostly share a resampler.
  static func stretch(of section: StreamClock.Section) -> Double {
    let seconds = Double(section.length) / 48_000
    let slope = Double(section.slope)
    guard abs(slope) * seconds >= tolerance else { return 1 }
    let step = tolerance / 2 / seconds
    return 1 + (slope / step).rounded() * step
  }
}
