/// Counts what is missing in a stream's sequence numbers, letting packets come up to 512 behind.
struct LossWindow {
  private static let size: Int64 = 512
  /// A jump larger than this is a sender that began anew, not a loss of minutes.
  private static let restart: Int64 = 10_000

  /// Whether the number that falls on a slot has come, for the last ``size`` numbers.
  private var seen = [Bool](repeating: false, count: Int(LossWindow.size))
  private var first: Int64 = 0
  private var highest: Int64?
  private var wasMissing = false

  /// Packets that never came.
  private(set) var missing: Int64 = 0
  /// Runs of them.
  private(set) var gaps: Int64 = 0
  private(set) var duplicates: Int64 = 0

  /// Takes in an unwrapped sequence number.
  ///
  /// - Returns: Whether it is new, and right behind the highest so far.
  mutating func record(_ number: Int64) -> (isNew: Bool, isNext: Bool) {
    guard let highest, abs(number - highest) < Self.restart else {
      finish()
      start(at: number)
      return (true, false)
    }
    if number <= highest {
      guard number > highest - Self.size, number >= first else { return (false, false) }
      let slot = Int(Self.slot(number))
      if seen[slot] {
        duplicates += 1
        return (false, false)
      }
      seen[slot] = true
      return (true, false)
    }
    for next in (highest + 1)...number { advance(to: next) }
    seen[Int(Self.slot(number))] = true
    self.highest = number
    return (true, number == highest + 1)
  }

  /// Counts what is left in the window.
  mutating func finish() {
    guard let highest else { return }
    for number in max(first, highest - Self.size + 1)...highest { leave(number) }
    self.highest = nil
    wasMissing = false
  }

  private mutating func start(at number: Int64) {
    for slot in seen.indices { seen[slot] = false }
    seen[Int(Self.slot(number))] = true
    first = number
    highest = number
  }

  /// Makes room for a number; the one that had its slot can no longer come.
  private mutating func advance(to number: Int64) {
    if number - Self.size >= first { leave(number - Self.size) }
    seen[Int(Self.slot(number))] = false
  }

  private mutating func leave(_ number: Int64) {
    let isMissing = !seen[Int(Self.slot(number))]
    if isMissing {
      missing += 1
      if !wasMissing { gaps += 1 }
    }
    wasMissing = isMissing
  }

  private static func slot(_ number: Int64) -> Int64 {
    let rest = number % size
    return rest < 0 ? rest + size : rest
  }
}
