/// The text behind a command's name, read word by word.
///
/// Words end at white space. A word that begins with a double quote, straight or typographic as
/// phones type them, ends at the closing one and may contain white space; `\"` and `\\` stand for
/// themselves in it. A quote that is never closed is an ordinary character, and so is every
/// apostrophe.
package struct ArgumentText: Sendable {
  private let text: String
  private var position: String.Index

  /// Begins at the start of `text`.
  package init(_ text: String) {
    self.text = text
    position = text.startIndex
  }

  /// All words of `text`.
  package static func words(of text: String) -> [String] {
    var arguments = ArgumentText(text)
    var words: [String] = []
    while let word = arguments.next() { words.append(word) }
    return words
  }

  /// What was not read yet, without white space around it.
  package var rest: String {
    var rest = text[position...]
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest.drop(while: \.isWhitespace))
  }

  /// The next word, nil at the end.
  package mutating func next() -> String? {
    position = text[position...].firstIndex { !$0.isWhitespace } ?? text.endIndex
    guard position < text.endIndex else { return nil }
    if let quoted = quotedWord() { return quoted }
    let end = text[position...].firstIndex(where: \.isWhitespace) ?? text.endIndex
    defer { position = end }
    return String(text[position..<end])
  }

  /// The rest as one argument: as it stands, or without its quotes where it is one quoted word.
  package mutating func takeRest() -> String? {
    let rest = rest
    guard !rest.isEmpty else { return nil }
    var single = ArgumentText(rest)
    if let quoted = single.quotedWord(), single.rest.isEmpty {
      position = text.endIndex
      return quoted
    }
    position = text.endIndex
    return rest
  }

  private mutating func quotedWord() -> String? {
    guard position < text.endIndex, Self.isQuote(text[position]) else { return nil }
    var word = ""
    var index = text.index(after: position)
    while index < text.endIndex {
      let character = text[index]
      let following = text.index(after: index)
      if character == "\\", following < text.endIndex,
        text[following] == "\\" || Self.isQuote(text[following])
      {
        word.append(text[following])
        index = text.index(after: following)
      } else if Self.isQuote(character) {
        position = following
        return word
      } else {
        word.append(character)
        index = following
      }
    }
    // No quote lies ahead, so this is looked for only once.
    return nil
  }

  private static func isQuote(_ character: Character) -> Bool {
    character == "\"" || character == "“" || character == "”" || character == "„"
  }
}
