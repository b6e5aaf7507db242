/// The lines of the channel picker, and of the list that goes with a numbered prompt.
struct PickerView {
  private static let help = "up/down choose   Enter record   q leave"

  var width: Int
  var height: Int

  /// At most `height - 1` lines of fewer than `width` columns; the marked channel is among them.
  func lines(_ picker: ChannelPicker) -> [String] {
    let columns = max(width, 20) - 1
    let room = max(height, 4) - 1
    guard !picker.places.channels.isEmpty else {
      return ["There is no voice channel that the bot can see.", "q leave"]
        .map { cut($0, columns) }
    }
    var rows: [String] = []
    var marked = 0
    var guild: String?
    for channel in picker.places.channels {
      if channel.guildID != guild {
        rows.append(Terminal.escaped(channel.guildName))
        guild = channel.guildID
      }
      let isMarked = channel.id == picker.selection
      if isMarked { marked = rows.count }
      rows.append((isMarked ? "> " : "  ") + Self.text(channel))
    }
    let body = max(room - 1, 1)
    // The marked one in the middle, as far as the ends allow.
    let first = max(0, min(marked - body / 2, rows.count - body))
    var shown = Array(rows[first..<min(first + body, rows.count)])
    if room > shown.count { shown.append(Self.help) }
    return shown.map { cut($0, columns) }
  }

  /// Lines with numbers, for terminals that cannot move the cursor.
  static func numbered(_ places: VoicePlaces) -> [String] {
    var guild: String?
    var lines: [String] = []
    for (index, channel) in places.channels.enumerated() {
      if channel.guildID != guild {
        lines.append(Terminal.escaped(channel.guildName))
        guild = channel.guildID
      }
      let number = "\(index + 1)"
      let blank = String(repeating: " ", count: max(0, 4 - number.utf8.count))
      lines.append("\(blank)\(number)  \(text(channel))")
    }
    return lines
  }

  /// The channel that an answer to the prompt means: a number, or the name; nil: none.
  static func choice(_ answer: String, in places: VoicePlaces) -> VoicePlaces.Channel? {
    let text = answer.trimmed
    if let number = Int(text), places.channels.indices.contains(number - 1) {
      return places.channels[number - 1]
    }
    let named = places.channels.filter { $0.name.lowercased() == text.lowercased() }
    return named.count == 1 ? named[0] : nil
  }

  private static func text(_ channel: VoicePlaces.Channel) -> String {
    var text = Terminal.escaped(channel.name, limit: 40)
    if channel.isStage { text += " (stage)" }
    let count = channel.occupants.count
    if let limit = channel.limit { text += "  \(count)/\(limit)" }
    guard count > 0 else { return text + "  -" }
    let names = channel.occupants.prefix(8).map { Terminal.escaped($0, limit: 32) }
    return text + "  " + names.joined(separator: ", ")
      + (count > names.count ? " and \(count - names.count) more" : "")
  }

  private func cut(_ line: String, _ columns: Int) -> String {
    Terminal.columns(line) > columns ? Terminal.fitted(line, to: columns) : line
  }
}
