internal import Render
internal import SystemPackage

/// Lhotse's recordings and supervisions as JSON lines; `lhotse validate-pair` takes both.
///
/// The kind of a file is guessed from its name, so these keep theirs. Paths are absolute, since relative
/// ones go by the folder of the reader's process. Channels count from 0.
struct LhotseWriter: CorpusWriter {
  private struct Source: Encodable {
    var type = "file"
    var channels = [0]
    var source: String
  }

  private struct Recording: Encodable {
    var id: String
    var sources: [Source]
    var sampleRate: Int
    var samples: Int64
    var duration: Double
    var channels = [0]

    private enum CodingKeys: String, CodingKey {
      case id, sources
      case sampleRate = "sampling_rate"
      case samples = "num_samples"
      case duration
      case channels = "channel_ids"
    }
  }

  private struct Supervision: Encodable {
    var id: String
    var recording: String
    var start: Double
    var duration: Double
    var channel = 0
    var speaker: String

    private enum CodingKeys: String, CodingKey {
      case id
      case recording = "recording_id"
      case start, duration, channel, speaker
    }
  }

  func write(
    _ corpus: Corpus, part: Int, to folder: FilePath, audio: ExportAudio
  ) throws(RenderError) {
    var recordings = try LineFile(
      creating: folder.appending(corpus.name("recordings.jsonl", part: part)))
    var supervisions = try LineFile(
      creating: folder.appending(corpus.name("supervisions.jsonl", part: part)))
    try corpus.forEachTrack(in: part) { track throws(RenderError) in
      let rate = track.sampleRate
      let path = try audio.absolutePath(of: track.audio, as: track.recording)
      try recordings.append(
        Recording(
          id: track.recording, sources: [Source(source: path)], sampleRate: rate,
          samples: track.samples, duration: Seconds.number(track.samples, rate: rate)))
      for piece in track.pieces {
        try supervisions.append(
          Supervision(
            id: track.utterance(piece), recording: track.recording,
            start: Seconds.number(piece.start, rate: rate),
            duration: Seconds.number(piece.count, rate: rate), speaker: track.speaker))
      }
    }
    try recordings.flush()
    try supervisions.flush()
  }
}
