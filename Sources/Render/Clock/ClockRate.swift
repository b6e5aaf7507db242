/// A first estimate of a sender's rate that steps and stalls cannot bend.
enum ClockRate {
  /// Packets that one point stands for.
  private static let packets = 200
  /// Points that a rate is taken from are so far apart, in seconds.
  private static let reach = 4.0...30.0
  /// No quartz is worse.
  private static let limit = 1000e-6

  /// The median slope between the least delays some way apart, within pieces; 0 when there is too
  /// little to tell.
  static func rate(bins: [ClockBin], pieces: [Range<Int>]) -> Double {
    var slopes: [Double] = []
    for piece in pieces {
      let points = points(bins, piece)
      guard let first = points.first, let last = points.last, last.x > first.x else { continue }
      let lag = min(max((last.x - first.x) / 6, reach.lowerBound), reach.upperBound)
      var ahead = 0
      for point in points {
        while ahead < points.count, points[ahead].x - point.x < lag { ahead += 1 }
        guard ahead < points.count else { break }
        slopes.append((points[ahead].y - point.y) / (points[ahead].x - point.x))
        if slopes.count >= 100_000 { break }
      }
    }
    guard slopes.count >= 3 else { return 0 }
    slopes.sort()
    let median = slopes[slopes.count / 2]
    return abs(median) <= limit ? median : 0
  }

  /// The earliest packet of each so many.
  private static func points(
    _ bins: [ClockBin], _ piece: Range<Int>
  ) -> [(x: Double, y: Double)] {
    var points: [(x: Double, y: Double)] = []
    var packets = 0
    var least: ClockBin?
    for index in piece where !bins[index].isWeak {
      packets += Int(bins[index].count)
      if bins[index].delay < least?.delay ?? .max { least = bins[index] }
      if packets >= Self.packets, let bin = least {
        points.append((bin.rtpSeconds, bin.delaySeconds))
        packets = 0
        least = nil
      }
    }
    return points
  }
}
