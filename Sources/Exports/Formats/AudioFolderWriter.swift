internal import Render
internal import SystemPackage

/// Hugging Face's AudioFolder: whole tracks and `metadata.jsonl` in a folder for each split.
///
/// There is always such a folder, `train` where nothing is split: without one, file names with words
/// like "test" would become splits of their own and lose their metadata. Ids are strings of JSON, which
/// keeps all digits of a snowflake. Pieces are columns of start and end in seconds, since the format has
/// no offsets.
struct AudioFolderWriter: CorpusWriter {
  private struct Line: Encodable {
    var file: String
    var speaker: String
    var session: String
    var duration: Double
    var starts: [Double]
    var ends: [Double]

    private enum CodingKeys: String, CodingKey {
      case file = "file_name"
      case speaker, session, duration
      case starts = "segment_starts"
      case ends = "segment_ends"
    }
  }

  func write(
    _ corpus: Corpus, part: Int, to folder: FilePath, audio: ExportAudio
  ) throws(RenderError) {
    let name = corpus.parts[part].name.isEmpty ? "train" : corpus.parts[part].name
    let path = folder.appending(name)
    if !FileSystem.exists(path) { try FileSystem.makeFolder(path) }
    var file = try LineFile(creating: path.appending("metadata.jsonl"))
    try corpus.forEachTrack(in: part) { track throws(RenderError) in
      let rate = track.sampleRate
      try file.append(
        Line(
          file: try audio.link(track.audio, as: track.recording, in: name),
          speaker: track.speaker, session: track.session,
          duration: Seconds.number(track.samples, rate: rate),
          starts: track.pieces.map { Seconds.number($0.start, rate: rate) },
          ends: track.pieces.map { Seconds.number($0.end, rate: rate) }))
    }
    try file.flush()
  }
}
