/// Text of others, made safe to show.
public enum DisplayText {
  /// `text` on one line, with everything escaped that could move a terminal's cursor, begin a new
  /// line of a log or turn the direction of writing.
  ///
  /// - Parameter limit: The most characters shown; what is cut ends with `…`.
  public static func sanitized(_ text: String, limit: Int = 2000) -> String {
    var shown = ""
    for scalar in text.prefix(limit).unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse:
        shown += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }
}
