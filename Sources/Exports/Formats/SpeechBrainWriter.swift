internal import Render
internal import SystemPackage

/// SpeechBrain's CSV, `data.csv`: `start` and `stop` are samples, as its audio reader wants them.
///
/// Linked audio is named from `$data_root`, for which recipes fill in the export's folder.
struct SpeechBrainWriter: CorpusWriter {
  func write(
    _ corpus: Corpus, part: Int, to folder: FilePath, audio: ExportAudio
  ) throws(RenderError) {
    var file = try LineFile(creating: folder.appending(corpus.name("data.csv", part: part)))
    try file.append(line: "ID,duration,wav,start,stop,spk_id,wrd")
    try corpus.forEachTrack(in: part) { track throws(RenderError) in
      let path = try self.path(of: track, audio)
      for piece in track.pieces {
        try file.append(
          line: [
            track.utterance(piece), track.seconds(piece.count), path, String(piece.start),
            String(piece.end), track.speaker, "",
          ].joined(separator: ","))
      }
    }
    try file.flush()
  }

  private func path(of track: CorpusTrack, _ audio: ExportAudio) throws(RenderError) -> String {
    let path = try audio.path(of: track.audio, as: track.recording)
    guard !audio.isLinked else { return "$data_root/" + path }
    // A dollar is the beginning of a variable, and there is no way to escape it.
    guard !path.contains("$"), !path.contains(where: \.isNewline) else {
      throw RenderError(
        .usage, "SpeechBrain cannot read \(path): export with linked audio")
    }
    guard path.contains(where: { $0 == "," || $0 == "\"" }) else { return path }
    return "\"" + path.replacing("\"", with: "\"\"") + "\""
  }
}
