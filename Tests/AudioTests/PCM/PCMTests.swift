internal import Glibc
internal import TestSupport
internal import Testing

@testable internal import Audio

@Suite("Sample conversion")
struct PCMTests {
  private static func convert(_ input: [Float]) -> ([Int16], PCM.Levels) {
    var output: [Int16] = []
    let levels = PCM.convert(input.span, into: &output)
    return (output, levels)
  }

  @Test("Every 16-bit value survives the way to float and back")
  func roundTrip() {
    let all = (Int16.min...Int16.max).map { $0 }
    let (output, levels) = Self.convert(all.map { Float($0) / 32768 })
    #expect(output == all)
    #expect(levels.clipped == 0)
    #expect(levels.peak == 1)
  }

  @Test("Ties go to even")
  func ties() {
    let halves: [Float] = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.4999, 32766.5, -32768.5]
    let (output, levels) = Self.convert(halves.map { $0 / 32768 })
    #expect(output == [0, 2, 2, 0, -2, -2, 0, 32766, -32768])
    #expect(levels.clipped == 0)
  }

  @Test("What does not fit is held at the ends and counted")
  func clipping() {
    let input: [Float] = [
      1, 1.001, 32767.5 / 32768, 32767.49 / 32768, -1, -1.0001, 1e30, -1e30, .infinity, -.infinity,
      .nan, -0.0,
    ]
    let (output, levels) = Self.convert(input)
    let (high, low) = (Int16.max, Int16.min)
    #expect(output == [high, high, high, high, low, low, high, low, high, low, 0, 0])
    #expect(levels.clipped == 8)
    #expect(levels.peak == .infinity)
  }

  @Test("The same as the plain formula on random values, whatever the length")
  func plainFormula() {
    var random = SplitMix64(seed: 9)
    for count in [0, 1, 7, 64, 1001] {
      let input = (0..<count).map { _ in random.sample() * 1.1 }
      let (output, levels) = Self.convert(input)
      let expected = input.map { sample -> Int16 in
        Int16(max(-32768, min(32767, (sample * 32768).rounded(.toNearestOrEven))))
      }
      #expect(Array(output[..<count]) == expected)
      #expect(
        levels.clipped
          == input.count {
            ($0 * 32768).rounded(.toNearestOrEven) > 32767
              || ($0 * 32768).rounded(.toNearestOrEven) < -32768
          })
      #expect(levels.peak == input.map { abs($0) }.max() ?? 0)
    }
  }

  @Test("Levels add up")
  func levels() {
    var sum = PCM.Levels()
    sum.add(Self.convert([0.5, 2]).1)
    sum.add(Self.convert([-0.25]).1)
    #expect(sum.clipped == 1)
    #expect(sum.peak == 2)
  }

  @Test("Loudness: a 997 Hz sine at -20 dBFS is at -23.0 LUFS in one channel; silence has none")
  func loudness() throws {
    let tone = Signals.tone(997, rate: 16000, count: 80000, amplitude: 0.1)
    let (samples, _) = Self.convert(tone)
    var meter = try LoudnessMeter(sampleRate: 16000)
    var (loudness, peak) = (meter.integratedLUFS, meter.truePeakDecibels)
    #expect(loudness == nil)
    #expect(peak == nil)
    try meter.add(samples.span)
    (loudness, peak) = (meter.integratedLUFS, meter.truePeakDecibels)
    #expect(abs(try #require(loudness) + 23) < 0.1)
    #expect(abs(try #require(peak) + 20) < 0.1)
    // Silence after it is gated out.
    try meter.add([Int16](repeating: 0, count: 160000).span)
    let later = meter.integratedLUFS
    #expect(abs(try #require(later) - #require(loudness)) < 0.2)
  }
}
