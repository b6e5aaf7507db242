internal import Synchronization
internal import TestSupport
internal import Testing

private final class Record<Element: Sendable>: Sendable {
  private let stored = Mutex<[Element]>([])
  var all: [Element] { stored.withLock { $0 } }
  func add(_ element: Element) { stored.withLock { $0.append(element) } }
}

@Suite("Manual clock", .timeLimit(.minutes(1)))
struct ManualClockTests {
  @Test("Sleepers wake in the order of their deadlines, each at its own")
  func order() async throws {
    let clock = ManualClock()
    let woken = Record<Int>()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for seconds in [3, 1, 2] {
        group.addTask {
          try await clock.sleep(until: .init(offset: .seconds(seconds)))
          woken.add(seconds)
        }
      }
      try await clock.waitForSleepers(3)
      clock.advance(by: .milliseconds(999))
      #expect(clock.sleepers == 3)
      for left in [2, 1, 0] {
        #expect(clock.advanceToNextSleeper())
        #expect(clock.sleepers == left)
        try await group.next()
      }
    }
    #expect(woken.all == [1, 2, 3])
    #expect(clock.now.offset == .seconds(3))
    #expect(!clock.advanceToNextSleeper())
  }

  @Test("A cancelled sleep throws at once, one that is due does not suspend")
  func cancellation() async throws {
    let clock = ManualClock()
    let task = Task { try await (clock as any Clock<Duration>).sleep(for: .seconds(1)) }
    try await clock.waitForSleepers()
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(clock.sleepers == 0)
    try await clock.sleep(until: clock.now)
    let waiter = Task { try await clock.waitForSleepers(7) }
    waiter.cancel()
    await #expect(throws: CancellationError.self) { try await waiter.value }
  }

  @Test("A run goes from deadline to deadline")
  func run() async throws {
    let clock = ManualClock()
    let beats = Record<Duration>()
    let task = Task {
      while true {
        try await clock.sleep(for: .seconds(10))
        beats.add(clock.now.offset)
      }
    }
    try await clock.run(for: .seconds(35), whileSleeping: 1)
    task.cancel()
    #expect(beats.all == [.seconds(10), .seconds(20), .seconds(30)])
    #expect(clock.now.offset == .seconds(35))
  }
}

@Suite("Virtual time", .timeLimit(.minutes(1)))
struct VirtualTimeTests {
  private actor Counter {
    var order: [Int] = []
    func add(_ number: Int) { order.append(number) }
  }

  @Test("A day of a thousand sleeping tasks takes no time, and is the same each time")
  func discreteEvents() async throws {
    @Sendable func day() async throws -> ([Int], Duration) {
      try await VirtualTime.run { clock, _ in
        let counter = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
          for number in 0..<1000 {
            group.addTask {
              for _ in 0..<3 {
                try await clock.sleep(for: .seconds(8 * 3600) - .milliseconds(number % 7))
                await counter.add(number)
              }
            }
          }
          try await group.waitForAll()
        }
        return (await counter.order, clock.now.offset)
      }
    }
    let (first, second) = (try await day(), try await day())
    #expect(first.0.count == 3000)
    #expect(first.0 == second.0)
    #expect(first.1 == .seconds(86400))
  }
}
