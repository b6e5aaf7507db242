import Testing

@testable import tapedeck

@Suite struct TerminalTests {
  @Test(arguments: [
    ("plain name", "plain name"), ("Zoë 日本 🎧", "Zoë 日本 🎧"),
    ("a\nb\r\u{1B}[31mc", #"a\u{A}b\u{D}\u{1B}[31mc"#),
    ("\u{7F}\u{9B}2J", #"\u{7F}\u{9B}2J"#), ("a\u{202E}b\u{2066}", #"a\u{202E}b\u{2066}"#),
    ("\u{2028}\u{2029}\u{200B}\u{FEFF}", #"\u{2028}\u{2029}\u{200B}\u{FEFF}"#),
    ("\u{E0041}\u{F8FF}", #"\u{E0041}\u{F8FF}"#), ("", ""),
  ])
  func namesCanDoNothing(name: String, shown: String) {
    #expect(Terminal.escaped(name) == shown)
  }

  @Test func longNamesAreCut() {
    #expect(Terminal.escaped(String(repeating: "x", count: 65)).count == 65)
    #expect(Terminal.escaped(String(repeating: "x", count: 65)).hasSuffix("…"))
    #expect(Terminal.escaped(String(repeating: "x", count: 64)).count == 64)
    let marks = "a" + String(repeating: "\u{301}", count: 500)
    #expect(Terminal.escaped(marks).unicodeScalars.count <= 8)
  }

  @Test func everyNameIsOneHarmlessLine() {
    for value in (0...0x10FFFF as ClosedRange<UInt32>) where value % 7 == 0 || value < 0x3000 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let shown = Terminal.escaped("a" + String(scalar) + "b")
      let isHarmless = shown.unicodeScalars.allSatisfy {
        $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value)
          && !(0x2028...0x202E).contains($0.value)
      }
      if !isHarmless { Issue.record("U+\(String(value, radix: 16))") }
    }
  }

  @Test(arguments: [("abc", 3), ("日本", 4), ("e\u{301}", 1), ("🎧", 2), ("", 0)])
  func columns(text: String, columns: Int) {
    #expect(Terminal.columns(text) == columns)
  }

  @Test func fittingIsExact() {
    #expect(Terminal.fitted("ab", to: 4) == "ab  ")
    #expect(Terminal.fitted("abcdef", to: 4) == "abc…")
    #expect(Terminal.fitted("日本語", to: 4) == "日… ")
    for width in 1...8 { #expect(Terminal.columns(Terminal.fitted("日本語", to: width)) == width) }
  }

  @Test(arguments: [
    (0, "0.0 s"), (3.46, "3.5 s"), (75, "1:15"), (3_725, "1:02:05"), (86_400, "24:00:00"),
    (Double.nan, "?"), (-1, "?"),
  ])
  func durations(seconds: Double, text: String) {
    #expect(ClockText.duration(seconds) == text)
  }

  @Test func outputThatIsLostIsAFailure() throws {
    let full = try Tool.run(["schema", "manifest"], shell: #"exec "$@" >/dev/full"#)
    #expect(full.status == 75)
    #expect(full.errors.contains("cannot write the output"), "\(full.errors)")
    // Whoever reads only the head is not told of an error.
    let head = try Tool.run(["schema", "manifest"], shell: #"{ "$@"; echo $? >&2; } | :"#)
    #expect(head.errors == "0\n")
  }
}
