import DiscordREST
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Recorder

@Suite("Alerts whose target cannot be reached", .timeLimit(.minutes(1)))
struct AlertRetryTests {
  /// A dispatcher over a network that can be away.
  final class Network: Sendable {
    struct Away: Error {}
    let clock = ManualClock()
    let isAway = Mutex(true)
    let attempts = Mutex<[String]>([])
    let told = Mutex<[String]>([])

    func dispatcher() -> AlertDispatcher {
      AlertDispatcher(
        targets: [.channel(1)], capture: "c", clock: clock,
        logger: RecordingLogHandler.makeLogger().0
      ) { [self] alert, _ in
        try Task.checkCancellation()
        let word = "\(AlertSender.event(alert)) \(alert.cause)"
        attempts.withLock { $0.append(word) }
        if isAway.withLock({ $0 }) { throw Away() }
        told.withLock { $0.append(word) }
      }
    }

    /// Lets time pass until there were so many attempts.
    func pass(untilAttempts count: Int) async {
      while attempts.withLock({ $0.count }) < count { await step() }
    }

    /// Lets time pass until so much was told. Twice in a row counts once: time does not wait here
    /// for an attempt that is under way.
    func pass(untilTold count: Int) async -> [String] {
      while distinct.count < count { await step() }
      return distinct
    }

    var distinct: [String] {
      told.withLock { told in
        told.enumerated().filter { $0 == 0 || told[$0 - 1] != $1 }.map(\.element)
      }
    }

    private func step() async {
      clock.advanceToNextSleeper()
      for _ in 0..<20 { await Task.yield() }
    }
  }

  @Test("It is tried again until it gets through, once; the all-clear comes after it")
  func retries() async {
    let network = Network()
    let dispatcher = network.dispatcher()
    dispatcher.send(Alert(.gap, "m", time: 0))
    await network.pass(untilAttempts: 6)
    #expect(network.clock.now.offset >= .seconds(5 + 15 + 30 + 30))
    network.isAway.withLock { $0 = false }
    #expect(await network.pass(untilTold: 1) == ["raised gap"])
    dispatcher.send(Alert(.gap, "m", time: 1, isCleared: true))
    #expect(await network.pass(untilTold: 2) == ["raised gap", "cleared gap"])
    await dispatcher.finish(atMost: .seconds(5), clock: network.clock)
    #expect(network.distinct.count == 2)
  }

  @Test("What is over before it got through is told with its all-clear, never the all-clear alone")
  func overBefore() async {
    let network = Network()
    let dispatcher = network.dispatcher()
    dispatcher.send(Alert(.gap, "m", time: 0))
    await network.pass(untilAttempts: 2)
    dispatcher.send(Alert(.drops, "m", time: 0))
    dispatcher.send(Alert(.gap, "m", time: 1, isCleared: true))
    await network.pass(untilAttempts: 8)
    #expect(!network.attempts.withLock { $0.contains("cleared gap") })
    network.isAway.withLock { $0 = false }
    let told = await network.pass(untilTold: 3)
    #expect(told.filter { $0.hasSuffix("gap") } == ["raised gap", "cleared gap"])
    #expect(told.contains("raised drops"))
    await dispatcher.finish(atMost: .seconds(5), clock: network.clock)
  }

  @Test("How a recording ended is tried again as long as there is time")
  func ended() async {
    let network = Network()
    let dispatcher = network.dispatcher()
    dispatcher.send(Alert(.ended, "m", time: 0))
    // The next attempt is due, and only that.
    while network.clock.sleepers != 1 || network.clock.nextDeadline?.offset != .seconds(5) {
      await Task.yield()
    }
    network.isAway.withLock { $0 = false }
    async let finished: Void = dispatcher.finish(
      atMost: RecordingCore.Deadlines.ended, clock: network.clock)
    network.clock.advance(by: .seconds(5))
    await finished
    #expect(network.distinct == ["raised ended"])
  }

  @Test("5, 15, 30 seconds, then every 30")
  func pauses() {
    #expect((1...5).map { AlertDelivery.pause(after: $0) / .seconds(1) } == [5, 15, 30, 30, 30])
  }

  @Test("What waits is bounded, and what is forgotten is forgotten with its all-clear")
  func bounded() {
    var backlog = AlertBacklog()
    backlog.add(Alert(.deafened, "still so", time: 0))
    for time in 0..<100 {
      backlog.add(Alert(.gap, "m", time: Int64(time)))
      backlog.add(Alert(.gap, "m", time: Int64(time), isCleared: true))
      #expect(backlog.entries.count <= AlertBacklog.limit)
    }
    #expect(backlog.entries.first?.alert.cause == .deafened)
    let gaps = backlog.entries.dropFirst().map(\.alert)
    #expect(gaps.last?.time == 99)
    #expect(gaps.count { $0.isCleared } * 2 == gaps.count)
    #expect(gaps.first?.isCleared == false)
  }
}
