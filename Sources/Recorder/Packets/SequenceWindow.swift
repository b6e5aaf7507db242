/// Which of the last 64 sequence numbers of an SSRC were seen: numbers that were, or that lie further
/// back, may be replayed packets.
struct SequenceWindow: Sendable {
  private var highest: UInt16?
  /// Bit i: `highest - i` was seen.
  private var seen: UInt64 = 0

  /// Notes a number; false if it was there before, or may have been.
  mutating func insert(_ number: UInt16) -> Bool {
    guard let highest else {
      self.highest = number
      seen = 1
      return true
    }
    let ahead = Int16(truncatingIfNeeded: Int32(number) - Int32(highest))
    if ahead > 0 {
      seen = ahead < 64 ? seen << UInt64(ahead) | 1 : 1
      self.highest = number
      return true
    }
    let behind = -Int(ahead)
    guard behind < 64, seen & (1 << UInt64(behind)) == 0 else { return false }
    seen |= 1 << UInt64(behind)
    return true
  }
}
