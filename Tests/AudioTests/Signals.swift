internal import Glibc
internal import TestSupport

@testable internal import Audio

extension SplitMix64 {
  /// -1...1.
  mutating func sample() -> Float { Float.random(in: -1...1, using: &self) }
}

/// Test signals and measures of them.
enum Signals {
  static func tone(_ hertz: Double, rate: Double, count: Int, amplitude: Float = 0.5) -> [Float] {
    (0..<count).map { amplitude * Float(sin(2 * Double.pi * hertz * Double($0) / rate)) }
  }

  /// A voice-like signal: harmonics of a gliding pitch, in syllables (SILK takes what is steady for noise, not for voice).
  static func voice(count: Int, rate: Double = 48000, pitch: Double = 140) -> [Float] {
    var phase = 0.0
    let weights = (1...16).map { 1 / (1 + Double($0 * $0) / 36) }
    return (0..<count).map { index in
      let time = Double(index) / rate
      phase += 2 * Double.pi * pitch * (1 + 0.15 * sin(2 * Double.pi * 1.3 * time)) / rate
      // sin(n * phase) by recurrence; every fourth harmonic turned around, to lower the crest.
      let twice = 2 * cos(phase)
      var (before, now) = (0.0, sin(phase))
      var value = 0.0
      for harmonic in weights.indices {
        value += harmonic & 3 == 3 ? -weights[harmonic] * now : weights[harmonic] * now
        (before, now) = (now, twice * now - before)
      }
      let syllable = max(0, sin(2 * Double.pi * 4.3 * time))
      return Float(0.1 * (0.02 + syllable * syllable) * value)
    }
  }

  static func energy(_ samples: some Collection<Float>) -> Double {
    samples.reduce(0) { $0 + Double($1) * Double($1) }
  }

  static func decibels(_ ratio: Double) -> Double { 10 * log10(max(ratio, 1e-30)) }

  /// By how many samples `second` comes after `first`: the lag of the largest correlation over the middle of both, to a fraction
  /// of a sample by a parabola.
  static func lag(of second: [Float], behind first: [Float], within limit: Int) -> Double {
    let count = min(first.count, second.count)
    // A third of a second is enough, and debug builds are slow.
    let middle = count / 2
    let range = max(limit, middle - 4000)..<min(count - limit, middle + 4000)
    func correlation(_ lag: Int) -> Double {
      range.reduce(0) { $0 + Double(first[$1]) * Double(second[$1 + lag]) }
    }
    let lags = Array(-limit...limit)
    let values = lags.map(correlation)
    let best = values.indices.max { values[$0] < values[$1] } ?? 0
    guard best > 0, best < values.count - 1 else { return Double(lags[best]) }
    let (a, b, c) = (values[best - 1], values[best], values[best + 1])
    return Double(lags[best]) + 0.5 * (a - c) / (a - 2 * b + c)
  }

  /// Encodes a whole signal at 48 kHz.
  static func packets(
    _ samples: [Float], _ options: OpusEncoder.Options
  ) throws -> [[UInt8]] {
    var encoder = try OpusEncoder(options)
    let size = options.duration.samples * options.channels
    var packet: [UInt8] = []
    return try stride(from: 0, through: samples.count - size, by: size).map { start in
      try encoder.encode(samples.span.extracting(start..<start + size), into: &packet)
      return packet
    }
  }

  /// Decodes packets in order, without concealment.
  static func decode(
    _ packets: [[UInt8]], rate: Int = 48000, channels: Int = 1
  ) throws -> [Float] {
    var decoder = try OpusDecoder(sampleRate: rate, channels: channels)
    var buffer: [Float] = []
    var decoded: [Float] = []
    for packet in packets {
      let count = try decoder.decode(packet.span, into: &buffer)
      decoded.append(contentsOf: buffer[..<(count * channels)])
    }
    return decoded
  }
}
