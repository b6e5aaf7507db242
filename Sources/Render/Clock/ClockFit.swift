/// The least delay of one piece as a function of RTP time: a straight line for the sender's rate,
/// steps where the route changed, and a slow wander along the line.
///
/// All in seconds, relative to the stream's first packet.
struct ClockFit {
  /// A stretch between route changes.
  struct Level {
    /// Bins of the piece that it covers; ascending and without holes between levels.
    var bins: Range<Int>
    /// Height over the line, ascending in x.
    var knots: [(x: Double, y: Double)]

    func height(at x: Double) -> Double {
      guard let first = knots.first, let last = knots.last else { return 0 }
      if x <= first.x { return first.y }
      if x >= last.x { return last.y }
      var low = 0
      var high = knots.count - 1
      while high - low > 1 {
        let middle = (low + high) / 2
        if knots[middle].x <= x { low = middle } else { high = middle }
      }
      let a = knots[low]
      let b = knots[high]
      return a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x)
    }
  }

  /// Seconds of delay gained for each second of RTP time; minus the sender's ppm.
  let slope: Double
  let levels: [Level]

  /// Knots are at most so far apart where people talk, in seconds.
  private static let knotSpacing = 120.0
  /// A knot stands on so many packets, or the window grows: the more, the more their least varies,
  /// so that it varies by about `knotNoise` seconds.
  private static let knotPackets = 500...20_000
  private static let knotNoise = 0.0003
  /// The rate of a quartz changes by less than this within a piece.
  private static let wander = 3e-6

  /// Whether so much speech tells a rate of its own.
  static func isMeasurable(seconds: Double, packets: Int) -> Bool {
    seconds >= 20 && packets >= 500
  }

  /// Fits a piece.
  ///
  /// - Parameters:
  ///   - range: The piece's bins.
  ///   - rate: The slope that was found over the whole life, where known well enough to start from.
  init(bins: [ClockBin], in range: Range<Int>, rate: Double) {
    let x = range.map { bins[$0].rtpSeconds }
    // Weak bins bear nothing down where there are others.
    let isWeakOnly = range.allSatisfy { bins[$0].isWeak }
    let y = range.map { bins[$0].isWeak && !isWeakOnly ? .infinity : bins[$0].delaySeconds }
    let counts = range.map { bins[$0].isWeak && !isWeakOnly ? 0 : Int(bins[$0].count) }
    let packets = counts.reduce(0, +)
    let span = (x.max() ?? 0) - (x.min() ?? 0)
    guard Self.isMeasurable(seconds: span, packets: packets) else {
      // Too short for a rate or a route of its own.
      let height = x.indices.reduce(Double.infinity) { min($0, y[$1] - rate * x[$1]) }
      slope = rate
      levels = [Level(bins: range, knots: [(x: x.first ?? 0, y: height)])]
      return
    }
    let shifts = RouteChanges(
      heights: x.indices.map { y[$0] - rate * x[$0] }, counts: counts)
    // The line is fitted with the steps taken out, so that a route change is no drift.
    var points: [(x: Double, y: Double)] = []
    points.reserveCapacity(x.count)
    for (step, part) in shifts.parts.enumerated() {
      let height = shifts.heights[step]
      for index in part where y[index].isFinite {
        points.append((x[index], y[index] - height))
      }
    }
    let line = LowerLine(under: points)
    let slope = line.map { abs($0.slope - rate) < 100e-6 ? $0.slope : rate } ?? rate
    self.slope = slope
    // The least of n is about n times nearer than the least of one.
    let wanted = Double(RouteChanges.packets) * min(shifts.noise / Self.knotNoise, 1_000)
    let packetsPerKnot = min(
      max(Int(wanted), Self.knotPackets.lowerBound), Self.knotPackets.upperBound)
    let heights = x.indices.map { y[$0] - slope * x[$0] }
    levels = shifts.parts.map { part in
      Level(
        bins: part.lowerBound + range.lowerBound..<part.upperBound + range.lowerBound,
        knots: Self.knots(
          x: x, heights: heights, counts, part, packetsPerKnot: packetsPerKnot))
    }
  }

  private static func knots(
    x: [Double], heights: [Double], _ counts: [Int], _ part: Range<Int>, packetsPerKnot: Int
  ) -> [(x: Double, y: Double)] {
    var knots: [(x: Double, y: Double)] = []
    var start = part.lowerBound
    while start < part.upperBound {
      var end = start
      var packets = 0
      var least = Double.infinity
      while end < part.upperBound, packets < packetsPerKnot || x[end] - x[start] < knotSpacing {
        packets += counts[end]
        least = min(least, heights[end])
        end += 1
      }
      if isFew(counts[end..<part.upperBound], than: packetsPerKnot) {
        for index in end..<part.upperBound { least = min(least, heights[index]) }
        end = part.upperBound
      }
      if least.isFinite { knots.append((x: (x[start] + x[end - 1]) / 2, y: least)) }
      start = end
    }
    // Windows in which no packet came at its earliest stand out upwards: hold them down.
    for index in knots.indices.dropFirst() {
      let reach = wander * max(0, knots[index].x - knots[index - 1].x)
      knots[index].y = min(knots[index].y, knots[index - 1].y + reach)
    }
    for index in knots.indices.dropLast().reversed() {
      let reach = wander * max(0, knots[index + 1].x - knots[index].x)
      knots[index].y = min(knots[index].y, knots[index + 1].y + reach)
    }
    return knots
  }

  /// Whether the packets of the rest are fewer than a knot needs; stops counting there.
  private static func isFew(_ counts: ArraySlice<Int>, than limit: Int) -> Bool {
    var packets = 0
    for count in counts {
      packets += count
      if packets >= limit { return false }
    }
    return true
  }

  /// The least delay at an RTP time, on the level that covers a bin.
  func delay(at x: Double, level: Int) -> Double { slope * x + levels[level].height(at: x) }

  /// The level that covers a bin of the piece.
  func level(ofBin bin: Int) -> Int {
    var index = 0
    while index + 1 < levels.count, levels[index + 1].bins.lowerBound <= bin { index += 1 }
    return index
  }
}
