internal import Audio
internal import Testing

@testable import Render

/// Runs through the stage that brings them to the output rate.
@Suite struct ResampleStageTests {
  /// Feeds a run for each stretch, with a pulse in its middle, and tells how far each pulse lies from
  /// where it belongs.
  private func errors(
    decodeRate: Int, outputRate: Int, kind: Resampler.Kind, stretches: [Double], rests: Bool
  ) throws -> [Double] {
    let spacing = Int64(outputRate) / 2
    let length = spacing * Int64(stretches.count + 1)
    let sink = MemorySink()
    let track = TrackAssembler(sink: sink, length: length, outputRate: outputRate)
    var stage = ResampleStage(
      decodeRate: decodeRate, outputRate: outputRate, kind: kind, track: track)
    // 100 ms, and a pulse that every rate can hold.
    let count = decodeRate / 10
    let width = Double(decodeRate) / 2_000
    let pulse = (0..<count).map { index in
      let distance = (Double(index) - Double(count / 2)) / width
      return 0.5 * Float(max(0, 1 - distance * distance / 4))
    }
    var expected: [Double] = []
    for (index, stretch) in stretches.enumerated() {
      let place = try stage.begin(
        at: Double(spacing * Int64(index + 1)) + 0.3, stretch: stretch)
      let rate = Double(outputRate) / Double(decodeRate) * stretch
      expected.append(place + Double(count / 2) * rate)
      track.cover(
        SampleRange(start: Int64(place), end: Int64(place + Double(count) * rate)))
      try stage.feed(pulse.span)
      if rests { try stage.drain() }
    }
    try stage.drain()
    track.finish()
    return expected.map { expected in
      // The pulse's centre of gravity.
      let near = Int(expected) - outputRate / 10..<Int(expected) + outputRate / 10
      var mass = 0.0
      var moment = 0.0
      for index in near where sink.samples.indices.contains(index) {
        mass += Double(sink.samples[index])
        moment += Double(sink.samples[index]) * Double(index)
      }
      return mass > 0 ? moment / mass - expected : .infinity
    }
  }

  @Test(
    "a run lies at its place, whatever the run before was stretched by",
    arguments: [(48_000, 16_000), (48_000, 48_000), (16_000, 16_000), (48_000, 44_100)],
    [Resampler.Kind.soxr, .samplerateFastest])
  func runsLieAtTheirPlaces(rates: (decode: Int, output: Int), kind: Resampler.Kind) throws {
    for rests in [false, true] {
      let errors = try errors(
        decodeRate: rates.decode, outputRate: rates.output, kind: kind,
        stretches: [1, 1.0002, 1, 0.9998, 0.9998, 1, 1], rests: rests)
      for (run, error) in errors.enumerated() {
        #expect(abs(error) < 0.5, "run \(run) is \(error) samples off")
      }
    }
  }
}
