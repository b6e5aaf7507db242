/// Cuts a long text into messages.
///
/// Discord counts Unicode scalars (code points), and trims the ends of each message. A cut falls
/// on a line's end, else on a blank, else between two characters as people see them; only a
/// character that is itself too long is cut inside, then between scalars. A code block that a cut
/// falls into is closed, and opened again in the next message.
package struct MessageSplitter {
  /// The most scalars of a message.
  /// Source: https://docs.discord.com/developers/resources/message#create-message
  package static let limit = 2000

  private let characters: [Character]
  private let limit: Int
  private let blocks: [CodeBlock]

  /// The messages that carry `text`, in order; none of them blank.
  ///
  /// - Parameters:
  ///   - text: any text; a blank one gives no messages.
  ///   - limit: the most scalars of a message, at least 64.
  package static func split(_ text: String, limit: Int = Self.limit) -> [String] {
    if isBlank(text) { return [] }
    if text.unicodeScalars.count <= limit { return [text] }
    return Self(text, limit: max(64, limit)).parts().filter { !isBlank($0) }
  }

  private init(_ text: String, limit: Int) {
    characters = text.flatMap { character in
      // Letters under a pile of marks: pieces that fit, cut between scalars.
      character.unicodeScalars.count <= 32
        ? [character] : character.unicodeScalars.map(Character.init)
    }
    self.limit = limit
    blocks = CodeBlock.find(in: characters)
  }

  private func parts() -> [String] {
    var parts: [String] = []
    var start = 0
    while start < characters.count {
      let opened = block(at: start)
      let opening = opened.map { "```" + $0.language + "\n" } ?? ""
      let budget = limit - opening.unicodeScalars.count
      var end = fill(from: start, budget: budget)
      if end == characters.count {
        parts.append(opening + String(characters[start...]))
        break
      }
      var next: Int
      (end, next) = cut(from: start, to: end)
      var closing = ""
      if block(at: end) != nil {
        // Room for the mark that closes the block.
        (end, next) = cut(from: start, to: fill(from: start, budget: budget - 4))
        if let block = block(at: end) {
          closing = "\n```"
          // Nothing more in the block: its own closing mark goes here.
          if isBlank(end..<block.close) { next = block.close + 3 }
        }
      }
      parts.append(opening + String(characters[start..<end]) + closing)
      start = next
    }
    return parts
  }

  /// The end of the longest run from `start` that fits.
  private func fill(from start: Int, budget: Int) -> Int {
    var used = 0
    var end = start
    while end < characters.count {
      used += characters[end].unicodeScalars.count
      if used > budget { break }
      end += 1
    }
    // One character at least, so that the loop ends.
    return max(end, min(start + 1, characters.count))
  }

  /// Where to cut a run that is too long, and where to go on: past the line's end or the blank.
  private func cut(from start: Int, to limit: Int) -> (end: Int, next: Int) {
    // Not within a code block's marks: before them.
    var end = limit
    if let block = lastBlock(before: end) {
      if end < block.content {
        end = block.open
      } else if block.close < end && end < block.close + 3 {
        end = block.close
      }
    }
    if end <= start { return (limit, limit) }
    let chosen = blank(from: start, to: end)
    // The line end of an opening mark belongs to it.
    if let block = lastBlock(before: chosen.end), chosen.end < block.content {
      return block.open > start ? (block.open, block.open) : (end, end)
    }
    return chosen
  }

  /// The last line's end of a run, else its last blank, else its end; but none so early that
  /// messages become tiny.
  private func blank(from start: Int, to end: Int) -> (end: Int, next: Int) {
    let least = start + (end - start) / 4
    let kinds: [(Character) -> Bool] = [{ $0.isNewline }, { $0.isWhitespace }]
    for isBlank in kinds {
      if end < characters.count, isBlank(characters[end]) { return (end, end + 1) }
      for index in stride(from: end - 1, to: least, by: -1) where isBlank(characters[index]) {
        return (index, index + 1)
      }
    }
    return (end, end)
  }

  /// The last code block that begins before `index`: by halving, for a long text has many.
  private func lastBlock(before index: Int) -> CodeBlock? {
    var (low, high) = (0, blocks.count)
    while low < high {
      let middle = (low + high) / 2
      if blocks[middle].open < index { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : blocks[low - 1]
  }

  /// The code block that a cut at `index` falls into.
  private func block(at index: Int) -> CodeBlock? {
    guard let block = lastBlock(before: index) else { return nil }
    return block.content <= index && index <= block.close ? block : nil
  }

  private func isBlank(_ range: Range<Int>) -> Bool {
    characters[range].allSatisfy(\.isWhitespace)
  }

  private static func isBlank(_ text: String) -> Bool {
    text.allSatisfy(\.isWhitespace)
  }
}

/// A code block between two marks of three backticks.
private struct CodeBlock {
  /// The index of the opening mark, of what it holds, and of the closing mark.
  let open: Int
  let content: Int
  let close: Int
  /// The language of the highlighting, written directly after the opening mark.
  let language: String

  static func find(in characters: [Character]) -> [CodeBlock] {
    var blocks: [CodeBlock] = []
    var open: Int?
    var index = 0
    while index + 2 < characters.count {
      guard characters[index...index + 2].allSatisfy({ $0 == "`" }) else {
        index += 1
        continue
      }
      if let start = open {
        blocks.append(CodeBlock(from: start, to: index, in: characters))
        open = nil
      } else {
        open = index
      }
      index += 3
    }
    // A mark without its partner opens nothing.
    return blocks
  }

  private init(from open: Int, to close: Int, in characters: [Character]) {
    self.open = open
    self.close = close
    let line = characters[(open + 3)..<close]
    let word = line.prefix { $0.isASCII && !$0.isWhitespace && $0 != "`" }
    if word.count <= 32, word.endIndex < close, characters[word.endIndex].isNewline {
      language = String(word)
      content = word.endIndex + 1
    } else {
      language = ""
      content = open + 3
    }
  }
}
