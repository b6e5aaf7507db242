internal import Render

/// Where the speech of a track is, for a format.
struct PieceCutter {
  let pieces: ExportOptions.Pieces

  /// The pieces of a speaker.
  ///
  /// - Parameter spurts: The speaker's, where ``needsSpurts``.
  func pieces(of speaker: Manifest.Speaker, spurts: [SampleRange], rate: Int) -> [SampleRange] {
    switch pieces {
    case .segments: speaker.segments
    case .spurts: spurts
    case .turns: Self.turns(spurts, pause: Int64(rate) * 3 / 10)
    case .whole:
      speaker.spurts > 0 && speaker.samples > 0
        ? [SampleRange(start: 0, end: speaker.samples)] : []
    }
  }

  /// Whether `spurts.jsonl` has to be read.
  var needsSpurts: Bool { pieces == .spurts || pieces == .turns }

  /// Spurts over pauses that are no end of a turn: NIST's scoring takes 0.3 s.
  private static func turns(_ spurts: [SampleRange], pause: Int64) -> [SampleRange] {
    var turns: [SampleRange] = []
    for spurt in spurts {
      if let last = turns.last, spurt.start - last.end <= pause {
        turns[turns.count - 1].end = spurt.end
      } else {
        turns.append(spurt)
      }
    }
    return turns
  }
}
