/// Tickets that wait, the lowest number first; who left is skipped later.
struct TicketQueue {
  private var numbers: [UInt64] = []
  private var head = 0
  /// How many of the numbers still wait.
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  /// Puts a ticket at its place: a repeated request keeps the place of its first attempt.
  mutating func insert(_ number: UInt64) {
    var index = numbers.count
    while index > head, numbers[index - 1] > number { index -= 1 }
    numbers.insert(number, at: index)
    count += 1
  }

  /// The next that `isWaiting`; leaves out those before it that are not.
  mutating func first(where isWaiting: (UInt64) -> Bool) -> UInt64? {
    while head < numbers.count {
      if isWaiting(numbers[head]) { return numbers[head] }
      head += 1
    }
    numbers = []
    head = 0
    return nil
  }

  /// Takes the first, which `first(where:)` has found.
  mutating func removeFirst() {
    head += 1
    count -= 1
    if head > 32, head * 2 > numbers.count {
      numbers.removeFirst(head)
      head = 0
    }
  }

  /// Somebody has left; the number stays until it comes to the front, or until most have left.
  mutating func leave(isWaiting: (UInt64) -> Bool) {
    count -= 1
    guard numbers.count - head > 2 * count + 32 else { return }
    numbers = numbers[head...].filter(isWaiting)
    head = 0
  }

  /// Takes all that wait and satisfy the condition.
  mutating func remove(where condition: (UInt64) -> Bool) -> [UInt64] {
    let removed = numbers[head...].filter(condition)
    let gone = Set(removed)
    numbers = numbers[head...].filter { !gone.contains($0) }
    head = 0
    count -= removed.count
    return removed
  }
}
