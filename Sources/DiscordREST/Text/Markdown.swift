/// Discord's Markdown.
public enum Markdown {
  /// Foreign text, such as a name, that is to appear as it is.
  ///
  /// Markdown is escaped, nothing is a mention, a timestamp, an emoji or a link with another text,
  /// and it stays on one line. `AllowedMentions` keeps a message from notifying anyone; this keeps
  /// it from looking as if it did.
  public static func escape(_ foreignText: String) -> String {
    var escaped = ""
    // What counts at the beginning of a line (quotes, lists, headings) could stand behind blanks.
    var isLineStart = true
    for scalar in foreignText.unicodeScalars {
      if Signs.blanks.contains(scalar) {
        escaped += " "
        continue
      }
      guard DisplayText.isSafe(scalar) || scalar == "\u{200D}" else { continue }
      if Signs.special.contains(scalar)
        || (isLineStart && Signs.specialAtLineStart.contains(scalar))
      {
        escaped += "\\"
      }
      escaped.unicodeScalars.append(scalar)
      isLineStart = isLineStart && ("0"..."9").contains(scalar)
    }
    // `@everyone` and `@here` are found behind a backslash too.
    return neutraliseMentions(escaped)
  }

  /// Text whose Markdown stays, but in which nothing is a mention.
  ///
  /// `<@1>`, `<@&1>`, `<#1>`, `@everyone` and `@here` get an invisible character (U+200B) behind
  /// their sign.
  public static func neutraliseMentions(_ text: String) -> String {
    var neutral = ""
    // Scalars, not characters: of those `<` may be but a part, such as behind U+0602.
    var last: Unicode.Scalar = " "
    var beforeLast: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      if scalar != "\u{200B}", last == "@" || (last == "#" && beforeLast == "<") {
        neutral += "\u{200B}"
      }
      neutral.unicodeScalars.append(scalar)
      beforeLast = last
      last = scalar
    }
    return neutral
  }

  private enum Signs {
    static let blanks = Set<Unicode.Scalar>(["\n", "\r", "\t", "\u{85}", "\u{2028}", "\u{2029}"])
    static let special = Set<Unicode.Scalar>("\\*_~`|<>[]()@#:&".unicodeScalars)
    static let specialAtLineStart = Set<Unicode.Scalar>("-+.".unicodeScalars)
  }
}
