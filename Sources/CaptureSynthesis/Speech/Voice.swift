/// A recording that a speaker speaks with, repeated without end.
package struct Voice: Sendable {
  /// 48 kHz mono, at least one packet long.
  package let samples: [Float]

  package init(samples: [Float]) {
    self.samples = samples.count >= 5760 ? samples : samples + Array(repeating: 0, count: 5760)
  }

  /// Fills `output` with the samples from `position` on, going round at the end.
  package func copy(from position: Int64, into output: inout [Float]) {
    let count = Int64(samples.count)
    var source = Int(((position % count) + count) % count)
    for index in output.indices {
      output[index] = samples[source]
      source += 1
      if source == samples.count { source = 0 }
    }
  }

  /// Something like speech for tests and trials without any recording: syllables of harmonics and
  /// of noise, with short breaks.
  package static func synthetic(seconds: Double = 20, seed: UInt64) -> Voice {
    var random = SplitMix64(seed: seed)
    let count = Int(seconds * 48_000)
    var samples = [Float](repeating: 0, count: count)
    let pitch = 90 + 120 * random.uniform()
    var start = 0
    while start < count {
      let length = Int(4_800 + 9_600 * random.uniform())
      let end = min(start + length, count)
      if random.chance(0.2) {
        fill(&samples, start..<end, noise: &random)
      } else {
        fill(&samples, start..<end, pitch: pitch * (0.8 + 0.4 * random.uniform()), &random)
      }
      start = end + Int(2_400 * random.uniform())
    }
    let peak = samples.reduce(0) { max($0, abs($1)) }
    if peak > 0 { for index in samples.indices { samples[index] *= 0.5 / peak } }
    return Voice(samples: samples)
  }

  private static func fill(
    _ samples: inout [Float], _ range: Range<Int>, noise random: inout SplitMix64
  ) {
    var last: Float = 0
    for index in range {
      let white = Float(random.uniform() * 2 - 1)
      samples[index] = 1.5 * (white - last) * envelope(index, range)
      last = white
    }
  }

  private static func fill(
    _ samples: inout [Float], _ range: Range<Int>, pitch: Double, _ random: inout SplitMix64
  ) {
    // One pulse a period through two resonances: cheap, and broad enough to correlate.
    let formants = [300 + 500 * random.uniform(), 900 + 1400 * random.uniform()]
    var resonators = formants.map { Resonator(frequency: $0) }
    var phase = 0.0
    for index in range {
      phase += pitch / 48_000
      var excitation: Float = 0
      if phase >= 1 {
        phase -= 1
        excitation = 1
      }
      var sum: Float = 0
      for formant in resonators.indices { sum += resonators[formant].step(excitation) }
      samples[index] = 0.25 * sum * envelope(index, range)
    }
  }

  /// Rises and falls linearly over 15 ms.
  private static func envelope(_ index: Int, _ range: Range<Int>) -> Float {
    let edge = min(index - range.lowerBound, range.upperBound - 1 - index)
    return min(1, Float(edge) / 720)
  }
}

/// A two-pole resonance.
private struct Resonator {
  private let a1: Float
  private let a2: Float
  private var y1: Float = 0
  private var y2: Float = 0

  init(frequency: Double) {
    let radius = 0.985
    // cos(2 pi f / 48000) by its series: the same bits on every machine.
    let angle = 2 * 3.141592653589793 * frequency / 48_000
    let square = angle * angle
    let cosine = 1 - square / 2 * (1 - square / 12 * (1 - square / 30))
    a1 = Float(2 * radius * cosine)
    a2 = Float(-radius * radius)
  }

  mutating func step(_ input: Float) -> Float {
    let output = input + a1 * y1 + a2 * y2
    y2 = y1
    y1 = output
    return output
  }
}
