import DiscordGateway
import DiscordSimulator
import FoundationEssentials
import Testing

/// In a process of its own, so that nothing else moves its memory.
@Suite struct MemoryTests {
  /// The process' resident memory in KiB.
  static func resident() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
    return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) })
  }

  static func run(seed: UInt64) {
    let faults = GatewayFault.random(seed: seed, count: 12, dispatches: 150)
    var run = FaultRun(seed: seed, faults: faults, events: 150)
    run.run()
  }

  /// One session over thousands of events and hundreds of faults.
  static func runLong(events: Int) {
    let faults = GatewayFault.random(
      seed: 1, count: events / 50, dispatches: events, resumableOnly: true)
    var run = FaultRun(seed: 1, faults: faults, events: events, replayLimit: 500)
    run.run()
    precondition(run.isDone && run.received.count == 1)
  }

  @Test func faultsAndTimeLeaveNothingBehind() async {
    await #expect(processExitsWith: .success) {
      for seed in 1...20 as ClosedRange<UInt64> { MemoryTests.run(seed: seed) }
      MemoryTests.runLong(events: 2000)
      let before = try MemoryTests.resident()
      for seed in 21...60 as ClosedRange<UInt64> { MemoryTests.run(seed: seed) }
      MemoryTests.runLong(events: 6000)
      let after = try MemoryTests.resident()
      // The test's own list of what was sent is half a megabyte longer.
      precondition(after - before < 4096, "\(before) KiB grew to \(after) KiB")
    }
  }
}
