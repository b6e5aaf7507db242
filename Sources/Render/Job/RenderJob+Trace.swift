internal import CaptureLog

extension RenderJob {
  /// Places every packet as ``run(cancellation:progress:)`` does, without decoding any, and tells
  /// where each went: for measuring against a known truth.
  ///
  /// - Throws: ``RenderError``.
  package func trace(_ body: @escaping (PlacedPacket) -> Void) throws(RenderError) {
    try Self.any {
      let opened = try CaptureKeys.open(capture, with: self.keys)
      var survey = try RenderEngine.survey(capture: capture, keys: opened)
      let keys = RenderKeys(opened, survey: survey)
      survey = try RenderEngine.learnSpeakers(survey, capture: capture, keys: keys)
      let range = try RenderRange(options: options, zero: survey.zero, end: survey.end)
      _ = try RenderEngine.render(
        capture: capture, speakers: survey.speakers.map(\.id), survey: survey, keys: keys,
        options: EngineOptions(options, range: range), makeSink: nil, trace: body)
    }
  }
}
