/// Text of others, made safe to show.
public enum DisplayText {
  /// `text` on one line, with everything escaped that could move a terminal's cursor, begin a new
  /// line of a log, hide, or turn the direction of writing.
  ///
  /// A space stays a space; a control character is shown as `\u{1b}`. Joiners stay between letters
  /// and emoji, which are written with them.
  ///
  /// - Parameters:
  ///   - text: Text from anywhere.
  ///   - limit: The most characters shown; of a longer text the rest becomes `…`.
  public static func sanitized(_ text: String, limit: Int = 2000) -> String {
    var shown = ""
    var characters = 0
    // A character may have any number of combining marks: what they take is limited too.
    var scalars = 0
    for character in text {
      guard characters < limit, scalars < 8 * limit else { return shown + "…" }
      characters += 1
      let joined = character.unicodeScalars.count > 1
      for scalar in character.unicodeScalars {
        scalars += 1
        guard scalars < 8 * limit else { break }
        if isSafe(scalar) || (joined && scalar == "\u{200D}") {
          shown.unicodeScalars.append(scalar)
        } else {
          shown += "\\u{" + String(scalar.value, radix: 16) + "}"
        }
      }
    }
    return shown
  }

  /// Whether a scalar is shown as itself: not a control, not invisible, not a line's end.
  package static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
    if (0x20..<0x7F).contains(scalar.value) { return true }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
      .unassigned:
      return false
    default: return true
    }
  }
}
