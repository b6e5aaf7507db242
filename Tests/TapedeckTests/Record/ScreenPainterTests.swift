import TestSupport
import Testing

@testable import tapedeck

@Suite struct ScreenPainterTests {
  @Test func framesReplaceEachOther() {
    var random = SplitMix64(seed: 11)
    var painter = ScreenPainter()
    var screen = Screen()
    screen.write("$ tapedeck record\r\n")
    var above = ["$ tapedeck record"]
    for step in 0..<300 {
      let lines = (0..<Int(random.next() % 6) + 1).map { _ in
        String(repeating: "x", count: Int(random.next() % 20)) + "\(random.next() % 4)"
      }
      screen.write(painter.frame(lines, width: 40, height: 10))
      #expect(screen.text == above + lines)
      #expect(screen.row == screen.lines.count - 1)
      if step % 7 == 0 {
        screen.write(painter.above("line \(step)"))
        above.append("line \(step)")
        #expect(screen.text == above + lines)
      }
    }
    #expect(!screen.showsCursor)
    screen.write(painter.end())
    #expect(screen.showsCursor)
    #expect(screen.unknown.isEmpty)
    #expect(screen.text.last == "")
    #expect(painter.end() == "")
  }

  @Test func onlyWhatChangedIsWritten() {
    var painter = ScreenPainter()
    var screen = Screen()
    screen.write(painter.frame(["first", "second", "third"], width: 40, height: 10))
    let before = screen.written
    screen.write(painter.frame(["first", "SECOND", "third"], width: 40, height: 10))
    #expect(screen.written - before == 6)
    #expect(painter.frame(["first", "SECOND", "third"], width: 40, height: 10) == "")
    // No frame clears what it then writes: that would flicker.
    #expect(!painter.frame(["a", "b", "c"], width: 40, height: 10).contains("[J"))
  }

  @Test func anotherSizeDrawsAnew() {
    var painter = ScreenPainter()
    var screen = Screen()
    screen.write(painter.frame(["first", "second"], width: 40, height: 10))
    screen.write(painter.frame(["first", "second"], width: 30, height: 10))
    #expect(screen.text == ["first", "second"])
    screen.write(painter.end(clearing: true))
    #expect(screen.text == [""])
  }
}
