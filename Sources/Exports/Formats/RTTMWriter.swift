internal import Render
internal import SystemPackage

/// Who spoke when, as NIST's Rich Transcription Time Marked: `speakers.rttm` over all sessions, whose
/// labels are the file ids.
struct RTTMWriter: CorpusWriter {
  func write(
    _ corpus: Corpus, part: Int, to folder: FilePath, audio: ExportAudio
  ) throws(RenderError) {
    var file = try LineFile(creating: folder.appending(corpus.name("speakers.rttm", part: part)))
    try corpus.forEachSession(in: part) { session, tracks throws(RenderError) in
      for line in Self.lines(session, tracks) { try file.append(line: line) }
    }
    try file.flush()
  }

  /// A session's lines, by time.
  static func lines(_ session: CorpusSession, _ tracks: [CorpusTrack]) -> [String] {
    var turns: [(start: Int64, speaker: String, line: String)] = []
    for track in tracks {
      for piece in track.pieces {
        // A length of its own rounding could reach into the next turn.
        let start = milliseconds(piece.start, track.sampleRate)
        let end = milliseconds(piece.end, track.sampleRate)
        // pyannote drops turns of no length without a word.
        guard end > start else { continue }
        turns.append(
          (
            start, track.speaker,
            "SPEAKER \(session.label) 1 \(text(start)) \(text(end - start)) <NA> <NA> \(track.speaker) <NA> <NA>"
          ))
      }
    }
    turns.sort { ($0.start, $0.speaker) < ($1.start, $1.speaker) }
    return turns.map(\.line)
  }

  private static func milliseconds(_ samples: Int64, _ rate: Int) -> Int64 {
    (2 * samples * 1000 + Int64(rate)) / (2 * Int64(rate))
  }

  private static func text(_ milliseconds: Int64) -> String {
    Seconds.text(milliseconds, rate: 1000, decimals: 3)
  }
}

/// What of the sessions was recorded, as NIST's Un-partitioned Evaluation Map: `recorded.uem`.
struct UEMWriter: CorpusWriter {
  func write(
    _ corpus: Corpus, part: Int, to folder: FilePath, audio: ExportAudio
  ) throws(RenderError) {
    var file = try LineFile(creating: folder.appending(corpus.name("recorded.uem", part: part)))
    try corpus.forEachSession(in: part) { session, _ throws(RenderError) in
      try file.append(line: Self.line(session))
    }
    try file.flush()
  }

  static func line(_ session: CorpusSession) -> String {
    let end = Seconds.text(session.samples, rate: session.sampleRate, decimals: 3)
    return "\(session.label) 1 0.000 \(end)"
  }
}
