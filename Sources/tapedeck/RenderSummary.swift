internal import JSONValues
internal import Render

/// A render in a few numbers.
struct RenderSummary {
  var speakers: Int
  var packets: Int64
  var lost: Int64
  /// Seconds within spurts, all speakers together.
  var speechSeconds: Double
  /// Seconds of the session.
  var audioSeconds: Double

  init(_ manifest: Manifest) {
    let rate = Double(max(manifest.sampleRate, 1))
    speakers = manifest.speakers.count
    packets = manifest.speakers.reduce(0) { $0 + $1.packets.captured }
    lost = manifest.speakers.reduce(0) { $0 + $1.frames.lost }
    speechSeconds = Double(manifest.speakers.reduce(0) { $0 + $1.speechSamples }) / rate
    audioSeconds = Double(manifest.session.samples) / rate
  }

  var fields: [String: JSONValue] {
    [
      "speakers": .integer(Int64(speakers)), "packets": .integer(packets), "lost": .integer(lost),
      "speech_seconds": .number(Self.milli(speechSeconds)),
      "audio_seconds": .number(Self.milli(audioSeconds)),
    ]
  }

  var text: String {
    "\(speakers) \(speakers == 1 ? "speaker" : "speakers"), \(ClockText.duration(speechSeconds)) of speech in "
      + "\(ClockText.duration(audioSeconds)), \(lost) of \(packets + lost) frames lost"
  }

  private static func milli(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
}

/// Lengths of time for people.
enum ClockText {
  /// `1:02:03`, `2:03` or `3.5 s`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "?" }
    if seconds < 60 {
      let tenths = Int((seconds * 10).rounded())
      return "\(tenths / 10).\(tenths % 10) s"
    }
    let whole = Int(seconds.rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    return hours > 0
      ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
  }

  private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
}
