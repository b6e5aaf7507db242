/// A key of the keyboard, as far as commands here look at keys.
enum Key: Equatable, Sendable {
  case up, down, pageUp, pageDown, home, end
  case enter, escape, interrupt, endOfInput
  case character(Character)
}

/// Makes keys of the bytes that a terminal sends (ECMA-48 sequences as xterm sends them).
struct KeyDecoder {
  /// Longer sequences are no keys of ours.
  private static let longest = 16

  private var pending: [UInt8] = []

  /// Whether a sequence has begun: when nothing follows soon, it was the key Escape.
  var isWaiting: Bool { !pending.isEmpty }

  mutating func decode(_ bytes: some Sequence<UInt8>) -> [Key] {
    var keys: [Key] = []
    for byte in bytes {
      pending.append(byte)
      if let key = take() { keys += key }
    }
    return keys
  }

  /// Nothing has followed for a while.
  mutating func flush() -> [Key] {
    defer { pending = [] }
    return pending == [0x1B] ? [.escape] : []
  }

  /// The keys that `pending` is, emptying it; nil: more must come.
  private mutating func take() -> [Key]? {
    switch pending[0] {
    case 0x1B: return takeSequence()
    case 0x80...:
      let length = Self.length(pending[0])
      guard length > 0 else { return done([]) }
      guard pending.count >= length else { return nil }
      guard let text = String(validating: pending, as: UTF8.self), let first = text.first else {
        return done([])
      }
      return done([.character(first)])
    case 0x0D, 0x0A: return done([.enter])
    case 0x03: return done([.interrupt])
    case 0x04: return done([.endOfInput])
    case 0..<0x20, 0x7F: return done([])
    default: return done([.character(Character(Unicode.Scalar(pending[0])))])
    }
  }

  private mutating func takeSequence() -> [Key]? {
    guard pending.count > 1 else { return nil }
    guard pending[1] == 0x5B || pending[1] == 0x4F else {
      // Escape, then something else; Escape twice is Escape once, and the second may go on.
      let next = pending[1]
      pending = [next]
      return [.escape] + (take() ?? [])
    }
    guard pending.count > 2, let last = pending.last else { return nil }
    guard (0x40...0x7E).contains(last) else {
      return pending.count < Self.longest ? nil : done([])
    }
    let parameter = pending[2..<(pending.count - 1)].prefix { $0 != 0x3B }
    switch (last, String(decoding: parameter, as: UTF8.self)) {
    case (0x41, _): return done([.up])
    case (0x42, _): return done([.down])
    case (0x48, _), (0x7E, "1"), (0x7E, "7"): return done([.home])
    case (0x46, _), (0x7E, "4"), (0x7E, "8"): return done([.end])
    case (0x7E, "5"): return done([.pageUp])
    case (0x7E, "6"): return done([.pageDown])
    default: return done([])
    }
  }

  private mutating func done(_ keys: [Key]) -> [Key] {
    pending = []
    return keys
  }

  private static func length(_ lead: UInt8) -> Int {
    switch lead {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 0
    }
  }
}
