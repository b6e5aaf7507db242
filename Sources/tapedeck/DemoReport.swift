internal import CaptureLog
internal import CaptureSynthesis
internal import Render

/// What the demo tells people.
struct DemoReport {
  var demo: Demo
  var counts: SynthesisCounts
  var manifest: Manifest
  var evaluation: [Demo.Evaluation]

  var text: String {
    var lines = [
      "\(demo.plan.speakers.count) speakers, \(ClockText.duration(Double(demo.plan.duration) / 1e9)): "
        + "\(counts.speech) packets of speech captured, \(counts.lost) lost on the way",
      "",
      "Alignment error in ms: placed minus (true time + the path's least delay), over all packets;",
      "sound: the cross-correlation of the track with the clean voice, in windows of 1 s.",
      "",
    ]
    lines += table(
      [
        [
          "speaker", "drift", "packets", "p50", "p99", "max", "sound p50", "p99", "max", "windows",
        ]
      ] + demo.plan.speakers.indices.map(alignmentRow))
    if demo.plan.speakers.contains(where: { $0.sender.timestamps != .running }) {
      lines += [
        "",
        "* Timestamps stop in pauses, so each spurt can only be anchored by its own packets: the figures",
        "  leave out the least excess delay within the spurt, which no method can know.",
      ]
    }
    lines += [
      "", "Ledger: captured = placed + duplicate + late + not opened + not decoded + other;",
    ]
    lines += ["frames: lost = recovered (FEC) + concealed + silent.", ""]
    lines += table(
      [
        [
          "speaker", "captured", "placed", "duplicate", "late", "unopened", "undecodable", "other",
          "lost", "recovered", "concealed", "silent",
        ]
      ] + manifest.speakers.map(ledgerRow))
    lines += ["", "Files:", "  capture  \(demo.capture)", "  truth    \(demo.truth)"]
    lines += ["  key      \(demo.keys.folder)", "  tracks   \(demo.output)/manifest.json"]
    lines += manifest.speakers.map { speaker in
      "           \(demo.output)/\(speaker.file)  \(Terminal.escaped(speaker.names.username ?? ""))"
    }
    return lines.joined(separator: "\n")
  }

  private func alignmentRow(_ index: Int) -> [String] {
    let speaker = demo.plan.speakers[index]
    let isFrozen = speaker.sender.timestamps != .running
    let placement = evaluation[index].placement
    let error = placement.attributableError
    let lag = evaluation[index].audio.lag
    return [
      speaker.username + (isFrozen ? " *" : ""), "\(Int(speaker.sender.ppm)) ppm",
      "\(placement.placed)/\(placement.delivered)", milliseconds(error.median),
      milliseconds(error.p99), milliseconds(error.maximum), milliseconds(lag.median),
      milliseconds(lag.p99), milliseconds(lag.maximum),
      "\(lag.count)/\(lag.count + evaluation[index].audio.unclear)",
    ]
  }

  private func ledgerRow(_ speaker: Manifest.Speaker) -> [String] {
    let (packets, frames) = (speaker.packets, speaker.frames)
    return [
      Terminal.escaped(speaker.names.username ?? speaker.id), "\(packets.captured)",
      "\(packets.placed)", "\(packets.duplicate)", "\(packets.late)",
      "\(packets.undecryptable.total)", "\(packets.undecodable)",
      "\(packets.other + packets.excluded)", "\(frames.lost)", "\(frames.recovered)",
      "\(frames.concealed)", "\(frames.silent)",
    ]
  }

  private func milliseconds(_ value: Double?) -> String {
    guard let value else { return "-" }
    let hundredths = Int((value * 100).rounded())
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }

  /// Rows of cells: the first column to the left, the others to the right.
  private func table(_ rows: [[String]]) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in
      rows.map { Terminal.columns($0[column]) }.max() ?? 0
    }
    return rows.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let blank = String(repeating: " ", count: cell.1 - Terminal.columns(cell.0))
        return column == 0 ? cell.0 + blank : blank + cell.0
      }.joined(separator: "  ")
    }
  }
}
