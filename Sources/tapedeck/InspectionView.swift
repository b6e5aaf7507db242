internal import CaptureLog
internal import Render

/// An inspection as text for people.
struct InspectionView {
  private static let nameWidth = 20
  private static let blocks = Array(" ▁▂▃▄▅▆▇█")
  private static let shades = Array(" .:-=+*#%")

  /// Columns to fill at most.
  let width: Int
  let usesBlocks: Bool

  var timelineWidth: Int { max(20, width - Self.nameWidth - 1) }

  func text(_ inspection: CaptureInspection) -> String {
    var lines = head(inspection) + problems(inspection)
    if inspection.speakers.isEmpty {
      lines.append("")
      lines.append("nobody spoke")
    } else {
      lines += [""] + table(inspection.speakers) + [""] + timeline(inspection)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: Head

  private func head(_ inspection: CaptureInspection) -> [String] {
    let session = inspection.session
    let state =
      inspection.isLive
      ? "being written" : inspection.isComplete ? "complete" : "did not end by itself"
    var rows: [(String, String)] = [("capture", "\(Terminal.escaped(session.id)) (\(state))")]
    rows.append(
      (
        "channel",
        named(session.channelName, session.channelID)
          + " in " + named(session.guildName, session.guildID)
      ))
    rows.append(
      (
        "time",
        "\(UTCTime.text(unixNanoseconds: inspection.zero)), "
          + ClockText.duration(inspection.seconds)
      ))
    rows.append(
      ("source", "\(Terminal.escaped(session.source)), \(Terminal.escaped(session.build))"))
    rows.append(("encryption", encryption(inspection)))
    rows.append(
      (
        "log",
        "\(Self.count(inspection.segments, "segment")), \(Self.size(inspection.bytes)); "
          + datagrams(inspection)
      ))
    if !inspection.participants.isEmpty {
      rows.append(("silent", inspection.participants.joined(separator: " ")))
    }
    return rows.flatMap { row($0.0, $0.1) }
  }

  private func named(_ name: String?, _ id: String) -> String {
    guard let name else { return Terminal.escaped(id) }
    return "\(Terminal.escaped(name)) (\(Terminal.escaped(id)))"
  }

  private func encryption(_ inspection: CaptureInspection) -> String {
    var modes: [String] = []
    for connection in inspection.connections {
      let dave = connection.dave > 0 ? "end-to-end (DAVE \(connection.dave))" : "not end-to-end"
      let text = "\(Terminal.escaped(connection.mode)), \(dave)"
      if !modes.contains(text) { modes.append(text) }
    }
    if let hasKeys = inspection.hasKeys {
      modes.append(hasKeys ? "key at hand" : "no key at hand")
    } else {
      modes.append("not encrypted at rest")
    }
    return modes.joined(separator: "; ")
  }

  private func datagrams(_ inspection: CaptureInspection) -> String {
    let counts = inspection.counts
    let voice = inspection.speakers.reduce(0) { $0 + $1.packets }
    let parts: [(UInt64, String)] = [
      (UInt64(max(voice, 0)), "voice"), (counts.rtcp, "RTCP"), (counts.keepalive, "keepalive"),
      (counts.discovery, "discovery"), (counts.otherRTP, "other RTP"), (counts.foreign, "foreign"),
      (counts.outbound, "sent"),
    ]
    return "packets: "
      + parts.filter { $0.0 > 0 || $0.1 == "voice" }
      .map { "\($0.0) \($0.1)" }.joined(separator: ", ")
  }

  private func problems(_ inspection: CaptureInspection) -> [String] {
    var lines: [String] = []
    if let first = inspection.damages.first {
      let place =
        "\(first.cause.rawValue) in \(Terminal.escaped(first.segment)) at byte \(first.offset)"
      lines += row(
        "damage", Self.count(inspection.damageCount, "range") + ", the first: \(place)")
    }
    for (place, packets) in inspection.drops.sorted(by: { $0.key < $1.key }) where packets > 0 {
      lines += row("dropped", "\(packets) packets: \(Terminal.escaped(place))")
    }
    return lines
  }

  /// A label and its text, broken at spaces to the width.
  private func row(_ label: String, _ text: String) -> [String] {
    let indent = 12
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, Terminal.columns(line) + 1 + Terminal.columns(String(word)) > width - indent
      {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    lines.append(line)
    return lines.enumerated().map { index, line in
      Terminal.fitted(index == 0 ? label : "", to: indent) + line
    }
  }

  // MARK: Speakers

  private func table(_ speakers: [CaptureInspection.Speaker]) -> [String] {
    let columns = ["packets", "loss", "gaps", "jitter", "drift", "talk", "e2ee"]
    let widths = [8, 6, 6, 8, 9, 8, 7]
    var lines = [
      Terminal.fitted("speaker", to: Self.nameWidth)
        + zip(columns, widths).map { Self.right($0, $1) }.joined(separator: " ")
    ]
    for speaker in speakers {
      let cells = [
        String(speaker.packets), Self.decimal(speaker.loss * 100, 1) + "%", String(speaker.gaps),
        Self.decimal(speaker.jitterMilliseconds, 1) + " ms",
        speaker.ppm.map { Self.signed($0) + " ppm" } ?? "-",
        ClockText.duration(speaker.talkSeconds), speaker.e2ee.rawValue,
      ]
      lines.append(
        Terminal.fitted(label(speaker), to: Self.nameWidth)
          + zip(cells, widths).map { Self.right($0, $1) }.joined(separator: " "))
    }
    return lines
  }

  private func timeline(_ inspection: CaptureInspection) -> [String] {
    let end = ClockText.duration(inspection.seconds)
    let space = max(1, timelineWidth - 1 - end.count)
    var lines = [
      String(repeating: " ", count: Self.nameWidth) + "0" + String(repeating: " ", count: space)
        + end
    ]
    let signs = usesBlocks ? Self.blocks : Self.shades
    for speaker in inspection.speakers {
      let bar = speaker.activity.map { share -> Character in
        guard share > 0 else { return signs[0] }
        return signs[min(signs.count - 1, 1 + Int(share * Double(signs.count - 1)))]
      }
      lines.append(Terminal.fitted(label(speaker), to: Self.nameWidth - 1) + " " + String(bar))
    }
    return lines
  }

  private func label(_ speaker: CaptureInspection.Speaker) -> String {
    guard let name = speaker.names.display else { return speaker.id }
    return Terminal.escaped(name, limit: Self.nameWidth)
  }

  // MARK: Numbers

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - Terminal.columns(text))) + text
  }

  static func decimal(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "?" }
    let scale = decimals == 0 ? 1.0 : 10.0
    let tenths = Int((value * scale).rounded())
    guard decimals > 0 else { return String(tenths) }
    return (tenths < 0 ? "-" : "") + "\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }

  private static func signed(_ value: Double) -> String {
    let text = decimal(value, 1)
    return value > 0 && text != "0.0" ? "+" + text : text
  }

  private static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  private static func size(_ bytes: Int64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 1000, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return "\(decimal(value, unit == 0 ? 0 : 1)) \(units[unit])"
  }
}
