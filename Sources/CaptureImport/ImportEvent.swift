internal import CaptureLog

/// Where an imported capture came from; readers that do not know it skip it.
struct ImportEvent: CaptureEventPayload {
  static let kind = "import"
  var format: String
  /// The file's name without its folder.
  var file: String
  var counts: ImportCounts
  var message: String {
    "imported from \(format): \(counts.rtp) Opus packets, \(counts.otherRTP) other RTP packets"
  }
}
