/// Which of the last 2,048 counters were used, so that no frame is taken twice.
package struct ReplayWindow: Sendable {
  static let size: UInt64 = 2048

  private var highest: UInt64?
  private var bits = [UInt64](repeating: 0, count: Int(size / 64))

  package init() {}

  /// Whether no frame was taken yet.
  package var isEmpty: Bool { highest == nil }

  /// Whether a frame of this counter can still be taken. Lower ones than the first are, if they are
  /// within the window.
  func admits(_ position: UInt64) -> Bool {
    guard let highest, position <= highest else { return true }
    guard highest - position < Self.size else { return false }
    return bits[Self.word(position)] & Self.bit(position) == 0
  }

  /// Marks a counter that ``admits(_:)`` and whose frame was authentic.
  mutating func insert(_ position: UInt64) {
    if let highest, position > highest {
      if position - highest >= Self.size {
        for index in bits.indices { bits[index] = 0 }
      } else {
        for skipped in (highest + 1)...position {
          bits[Self.word(skipped)] &= ~Self.bit(skipped)
        }
      }
    }
    highest = max(highest ?? position, position)
    bits[Self.word(position)] |= Self.bit(position)
  }

  private static func word(_ position: UInt64) -> Int { Int(position % size / 64) }
  private static func bit(_ position: UInt64) -> UInt64 { 1 << (position % 64) }
}
