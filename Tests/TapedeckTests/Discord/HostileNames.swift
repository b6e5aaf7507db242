/// Names that try to break out of a line, a table, a folder or a message: 51 of them.
enum HostileNames {
  static let all: [String] =
    controls + directions + paths + markup + lookAlikes + [long, marks, " ", "\u{200B}"]

  /// Terminal sequences and line ends (CWE-117, CWE-150).
  private static let controls = [
    "a\nb", "a\r\nb", "a\rb", "\u{1B}[2J", "\u{1B}[31mred", "\u{1B}]0;title\u{7}",
    "\u{1B}]8;;https://example.org\u{7}link\u{1B}]8;;\u{7}", "\u{9B}2J", "a\u{8}\u{8}b", "a\u{0}b",
    "tab\tab", "\u{7F}", "a\u{B}b", "a\u{C}b", "\u{85}next", "a\u{2028}b", "a\u{2029}b",
    "\u{7}bell", "\u{90}q\u{9C}", "INFO discord: forged\nERROR discord: line",
  ]
  private static let directions = [
    "\u{202E}gpj.exe", "\u{2066}a\u{2069}", "\u{200F}a", "\u{061C}a", "a\u{202D}b", "\u{FEFF}bom",
  ]
  private static let paths = [
    "../../etc/passwd", "..", ".", "/etc/passwd", "..\\..\\x", "a/b", "~root", "-rf", "C:\\x",
    "CON", "a%2F..%2Fb", "file:///etc/passwd",
  ]
  private static let markup = [
    "@everyone", "@here", "<@1>", "<@&1>", "`**_~~||x||~~_**`", "{channel}", "$(reboot)",
    "'; DROP TABLE users; --",
  ]
  private static let lookAlikes = ["ｇｅｎｅｒａｌ"]
  private static let long = String(repeating: "long ", count: 20)
  private static let marks = "z" + String(repeating: "\u{0301}\u{0489}", count: 40)

  /// What no text for people may have in it.
  static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A: false
    case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF:
      true
    default: false
    }
  }
}
