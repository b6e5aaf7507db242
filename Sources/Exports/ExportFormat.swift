/// A format of another tool that tracks can be exported to.
///
/// What each needs and trips over is said where it is written, in `Formats`.
public enum ExportFormat: String, CaseIterable, Sendable {
  /// NVIDIA NeMo: one JSON object a segment, `manifest.json`.
  case nemo
  /// NeMo's diarization: a mix of each session with its RTTM and UEM.
  case nemoDiarization = "nemo-diar"
  /// Lhotse: `recordings.jsonl` and `supervisions.jsonl`.
  case lhotse
  /// Kaldi's data directory; ESPnet reads it too.
  case kaldi
  /// SpeechBrain: a CSV file.
  case speechbrain
  /// NIST Rich Transcription Time Marked: who spoke when.
  case rttm
  /// NIST Un-partitioned Evaluation Map: what was recorded.
  case uem
  /// Hugging Face AudioFolder: audio with `metadata.jsonl`.
  case audiofolder
  /// Label tracks of Audacity, a file for each track.
  case audacity
  /// Praat TextGrid, a file for each session with a tier for each speaker.
  case textgrid
}
