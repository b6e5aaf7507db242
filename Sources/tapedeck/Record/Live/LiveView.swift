/// The lines of the live view: what a recording looks like on a terminal of some size.
struct LiveView {
  /// Names that take more than this are cut also where there is room.
  private static let longestName = 40
  /// A terminal whose size makes no sense gets this.
  private static let leastWidth = 20
  private static let leastHeight = 4

  var width: Int
  var height: Int
  /// What the keys do; empty where none are read.
  var help = "m mark   s stop"

  /// At most `height - 1` lines of fewer than `width` columns each, so that nothing wraps or
  /// scrolls. What matters most stays where there is not room for all: the warnings, then who talks.
  func lines(_ status: LiveStatus) -> [String] {
    let columns = max(width, Self.leastWidth) - 1
    let room = max(height, Self.leastHeight) - 1
    let head = [title(status), figures(status)]
    let warnings = status.warnings.suffix(max(1, room / 3)).map {
      "! " + Terminal.escaped($0, limit: 300)
    }
    let foot = help.isEmpty || room < 5 ? [] : [help]
    let left = room - head.count - warnings.count - foot.count
    let table = left > 0 ? speakers(status, lines: left, columns: columns) : []
    return (head + warnings + table + foot).prefix(room).map { cut($0, columns) }
  }

  private func title(_ status: LiveStatus) -> String {
    let word =
      switch status.connection {
      case .joining: "JOINING"
      case .recording: "REC"
      case .reconnecting: "RECONNECTING"
      case .ended: "ENDED"
      }
    let place = [status.guild, status.channel].filter { !$0.isEmpty }
      .map { Terminal.escaped($0, limit: Self.longestName) }.joined(separator: " / ")
    return "\(word) \(LiveStatus.clock(status.elapsed))  \(place)"
  }

  private func figures(_ status: LiveStatus) -> String {
    var parts = ["\(LiveStatus.number(status.packets)) packets"]
    if status.drops > 0 { parts.append("\(LiveStatus.number(status.drops)) DROPPED") }
    parts.append(MachineChecks.size(status.bytes))
    if let free = status.diskFree { parts.append("\(MachineChecks.size(free)) free") }
    parts.append(Terminal.escaped(status.endToEnd.text, limit: 80))
    return parts.joined(separator: "  ")
  }

  private func speakers(_ status: LiveStatus, lines: Int, columns: Int) -> [String] {
    guard !status.speakers.isEmpty else { return ["  nobody has been heard yet"] }
    // Who talks must show; the order stays otherwise, so that lines do not jump about.
    let shown: [LiveStatus.Speaker]
    let capacity = status.speakers.count < lines ? lines - 1 : max(lines - 2, 1)
    if status.speakers.count <= capacity {
      shown = status.speakers
    } else {
      let first = (status.talking + status.speakers.filter { !$0.isTalking }).prefix(capacity)
      let ids = Set(first.map(\.id))
      shown = Array(status.speakers.filter { ids.contains($0.id) }.prefix(capacity))
    }
    let names = shown.map { speaker in
      Terminal.escaped(speaker.name, limit: Self.longestName) + (speaker.isBot ? " (bot)" : "")
    }
    let numbers = 20
    let widest = max(names.map(Terminal.columns).max() ?? 0, 7)
    let nameWidth = max(min(widest, columns - numbers - 2), 4)
    var result: [String] = []
    if lines > 1 {
      result.append(
        "  " + Terminal.fitted("SPEAKER", to: nameWidth) + Self.right("PACKETS", 12)
          + Self.right("LOSS", 8))
    }
    result += zip(shown, names).map { speaker, name in
      (speaker.isTalking ? "> " : "  ") + Terminal.fitted(name, to: nameWidth)
        + Self.right(LiveStatus.number(speaker.packets), 12)
        + Self.right(LiveStatus.percent(speaker.loss), 8)
    }
    let hidden = status.speakers.count - shown.count
    if hidden > 0, result.count < lines { result.append("  and \(hidden) more") }
    return result
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.utf8.count)) + text
  }

  /// The line in so many columns, without blanks at its end.
  private func cut(_ line: String, _ columns: Int) -> String {
    guard Terminal.columns(line) > columns else {
      var line = line
      while line.last == " " { line.removeLast() }
      return line
    }
    return Terminal.fitted(line, to: columns)
  }
}
