/// A small terminal: what it shows after some text, for the sequences that we write.
struct Screen {
  private(set) var lines: [[Character]] = [[]]
  private(set) var row = 0
  private var column = 0
  private(set) var showsCursor = true
  /// Sequences that it does not know.
  private(set) var unknown: [String] = []
  /// Cells that were written, for counting.
  private(set) var written = 0

  var text: [String] { lines.map { String($0) } }

  mutating func write(_ text: String) {
    var rest = Substring(text)
    while let character = rest.popFirst() {
      switch character {
      case "\r\n": (row, column) = (row + 1, 0)
      case "\r": column = 0
      case "\n": row += 1
      case "\u{1B}": sequence(&rest)
      default: put(character)
      }
      while lines.count <= row { lines.append([]) }
    }
  }

  private mutating func put(_ character: Character) {
    while lines[row].count <= column { lines[row].append(" ") }
    lines[row][column] = character
    column += 1
    written += 1
  }

  private mutating func sequence(_ rest: inout Substring) {
    var body = ""
    guard rest.popFirst() == "[" else { return unknown.append("no CSI") }
    while let next = rest.popFirst() {
      body.append(next)
      if next.isLetter { break }
    }
    switch body {
    case "K": lines[row].removeLast(max(0, lines[row].count - column))
    case "J":
      lines[row].removeLast(max(0, lines[row].count - column))
      lines.removeLast(lines.count - row - 1)
    case "?25l": showsCursor = false
    case "?25h": showsCursor = true
    case "?2026h", "?2026l": break
    default:
      guard body.last == "A", let count = Int(body.dropLast()), count <= row else {
        return unknown.append(body)
      }
      row -= count
    }
  }
}
