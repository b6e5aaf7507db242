internal import Testing

@testable import tapedeck

@Suite struct ColumnTableTests {
  private let table = ColumnTable(
    [
      .init(title: "ID"), .init(title: "NAME", isFlexible: true),
      .init(title: "TEXT", isFlexible: true), .init(title: "N", isNumber: true),
    ],
    rows: [
      ["1", "short", "a text of forty characters, more or less", "7"],
      ["22", "日本語の名前", "second", "1234"],
    ])

  @Test func withoutTerminalNothingIsCut() {
    #expect(
      table.lines(width: nil) == [
        "ID  NAME          TEXT                                         N",
        "1   short         a text of forty characters, more or less     7",
        "22  日本語の名前  second                                    1234",
      ])
  }

  @Test(arguments: [40, 50, 60, 80, 200])
  func isAtMostAsWideAsTheTerminal(width: Int) {
    for line in table.lines(width: width) { #expect(Terminal.columns(line) <= width) }
  }

  @Test func idsAndNumbersStayWhole() {
    for line in table.lines(width: 1).dropFirst() {
      #expect(line.hasPrefix("1 ") || line.hasPrefix("22 "))
      #expect(line.hasSuffix(" 7") || line.hasSuffix("1234"))
    }
  }

  @Test func rowsAreOneHarmlessLineEach() {
    let table = ColumnTable(
      [.init(title: "A"), .init(title: "B")], rows: [["x\ny\u{1B}[31m", "\u{202E}evil"], ["only"]])
    let lines = table.lines(width: nil)
    #expect(lines.count == 3)
    #expect(lines[1] == #"x\u{A}y\u{1B}[31m  \u{202E}evil"#)
    #expect(lines[2] == "only")
  }
}
