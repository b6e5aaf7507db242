/// Finds the steps in a series of least delays: the path's delay changed and stayed changed.
///
/// Jitter and stalls only ever add to the delay, so both sides are judged by their least values.
struct RouteChanges {
  /// A step smaller than this many seconds is left to the knots.
  private static let leastStep = 0.003
  /// Packets on either side that a step is judged by, where jitter is smooth.
  static let packets = 400
  /// Where jitter is rough a step must stand out from more packets, up to so many times as many.
  private static let roughness = 1.0...10.0
  private static let smoothNoise = 0.0001

  /// Ranges of indices between steps, without holes.
  let parts: [Range<Int>]
  /// The least value of each part.
  let heights: [Double]
  /// How much the least of ``packets`` packets varies by chance, in seconds.
  let noise: Double

  /// - Parameters:
  ///   - heights: Delays with the drift taken out, in seconds.
  ///   - counts: Packets behind each of them.
  init(heights: [Double], counts: [Int]) {
    noise = Self.noise(heights, counts)
    let rough = min(
      max(noise / Self.smoothNoise, Self.roughness.lowerBound), Self.roughness.upperBound)
    let packets = Int(Double(Self.packets) * rough)
    let threshold = max(Self.leastStep, 8 * noise / rough)
    var bounds = [0]
    var index = 1
    while index < heights.count {
      let start = bounds[bounds.count - 1]
      let step = Self.step(at: index, from: start, heights, counts, packets)
      if step > threshold {
        bounds.append(index)
      } else if step < -threshold {
        // Seen from afar: the step itself is where the view ahead is last the lower one.
        while index + 1 < heights.count,
          Self.step(at: index + 1, from: start, heights, counts, packets) < -threshold
        { index += 1 }
        bounds.append(index)
      }
      index += 1
    }
    bounds.append(heights.count)
    let parts = zip(bounds, bounds.dropFirst()).map { $0..<$1 }.filter { !$0.isEmpty }
    self.parts = parts
    self.heights = parts.map { part in heights[part].min() ?? 0 }
  }

  /// The least value ahead minus the least behind; 0 where there is too little to tell.
  private static func step(
    at index: Int, from start: Int, _ heights: [Double], _ counts: [Int], _ wanted: Int
  ) -> Double {
    var behind = Double.infinity
    var packets = 0
    var position = index
    while position > start, packets < wanted {
      position -= 1
      packets += counts[position]
      behind = min(behind, heights[position])
    }
    guard packets >= wanted / 4 else { return 0 }
    var ahead = Double.infinity
    packets = 0
    position = index
    while position < heights.count, packets < wanted {
      packets += counts[position]
      ahead = min(ahead, heights[position])
      position += 1
    }
    guard packets >= wanted / 4 else { return 0 }
    return ahead - behind
  }

  /// How much the least of as many packets varies by chance, in seconds.
  private static func noise(_ heights: [Double], _ counts: [Int]) -> Double {
    var leasts: [Double] = []
    var packets = 0
    var least = Double.infinity
    for index in heights.indices {
      packets += counts[index]
      least = min(least, heights[index])
      if packets >= Self.packets {
        leasts.append(least)
        packets = 0
        least = .infinity
      }
    }
    let differences = zip(leasts, leasts.dropFirst()).map { abs($0 - $1) }.sorted()
    guard differences.count >= 4 else { return 0 }
    return differences[differences.count / 2] / 1.35 / 1.414
  }
}
