/// Parts a stream's spurts into pieces within which RTP time ran on one clock.
///
/// A sender whose timestamps run on in pauses is one piece; one whose timestamps stand still gets a
/// new piece at every such pause; a sender that started anew under the same SSRC begins one. What
/// tells a pause with a standing clock from a stall of the network is what comes later: after a
/// stall the delay falls back to what it was, after a pause it never does.
struct ClockLayout {
  /// Spurts on one clock. Pieces of one life share the sender's rate.
  struct Piece: Equatable {
    var spurts: Range<Int>
    /// Counts up where the sender started anew.
    var life: Int
  }

  /// A delay must rise by this much, for good, to count as a pause with a standing clock: half the
  /// shortest pause that is looked for; and by so many times the jitter.
  private static let evidence: Int64 = 30_000_000
  private static let leastJitters: Int64 = 2
  /// So few packets may all have been held up by jitter: only a rise by more times it tells then.
  private static let fewPackets = 50
  private static let manyJitters: Int64 = 8
  /// A jump by more can only be a new beginning, at a pause with running timestamps.
  private static let newBeginning: Int64 = 5_000_000_000
  /// Clocks drift apart by less than this, in nanoseconds a millisecond (300 ppm).
  private static let drift: Int64 = 300

  let pieces: [Piece]

  init(spurts: [SpurtMark], bins: [ClockBin], jitter: Int64 = 0) {
    guard !spurts.isEmpty else {
      pieces = []
      return
    }
    let least = Self.leastDelays(spurts: spurts, bins: bins)
    let starts = spurts.map { Int64(bins[Int($0.firstBin)].arrival) }
    let packets = Self.packets(spurts: spurts, bins: bins)
    let isNewLife = spurts.indices.map { index in
      switch spurts[index].boundary {
      case .start, .restart: true
      case .standing: false
      case .running: (least[index] - least[index - 1]).magnitude > Self.newBeginning
      }
    }
    // The least delay from each spurt on, within its life, less what drift explains.
    var future = least
    for index in spurts.indices.dropLast().reversed() where !isNewLife[index + 1] {
      let allowance = Self.drift * (starts[index + 1] - starts[index])
      future[index] = min(least[index], future[index + 1] + max(0, allowance))
    }
    var pieces: [Piece] = []
    var start = 0
    var life = -1
    while start < spurts.count {
      var end = start + 1
      while end < spurts.count, !isNewLife[end] { end += 1 }
      life += 1
      let breaks = Self.breaks(
        in: start..<end, spurts: spurts, least: least, future: future, starts: starts,
        packets: packets, jitter: jitter)
      var pieceStart = start
      for index in breaks + [end] {
        pieces.append(Piece(spurts: pieceStart..<index, life: life))
        pieceStart = index
      }
      start = end
    }
    self.pieces = pieces
  }

  /// The spurts of a life before which the sender's clock stood; none if it ran through more pauses
  /// than that.
  private static func breaks(
    in life: Range<Int>, spurts: [SpurtMark], least: [Int64], future: [Int64], starts: [Int64],
    packets: [Int], jitter: Int64
  ) -> [Int] {
    let evidence = max(evidence, leastJitters * jitter)
    var breaks: [Int] = []
    var running = 0
    var past = least[life.lowerBound]
    for index in life.dropFirst() {
      let allowance = max(0, drift * (starts[index] - starts[index - 1]))
      if spurts[index].boundary == .running {
        running += 1
      } else if future[index] - past > evidence + allowance,
        packets[index] >= fewPackets || future[index] - past > manyJitters * jitter
      {
        breaks.append(index)
        past = least[index]
        continue
      }
      past = min(past + allowance, least[index])
    }
    return breaks.count > running ? breaks : []
  }

  /// Packets of each spurt.
  private static func packets(spurts: [SpurtMark], bins: [ClockBin]) -> [Int] {
    spurts.indices.map { index in
      let end = index + 1 < spurts.count ? Int(spurts[index + 1].firstBin) : bins.count
      return bins[Int(spurts[index].firstBin)..<end].reduce(0) { $0 + Int($1.count) }
    }
  }

  private static func leastDelays(spurts: [SpurtMark], bins: [ClockBin]) -> [Int64] {
    spurts.indices.map { index in
      let end = index + 1 < spurts.count ? Int(spurts[index + 1].firstBin) : bins.count
      return bins[Int(spurts[index].firstBin)..<end].reduce(Int64.max) { min($0, $1.delay) }
    }
  }
}
