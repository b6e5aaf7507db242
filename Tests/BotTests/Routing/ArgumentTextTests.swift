import Testing

@testable import Bot

@Suite struct ArgumentTextTests {
  @Test(
    "Words end at white space, quoted ones at their quote",
    arguments: [
      ("", []),
      ("   \n\t ", []),
      ("one", ["one"]),
      (" one  two\nthree ", ["one", "two", "three"]),
      (#""one two" three"#, ["one two", "three"]),
      (#"“one two” „three four“ five"#, ["one two", "three four", "five"]),
      (#""a \" b \\ c""#, [#"a " b \ c"#]),
      (#""""#, [""]),
      (#"it's "fine"#, ["it's", "\"fine"]),
      (#"a"b c"d"#, [#"a"b"#, #"c"d"#]),
      (#""a"b"#, ["a", "b"]),
      (#"\"a b\""#, [#"\"a"#, #"b\""#]),
      ("👩‍👩‍👧 e\u{301}", ["👩‍👩‍👧", "é"]),
    ])
  func words(text: String, words: [String]) {
    #expect(ArgumentText.words(of: text) == words)
  }

  @Test func theRestIsTakenAsItStands() {
    var text = ArgumentText(#"one  two "three"  "#)
    #expect(text.next() == "one")
    #expect(text.rest == #"two "three""#)
    #expect(text.takeRest() == #"two "three""#)
    #expect(text.takeRest() == nil)
    #expect(text.next() == nil)
  }

  @Test func aQuotedRestLosesItsQuotes() {
    var text = ArgumentText(#"  "one two"  "#)
    #expect(text.takeRest() == "one two")
  }

  @Test func anEndlessTextIsReadToItsEnd() {
    let text = String(repeating: "x \"y z\" ", count: 50_000) + "\"open"
    let words = ArgumentText.words(of: text)
    #expect(words.count == 100_001)
    #expect(words.last == "\"open")
  }
}
