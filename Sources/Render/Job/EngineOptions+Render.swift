extension EngineOptions {
  /// The engine's view of a render's options.
  init(_ options: RenderOptions, range: RenderRange) {
    self.init()
    outputRate = options.sampleRate
    resampler =
      switch options.resampler {
      case .soxr: .soxrVHQ
      case .decoder: .decoder
      case .samplerateBest: .samplerateBest
      case .samplerateMedium: .samplerateMedium
      case .samplerateFastest: .samplerateFastest
      }
    from = range.from
    to = range.to
  }
}
