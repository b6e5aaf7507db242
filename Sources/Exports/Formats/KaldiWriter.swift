internal import Render
internal import SystemPackage

/// Kaldi's data directory (kaldi-asr.org/doc/data_prep.html): `wav.scp`, `segments`, `utt2spk`, `spk2utt`,
/// `reco2dur`.
///
/// Every file is sorted as `LC_ALL=C sort` does, and by utterance as by speaker. A track without speech
/// is in none of them: `wav.scp` and `segments` must name the same recordings. Paths are absolute, since
/// relative ones go by the folder in which somebody starts a recipe.
struct KaldiWriter: CorpusWriter {
  func write(
    _ corpus: Corpus, part: Int, to folder: FilePath, audio: ExportAudio
  ) throws(RenderError) {
    let folder = try corpus.makeFolder(part, in: folder)
    var scp = try LineFile(creating: folder.appending("wav.scp"))
    var segments = try LineFile(creating: folder.appending("segments"))
    var utterances = try LineFile(creating: folder.appending("utt2spk"))
    var speakers = try LineFile(creating: folder.appending("spk2utt"))
    var durations = try LineFile(creating: folder.appending("reco2dur"))
    var speaker: (name: String, line: String)?
    try corpus.forEachTrack(in: part) { track throws(RenderError) in
      let recording = track.recording
      let path = try audio.absolutePath(of: track.audio, as: recording)
      guard !path.contains(where: \.isWhitespace) else {
        throw RenderError(
          .usage,
          "Kaldi cannot read \(path), which has blanks: export with linked audio to a folder without"
        )
      }
      try scp.append(line: "\(recording) \(path)")
      try durations.append(line: "\(recording) \(track.seconds(track.samples))")
      if speaker?.name != track.speaker {
        if let speaker { try speakers.append(line: speaker.line) }
        speaker = (track.speaker, track.speaker)
      }
      for piece in track.pieces {
        let utterance = track.utterance(piece)
        try segments.append(
          line:
            "\(utterance) \(recording) \(track.seconds(piece.start)) \(track.seconds(piece.end))")
        try utterances.append(line: "\(utterance) \(track.speaker)")
        speaker?.line += " " + utterance
      }
    }
    if let speaker { try speakers.append(line: speaker.line) }
    try scp.flush()
    try segments.flush()
    try utterances.flush()
    try speakers.flush()
    try durations.flush()
  }
}
