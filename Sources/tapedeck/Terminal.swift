internal import Glibc

/// Text on a terminal: its width, and names that cannot do anything to it.
enum Terminal {
  /// True when the descriptor is a terminal that understands carriage returns.
  static func isTerminal(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1 && environment("TERM") != "dumb"
  }

  /// Columns of the terminal on the descriptor, 80 where there is none.
  static func width(_ descriptor: Int32) -> Int {
    var size = winsize()
    if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return environment("COLUMNS").flatMap(Int.init).map { max($0, 20) } ?? 80
  }

  /// Lines of the terminal on the descriptor, 24 where there is none.
  static func height(_ descriptor: Int32) -> Int {
    var size = winsize()
    let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0
    return isKnown ? Int(size.ws_row) : 24
  }

  /// Writes text to standard error, as it is.
  ///
  /// - Parameter isExpendable: Whether it may be left out when the reader has stalled.
  static func show(_ text: String, isExpendable: Bool = false) {
    Output.write([UInt8](text.utf8), to: STDERR_FILENO, isExpendable: isExpendable)
  }

  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// Whether the locale is one of UTF-8, as far as the environment says.
  static var showsUnicode: Bool {
    let locale =
      ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(environment).first { !$0.isEmpty } ?? ""
    let name = locale.lowercased()
    return name.hasSuffix("utf-8") || name.hasSuffix("utf8")
  }

  /// The text with everything escaped that a terminal would act on (CWE-117): control characters,
  /// line and paragraph separators, changes of direction; cut after `limit` characters.
  static func escaped(_ text: String, limit: Int = 64) -> String {
    var result = ""
    var count = 0
    for character in text {
      guard count < limit else { return result + "…" }
      count += 1
      var scalars = 0
      for scalar in character.unicodeScalars {
        scalars += 1
        // A letter with dozens of marks on it would paint over the lines around.
        if scalars > 8 { break }
        if isHostile(scalar) {
          result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }

  private static func isHostile(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0: true
    case 0x61C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: true
    case 0xE000...0xF8FF, 0xFFF0...0xFFFB, 0xE0000...0x10FFFF: true
    default: scalar.properties.generalCategory == .unassigned
    }
  }

  /// Columns that the text takes: wide characters take two, marks none.
  static func columns(_ text: String) -> Int {
    text.reduce(0) { $0 + columns($1) }
  }

  private static func columns(_ character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    switch first.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    default: return first.properties.isEmojiPresentation ? 2 : 1
    }
  }

  /// The text cut or filled to exactly so many columns.
  static func fitted(_ text: String, to width: Int) -> String {
    let total = columns(text)
    if total <= width { return text + String(repeating: " ", count: width - total) }
    var result = ""
    var used = 0
    for character in text {
      let next = columns(character)
      if used + next > width - 1 { break }
      result.append(character)
      used += next
    }
    return result + "…" + String(repeating: " ", count: max(0, width - used - 1))
  }
}
