import Audio
import DiscordSimulator
import SystemPackage

/// A rendered track against the very packets that the server sent: decoded, and laid where their
/// speech was.
struct LivePlacement {
  private static let rate = 16_000
  /// What libopus' encoder looks ahead, 312 samples at 48 kHz.
  private static let codecDelay = 104
  /// Long enough for the pitch to move, so that one period later does not fit as well.
  private static let window = 16_000
  private static let reach = 200

  /// Energy of the track by that of what it should be.
  let energy: Double
  /// Of each window with speech, in ms, sorted by size.
  let lags: [Double]

  /// - Parameters:
  ///   - packets: in the order they were sent.
  ///   - zero: the session's, nanoseconds since 1970.
  init(packets: [ForwardedPacket], zero: Int64, track: FilePath) throws {
    let (samples, _) = try AudioFileReader.readAll(track)
    var expected = [Float](repeating: 0, count: samples.count + Self.rate)
    var decoder = try OpusDecoder(sampleRate: Self.rate)
    var output: [Float] = []
    for packet in packets {
      guard let opus = packet.opus else { continue }
      let count = try decoder.decode(opus.span, into: &output)
      let start =
        Int((packet.speechTime - zero) * Int64(Self.rate) / 1_000_000_000) - Self.codecDelay
      for index in 0..<count where expected.indices.contains(start + index) {
        expected[start + index] = output[index]
      }
    }
    let wanted = Self.product(expected.span, 0, expected.span, 0, samples.count)
    energy = Double(
      Self.product(samples.span, 0, samples.span, 0, samples.count)
        / max(wanted, .leastNormalMagnitude))
    lags = Self.lags(expected, samples, mean: wanted / Float(max(1, samples.count)))
      .sorted { abs($0) < abs($1) }
  }

  var p99: Double {
    lags.isEmpty ? .infinity : abs(lags[min(lags.count - 1, lags.count * 99 / 100)])
  }

  private static func lags(_ expected: [Float], _ track: [Float], mean: Float) -> [Double] {
    var lags: [Double] = []
    var start = reach
    while start + window + reach <= track.count {
      defer { start += window }
      let energy = product(expected.span, start, expected.span, start, window)
      guard energy > 0.2 * mean * Float(window) else { continue }
      let fits = (-reach...reach).map { lag in
        product(expected.span, start, track.span, start + lag, window)
      }
      // A pitch so steady that another period fits as well says nothing.
      guard let best = fits.indices.max(by: { fits[$0] < fits[$1] }), fits[best] > 0.5 * energy,
        fits.indices.allSatisfy({ abs($0 - best) < 24 || fits[$0] < 0.95 * fits[best] })
      else { continue }
      lags.append(Double(best - reach) * 1000 / Double(rate))
    }
    return lags
  }

  private static func product(
    _ left: Span<Float>, _ leftStart: Int, _ right: Span<Float>, _ rightStart: Int, _ count: Int
  ) -> Float {
    var sum: Float = 0
    for index in 0..<count { sum += left[leftStart + index] * right[rightStart + index] }
    return sum
  }
}
