/// What is told of a recording where there is no terminal: a line when something changes, and one
/// a minute. Alerts and warnings are told as they come, by ``RecordSupervisor``.
struct PlainView {
  private static let interval = 60.0

  private var last: LiveStatus?
  private var nextRegular = 0.0

  /// The lines that a new state calls for.
  mutating func lines(_ status: LiveStatus) -> [String] {
    defer { last = status }
    var lines: [String] = []
    if status.connection != last?.connection, let line = connection(status) { lines.append(line) }
    if status.connection == .recording, status.endToEnd != last?.endToEnd {
      lines.append(Terminal.escaped(status.endToEnd.text, limit: 80))
    }
    let known = Set(last?.speakers.map(\.id) ?? [])
    for speaker in status.speakers where !known.contains(speaker.id) {
      lines.append("heard: \(Terminal.escaped(speaker.name)) (\(Terminal.escaped(speaker.id)))")
    }
    if status.elapsed >= nextRegular, status.connection == .recording {
      if nextRegular > 0 { lines.append(summary(status)) }
      nextRegular = (status.elapsed / Self.interval).rounded(.down) * Self.interval + Self.interval
    }
    return lines
  }

  /// Nil at the end, which is told with its reason when all is written.
  private func connection(_ status: LiveStatus) -> String? {
    let place = [status.guild, status.channel].filter { !$0.isEmpty }
      .map { Terminal.escaped($0, limit: 60) }.joined(separator: " / ")
    return switch status.connection {
    case .joining: "joining \(place)"
    case .recording: "recording \(place)"
    case .reconnecting: "the connection is lost; reconnecting"
    case .ended: nil
    }
  }

  private func summary(_ status: LiveStatus) -> String {
    var parts = [
      LiveStatus.clock(status.elapsed), "\(status.talking.count) talking",
      "\(status.packets) packets", MachineChecks.size(status.bytes),
    ]
    if status.drops > 0 { parts.append("\(status.drops) dropped") }
    return parts.joined(separator: ", ")
  }
}
