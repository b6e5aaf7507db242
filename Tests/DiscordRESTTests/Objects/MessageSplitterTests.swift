import DiscordREST
import TestSupport
import Testing

@Suite("Long texts become several messages")
struct MessageSplitterTests {
  @Test("A text that fits stays as it is")
  func short() {
    #expect(MessageSplitter.split("hello\n") == ["hello\n"])
    let full = String(repeating: "x", count: 2000)
    #expect(MessageSplitter.split(full) == [full])
    // Scalars count, as Discord does: not UTF-16 units, not characters.
    let emoji = String(repeating: "🎙", count: 2000)
    #expect(MessageSplitter.split(emoji) == [emoji])
    #expect(MessageSplitter.split(emoji + "!").count == 2)
  }

  @Test("A blank text is no message", arguments: ["", " ", "\n\n", "\t \n"])
  func blank(text: String) {
    #expect(MessageSplitter.split(text) == [])
    #expect(MessageSplitter.split(String(repeating: " \n", count: 3000)) == [])
  }

  @Test("A cut falls on a line's end, else on a blank")
  func boundaries() {
    let line = String(repeating: "a", count: 40)
    #expect(
      MessageSplitter.split(line + "\n" + line + "\n" + line, limit: 90)
        == [line + "\n" + line, line])
    #expect(MessageSplitter.split(line + " " + line, limit: 64) == [line, line])
    // No blank at all: at the limit.
    let word = String(repeating: "b", count: 130)
    #expect(MessageSplitter.split(word, limit: 64).map(\.count) == [64, 64, 2])
  }

  @Test("A character that people see as one is not cut")
  func graphemes() {
    let family = "👨‍👩‍👧‍👦"
    let parts = MessageSplitter.split(String(repeating: family, count: 30), limit: 64)
    #expect(parts.joined() == String(repeating: family, count: 30))
    for part in parts { #expect(part.allSatisfy { $0 == "👨‍👩‍👧‍👦" }) }
    // But one that is longer than a message is.
    let pile = "e" + String(repeating: "\u{301}", count: 300)
    let pieces = MessageSplitter.split(pile, limit: 64)
    #expect(pieces.allSatisfy { $0.unicodeScalars.count <= 64 })
    #expect(pieces.map(\.unicodeScalars.count).reduce(0, +) == 301)
  }

  @Test("A code block is closed before a cut and opened again after it")
  func codeBlocks() {
    let lines = (1...12).map { "let value\($0) = \($0)" }.joined(separator: "\n")
    let parts = MessageSplitter.split("Look:\n```swift\n\(lines)\n```\nThat is all.", limit: 100)
    #expect(parts.count > 2)
    for part in parts {
      #expect(part.unicodeScalars.count <= 100)
      #expect(part.ranges(of: "```").count.isMultiple(of: 2))
    }
    #expect(parts[0].hasPrefix("Look:\n```swift\nlet value1"))
    #expect(parts[0].hasSuffix("\n```"))
    #expect(parts[1].hasPrefix("```swift\n"))
    #expect(parts.last?.hasSuffix("That is all.") == true)
    let code = parts.flatMap { $0.split(separator: "\n") }.filter { $0.hasPrefix("let") }
    #expect(code.joined(separator: "\n") == lines)
  }

  @Test("A mark of a code block without its partner opens nothing")
  func unclosed() {
    let text = "```\n" + String(repeating: "word ", count: 40)
    for part in MessageSplitter.split(text, limit: 64).dropFirst() {
      #expect(!part.contains("```"))
    }
  }

  @Test("Random texts: no part too long or blank, nothing lost, code blocks whole")
  func random() {
    var random = SplitMix64(seed: 20_261_124)
    let pieces = [
      "word", " ", "\n", "\n\n", "```\n", "```swift\n", "\n```\n", "🎙️", "👨‍👩‍👧‍👦", "é",
      "e\u{301}", "``", "long-long-long-word-without-blank", "\r\n", "\t", "漢字", "x",
    ]
    for _ in 0..<500 {
      let count = Int.random(in: 1...160, using: &random)
      let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      let limit = Int.random(in: 64...160, using: &random)
      let parts = MessageSplitter.split(text, limit: limit)
      for part in parts {
        #expect(part.unicodeScalars.count <= limit)
        #expect(!part.allSatisfy { $0.isWhitespace })
      }
      // Blanks at cuts and the marks of code blocks, with their language, may come and go; all
      // else stays in order.
      #expect(Self.essence(parts.joined()) == Self.essence(text), "\(text.debugDescription)")
    }
  }

  private static func essence(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.filter { $0 != "`" && !$0.properties.isWhitespace })
    ).replacing("swift", with: "")
  }

  @Test("A megabyte takes a moment, not minutes")
  func large() {
    let text = String(repeating: "```\ncode\n```\nword ", count: 40_000)
    let parts = MessageSplitter.split(text)
    #expect(parts.count > 300)
    #expect(parts.allSatisfy { $0.unicodeScalars.count <= 2000 })
  }
}
