extension StreamClock {
  /// The largest bend, in seconds, that is laid out straight.
  private static let straightness = 0.0003
  /// How long speech must still go on, in seconds, for a route change inside it to be followed at
  /// once and not at the next pause.
  private static let patience = 10.0

  /// Fits the clock to what pass 1 recorded.
  init(_ recorder: ClockRecorder) {
    let bins = recorder.bins
    let spurts = recorder.spurts
    let layout = ClockLayout(spurts: spurts, bins: bins, jitter: recorder.meanJitter)
    pieces = layout.pieces.count
    sections.reserveCapacity(spurts.count)
    var deviations: [Double] = []
    var talk = 0.0
    var drift = 0.0
    var index = 0
    while index < layout.pieces.count {
      var end = index
      while end < layout.pieces.count, layout.pieces[end].life == layout.pieces[index].life {
        end += 1
      }
      let life = layout.pieces[index..<end].map { Self.bins(of: $0.spurts, spurts, bins.count) }
      let rate = ClockRate.rate(bins: bins, pieces: life)
      for piece in index..<end {
        let range = life[piece - index]
        let fit = ClockFit(bins: bins, in: range, rate: rate)
        appendSections(
          of: layout.pieces[piece].spurts, fit: fit, spurts: spurts, recorder: recorder)
        let weight = Double(range.count)
        talk += weight
        drift += weight * fit.slope
        for bin in range where !bins[bin].isWeak {
          let level = fit.level(ofBin: bin)
          let expected = fit.delay(at: bins[bin].rtpSeconds, level: level)
          deviations.append(abs(bins[bin].delaySeconds - expected))
        }
      }
      index = end
    }
    if talk > 0 { ppm = -drift / talk * 1e6 }
    deviations.sort()
    if !deviations.isEmpty { residualMilliseconds = deviations[deviations.count / 2] * 1e3 }
  }

  private static func bins(
    of range: Range<Int>, _ spurts: [SpurtMark], _ count: Int
  ) -> Range<Int> {
    let start = Int(spurts[range.lowerBound].firstBin)
    let end = range.upperBound < spurts.count ? Int(spurts[range.upperBound].firstBin) : count
    return start..<end
  }

  private mutating func appendSections(
    of range: Range<Int>, fit: ClockFit, spurts: [SpurtMark], recorder: ClockRecorder
  ) {
    var next = range.lowerBound
    while next < range.upperBound {
      var spurt = spurts[next]
      // A stall inside a piece is no pause: the spurt goes on.
      var index = next
      while index + 1 < range.upperBound, spurts[index + 1].boundary == .standing {
        index += 1
        spurt.lastTimestamp = spurts[index].lastTimestamp
      }
      next = index + 1
      let start = Double(spurt.firstTimestamp - recorder.baseTimestamp) / 48_000
      let end = Double(spurt.lastTimestamp - recorder.baseTimestamp) / 48_000
      var level = fit.level(ofBin: Int(spurt.firstBin))
      var from = start
      // Route changes inside the spurt, where it goes on for long.
      let lastBin =
        index + 1 < spurts.count ? Int(spurts[index + 1].firstBin) : recorder.bins.count
      while level + 1 < fit.levels.count, fit.levels[level + 1].bins.lowerBound < lastBin {
        let change = recorder.bins[fit.levels[level + 1].bins.lowerBound].rtpSeconds
        guard end - change > Self.patience, change > from else { break }
        appendStretch(from: from, to: change, level: level, fit, spurt, recorder)
        from = change
        level += 1
      }
      appendStretch(from: from, to: max(end, from), level: level, fit, spurt, recorder)
    }
  }

  /// Lays out a stretch on one level as few straight sections.
  private mutating func appendStretch(
    from: Double, to: Double, level: Int, _ fit: ClockFit, _ spurt: SpurtMark,
    _ recorder: ClockRecorder
  ) {
    var points = [(x: from, y: fit.delay(at: from, level: level))]
    for knot in fit.levels[level].knots where knot.x > from && knot.x < to {
      points.append((x: knot.x, y: fit.delay(at: knot.x, level: level)))
    }
    if to > from { points.append((x: to, y: fit.delay(at: to, level: level))) }
    var start = 0
    repeat {
      var end = min(start + 1, points.count - 1)
      while end + 1 < points.count, Self.isStraight(points, start, end + 1) { end += 1 }
      let a = points[start]
      let b = points[end]
      let slope = b.x > a.x ? (b.y - a.y) / (b.x - a.x) : fit.slope
      let timestamp = recorder.baseTimestamp + Int64((a.x * 48_000).rounded())
      let rtp = ClockRecorder.nanoseconds(timestamp - recorder.baseTimestamp)
      sections.append(
        Section(
          firstSequence: spurt.firstSequence, firstTimestamp: timestamp,
          time: recorder.baseArrival + rtp + Int64((a.y * 1e9).rounded()),
          slope: Float(slope), length: UInt32(clamping: Int64(((b.x - a.x) * 48_000).rounded()))))
      start = end
    } while start + 1 < points.count
  }

  private static func isStraight(
    _ points: [(x: Double, y: Double)], _ start: Int, _ end: Int
  ) -> Bool {
    let a = points[start]
    let b = points[end]
    for index in start + 1..<end {
      let expected = a.y + (b.y - a.y) * (points[index].x - a.x) / (b.x - a.x)
      if abs(points[index].y - expected) > straightness { return false }
    }
    return true
  }
}
