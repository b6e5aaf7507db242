/// What a recording tells while it runs.
public enum RecordingUpdate: Sendable {
  /// How it stands, twice a second.
  case status(RecordingStatus)
  /// The recording is in danger.
  case alert(Alert)
  /// The danger is over.
  case cleared(Alert)
  /// Something to know that endangers nothing, in a sentence.
  case warning(String)
  /// Something happened: the kind of the capture's event, and a sentence with ids.
  case event(kind: String, message: String)
  /// It ended; the last one.
  case ended(RecordingEnd)
}
