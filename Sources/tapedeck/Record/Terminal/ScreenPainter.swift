/// Redraws some lines in place without flicker: only lines that changed are written, nothing is
/// cleared before it is written over, and one frame is one text.
///
/// It works below what is on the screen already, so that nothing of the shell's is lost.
struct ScreenPainter {
  private static let escape = "\u{1B}["
  /// Terminals that know it show what is between as a whole; others ignore it.
  private static let begin = escape + "?2026h"
  private static let commit = escape + "?2026l"
  static let hideCursor = escape + "?25l"
  static let showCursor = escape + "?25h"
  private static let clearLine = escape + "K"
  private static let clearBelow = escape + "J"

  private var shown: [String] = []
  private var size = (width: 0, height: 0)
  private var isBegun = false

  /// What to write for the frame to be shown.
  mutating func frame(_ lines: [String], width: Int, height: Int) -> String {
    guard lines != shown || (width, height) != size else { return "" }
    var text = isBegun ? "" : Self.hideCursor
    isBegun = true
    if (width, height) != size, !shown.isEmpty {
      // The terminal may have wrapped the lines anew: nothing of the old is where it was.
      text += toTop() + Self.clearBelow
      shown = []
    }
    size = (width, height)
    text += toTop()
    for (index, line) in lines.enumerated() {
      if index > 0 { text += "\r\n" }
      let isLast = index == lines.count - 1
      if isLast, shown.count > lines.count {
        // From behind the last line on, so that no line is cleared before it is written.
        text += line + Self.clearBelow
      } else if index >= shown.count || shown[index] != line {
        text += line + Self.clearLine
      }
    }
    shown = lines
    return Self.begin + text + "\r" + Self.commit
  }

  /// What to write for a line above the frame, which scrolls away with the rest.
  mutating func above(_ line: String) -> String {
    guard !shown.isEmpty else { return line + "\r\n" }
    let top = toTop() + Self.clearBelow
    let lines = shown
    return Self.begin + top + line + "\r\n" + lines.joined(separator: "\r\n") + "\r" + Self.commit
  }

  /// What to write when no more frames come. The last one stays, unless it is cleared.
  mutating func end(clearing: Bool = false) -> String {
    guard isBegun else { return "" }
    defer { (shown, isBegun) = ([], false) }
    return (clearing ? toTop() + Self.clearBelow : (shown.isEmpty ? "" : "\r\n")) + Self.showCursor
  }

  /// From the last line of the frame, where the cursor is kept, to the first.
  private func toTop() -> String {
    shown.count > 1 ? "\r" + Self.escape + "\(shown.count - 1)A" : "\r"
  }
}
