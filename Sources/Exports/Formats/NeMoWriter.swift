internal import Render
internal import SystemPackage

/// A manifest of NVIDIA NeMo: one JSON object a line for each piece, `manifest.json`, of a split
/// `<part>_manifest.json`.
///
/// No `sampling_rate`: NeMo 3.0 takes the length of a piece for that of its recording when it stands
/// beside an offset, and cuts everything behind. `text` is there and empty, since null breaks
/// tokenizers.
struct NeMoWriter: CorpusWriter {
  private struct Line: Encodable {
    var audio: String
    var offset: Double
    var duration: Double
    var text = ""
    var speaker: String
    var id: String

    private enum CodingKeys: String, CodingKey {
      case audio = "audio_filepath"
      case offset, duration, text, speaker
      case id = "utterance_id"
    }
  }

  func write(
    _ corpus: Corpus, part: Int, to folder: FilePath, audio: ExportAudio
  ) throws(RenderError) {
    var file = try LineFile(creating: folder.appending(corpus.name("manifest.json", part: part)))
    try corpus.forEachTrack(in: part) { track throws(RenderError) in
      // Relative paths go by the manifest's folder.
      let path = try audio.path(of: track.audio, as: track.recording)
      for piece in track.pieces {
        try file.append(
          Line(
            audio: path, offset: Seconds.number(piece.start, rate: track.sampleRate),
            duration: Seconds.number(piece.count, rate: track.sampleRate), speaker: track.speaker,
            id: track.utterance(piece)))
      }
    }
    try file.flush()
  }
}

/// Inputs of NeMo's diarization: `manifest.json` with a mix of each session, and its reference as RTTM
/// and UEM in `rttm` and `uem`.
///
/// Everybody is in it who is heard in the mix, also bots.
///
/// NeMo tells sessions apart by the base names of their audio, so each mix is linked under the
/// session's name.
struct NeMoDiarizationWriter: CorpusWriter {
  private struct Line: Encodable {
    var audio: String
    var offset = 0
    var duration: Double
    var label = "infer"
    var text = "-"
    var speakers: Int
    var rttm: String
    var uem: String
    var id: String

    private enum CodingKeys: String, CodingKey {
      case audio = "audio_filepath"
      case offset, duration, label, text
      case speakers = "num_speakers"
      case rttm = "rttm_filepath"
      case uem = "uem_filepath"
      case id = "uniq_id"
    }
  }

  func write(
    _ corpus: Corpus, part: Int, to folder: FilePath, audio: ExportAudio
  ) throws(RenderError) {
    for name in ["rttm", "uem"] where !FileSystem.exists(folder.appending(name)) {
      try FileSystem.makeFolder(folder.appending(name))
    }
    var file = try LineFile(creating: folder.appending(corpus.name("manifest.json", part: part)))
    try corpus.forEachSession(in: part) { session, tracks throws(RenderError) in
      guard let mix = session.mix else {
        throw RenderError(
          .noInput, "session \(session.label) has no mix: render it again with --mix --force")
      }
      let rttm = "rttm/\(session.label).rttm"
      let uem = "uem/\(session.label).uem"
      var turns = try LineFile(creating: folder.appending(rttm))
      for line in RTTMWriter.lines(session, tracks) { try turns.append(line: line) }
      try turns.flush()
      var recorded = try LineFile(creating: folder.appending(uem))
      try recorded.append(line: UEMWriter.line(session))
      try recorded.flush()
      let linked = try audio.link(mix, as: session.label, in: "audio")
      try file.append(
        Line(
          audio: "audio/" + linked,
          duration: Seconds.number(session.samples, rate: session.sampleRate),
          speakers: tracks.count, rttm: rttm, uem: uem, id: session.label))
    }
    try file.flush()
  }
}
