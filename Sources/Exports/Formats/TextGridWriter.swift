internal import Render
internal import SystemPackage

/// Praat's TextGrid (long form): `<session>.TextGrid`, with an interval tier for each speaker.
///
/// The intervals of a tier cover the whole session without a hole; those with speech have the label
/// `speech`.
struct TextGridWriter: CorpusWriter {
  func write(
    _ corpus: Corpus, part: Int, to folder: FilePath, audio: ExportAudio
  ) throws(RenderError) {
    let folder = try corpus.makeFolder(part, in: folder)
    try corpus.forEachSession(in: part) { session, tracks throws(RenderError) in
      var file = try LineFile(creating: folder.appending(session.label + ".TextGrid"))
      let end = Seconds.text(session.samples, rate: session.sampleRate, decimals: 6)
      try file.append(
        line: """
          File type = "ooTextFile"
          Object class = "TextGrid"

          xmin = 0
          xmax = \(end)
          tiers? <exists>
          size = \(tracks.count)
          item []:
          """)
      for (index, track) in tracks.enumerated() {
        let intervals = Self.intervals(track.pieces, until: session.samples)
        try file.append(
          line: """
                item [\(index + 1)]:
                    class = "IntervalTier"
                    name = "\(track.speaker)"
                    xmin = 0
                    xmax = \(end)
                    intervals: size = \(intervals.count)
            """)
        for (index, interval) in intervals.enumerated() {
          try file.append(
            line: """
                      intervals [\(index + 1)]:
                          xmin = \(track.seconds(interval.range.start))
                          xmax = \(track.seconds(interval.range.end))
                          text = "\(interval.isSpeech ? "speech" : "")"
              """)
        }
      }
      try file.flush()
    }
  }

  /// The pieces and what lies between them.
  static func intervals(
    _ pieces: [SampleRange], until end: Int64
  ) -> [(range: SampleRange, isSpeech: Bool)] {
    var intervals: [(SampleRange, Bool)] = []
    var position: Int64 = 0
    for piece in pieces {
      if piece.start > position {
        intervals.append((SampleRange(start: position, end: piece.start), false))
      }
      intervals.append((piece, true))
      position = piece.end
    }
    if end > position { intervals.append((SampleRange(start: position, end: end), false)) }
    return intervals
  }
}
