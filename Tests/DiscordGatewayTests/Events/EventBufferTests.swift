@testable import DiscordGateway
import Testing

@Suite struct EventBufferTests {
  static func read(_ buffer: EventBuffer<Int>) async -> [String] {
    var all: [String] = []
    while let item = await buffer.next() {
      switch item {
      case .element(let element): all.append("\(element)")
      case .missed(let count): all.append("missed \(count)")
      }
    }
    return all
  }

  @Test func keepsTheOrder() async {
    let buffer = EventBuffer<Int>(countLimit: 5000)
    for number in 0..<3000 { #expect(buffer.append(number, size: 10)) }
    buffer.finish()
    #expect(await Self.read(buffer) == (0..<3000).map(String.init))
  }

  @Test func whatDoesNotFitIsCountedInItsPlace() async {
    let buffer = EventBuffer<Int>(countLimit: 3)
    let taken = (0..<10).map { buffer.append($0, size: 1) }
    #expect(taken == [true, true, true] + Array(repeating: false, count: 7))
    #expect(buffer.count == 4)
    guard case .element(0)? = await buffer.next() else {
      Issue.record("not the first")
      return
    }
    #expect(!buffer.append(10, size: 1))
    _ = await buffer.next()
    #expect(buffer.append(11, size: 1))
    #expect(!buffer.append(12, size: 1))
    buffer.finish()
    #expect(await Self.read(buffer) == ["2", "missed 8", "11", "missed 1"])
  }

  @Test func bytesAreBoundedButOneElementIsAlwaysTaken() async {
    let buffer = EventBuffer<Int>(countLimit: 100, byteLimit: 1000)
    #expect(buffer.append(1, size: 5000))
    #expect(!buffer.append(2, size: 1))
    _ = await buffer.next()
    _ = await buffer.next()
    #expect(buffer.append(3, size: 600))
    #expect(!buffer.append(4, size: 600))
    buffer.finish()
    #expect(await Self.read(buffer) == ["3", "missed 1"])
  }

  @Test func aWaitingReaderGetsItAtOnceAndTheEndToo() async {
    let buffer = EventBuffer<Int>(countLimit: 1)
    async let all = Self.read(buffer)
    for number in 0..<100 {
      while !buffer.append(number, size: 1) { await Task.yield() }
    }
    buffer.finish()
    let elements = await all.filter { !$0.hasPrefix("missed") }
    #expect(elements.last == "99")
    #expect(buffer.append(5, size: 1))
    #expect(await buffer.next() == nil)
  }

  @Test func aCancelledReaderIsWoken() async {
    let buffer = EventBuffer<Int>(countLimit: 1)
    for _ in 0..<50 {
      let task = Task { await buffer.next() == nil }
      await Task.yield()
      task.cancel()
      #expect(await task.value)
    }
    #expect(buffer.append(1, size: 1))
    #expect(buffer.count == 1)
  }

  @Test func longUseTakesNoMoreRoom() async {
    let buffer = EventBuffer<Int>(countLimit: 10_000)
    for number in 0..<5000 { _ = buffer.append(number, size: 1) }
    for number in 5000..<50_000 {
      _ = buffer.append(number, size: 1)
      guard case .element(let element)? = await buffer.next() else {
        Issue.record("nothing")
        return
      }
      #expect(element == number - 5000)
    }
    #expect(buffer.count == 5000)
  }
}
