internal import CaptureSynthesis
internal import DiscordSimulator
internal import Render

/// What the demo over real sockets tells people: who said when, and how far that is from the truth.
struct LiveDemoReport {
  var outcome: LiveDemo.Outcome

  var text: String {
    let manifest = outcome.manifest
    let rate = Double(max(manifest.sampleRate, 1))
    var lines = [
      "Recorded over real sockets, end-to-end encrypted (\(outcome.epochs) epochs of keys), with "
        + "\(LiveStatus.percent(LiveDemo.loss)) loss and \(LiveDemo.jitterMilliseconds) ms of jitter.",
      "", "Who said when:",
    ]
    let segments = manifest.speakers.flatMap { speaker in
      speaker.segments.map { (speaker: speaker, range: $0) }
    }.sorted { $0.range.start < $1.range.start }
    for (speaker, range) in segments.prefix(40) {
      let name = speaker.names.nick ?? speaker.names.global ?? speaker.names.username ?? speaker.id
      lines.append(
        "  \(Self.time(Double(range.start) / rate)) to \(Self.time(Double(range.end) / rate))  "
          + Terminal.escaped(name, limit: 40))
    }
    if segments.count > 40 { lines.append("  and \(segments.count - 40) more") }
    lines += [
      "", "Alignment error in ms: placed minus (true time + the path's least delay), all packets:",
    ]
    let table = ColumnTable(
      [
        .init(title: "SPEAKER"), .init(title: "SENT", isNumber: true),
        .init(title: "LOST", isNumber: true), .init(title: "EARLY", isNumber: true),
        .init(title: "AFTER", isNumber: true), .init(title: "PLACED", isNumber: true),
        .init(title: "P50", isNumber: true), .init(title: "P99", isNumber: true),
        .init(title: "MAX", isNumber: true),
      ],
      rows: outcome.speakers.map { speaker in
        [
          speaker.name, "\(speaker.sent)", "\(speaker.lost)", "\(speaker.early)",
          "\(speaker.afterLeaving)", "\(speaker.placed)",
          Self.milliseconds(speaker.error.median), Self.milliseconds(speaker.error.p99),
          Self.milliseconds(speaker.error.maximum),
        ]
      })
    lines += table.lines(width: nil).map { "  " + $0 }
    lines.append(
      "  EARLY: encrypted before the recorder was in the call. AFTER: on the way when it left.")
    lines += [
      "", "Files:", "  capture  \(outcome.capture)", "  tracks   \(outcome.tracks)/manifest.json",
    ]
    lines += manifest.speakers.map { "           \(outcome.tracks)/\($0.file)" }
    return lines.joined(separator: "\n")
  }

  private static func time(_ seconds: Double) -> String {
    let tenths = Int((max(0, seconds) * 10).rounded())
    return LiveStatus.clock(Double(tenths / 10)) + ".\(tenths % 10)"
  }

  private static func milliseconds(_ value: Double?) -> String {
    guard let value else { return "-" }
    let hundredths = Int((value * 100).rounded())
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }
}
