internal import SystemPackage
internal import TestSupport
internal import Testing

@testable import CaptureLog

/// Random work on a disk that fails at random, by seed.
@Suite struct FaultScheduleTests {
  struct Run {
    let bench: WriterBench
    var random: SplitMix64
    var taken: [UInt32] = []
    var offered: UInt32 = 0

    init(seed: UInt64) throws {
      bench = try WriterBench(
        options: WriterOptions(segmentBytes: 30_000, ringBytes: 16_384, eventBytes: 20_000))
      random = SplitMix64(seed: seed)
    }

    mutating func work(steps: Int) {
      for _ in 0..<steps {
        switch random.next() % 16 {
        case 0..<8:
          for _ in 0..<(random.next() % 12) {
            if bench.offer(offered, size: Int(random.next() % 700)) { taken.append(offered) }
            offered += 1
          }
        case 8:
          bench.note(SpeakingEvent(connection: 0, user: "u", ssrc: offered, speaking: 1))
        case 9: bench.clock.advance(Int64(random.next() % 5_000_000_000))
        case 10: bench.clock.step(Int64(random.next() % 4_000_000_000) - 2_000_000_000)
        case 11: bench.engine.requestRotation()
        case 12: _ = bench.engine.syncer.synchronize()
        default: bench.engine.pump()
        }
      }
    }

    /// Lets each call fail with a chance of one in `rarity`.
    func breakDisk(seed: UInt64, rarity: UInt64) {
      bench.files.plan { call, number in
        let index = FaultyFiles.Call.allCases.firstIndex(of: call) ?? 0
        var random = SplitMix64(seed: seed &+ UInt64(index) << 32 &+ UInt64(number))
        guard random.next() % rarity == 0 else {
          return call == .write && random.next() % 4 == 0 ? .short(Int(random.next() % 300)) : nil
        }
        let errors: [Errno] = [.noSpace, .ioError, .readOnlyFileSystem, .interrupted]
        let error = errors[Int(random.next() % 4)]
        guard call == .write, error != .interrupted else { return .error(error) }
        return .torn(Int(random.next() % 2000), error)
      }
    }
  }

  @Test("what was taken is stored once and in order when the disk comes back", arguments: 0..<16)
  func diskComesBack(seed: UInt64) throws {
    var run = try Run(seed: seed)
    let bench = run.bench
    for round in 0..<4 as Range<UInt64> {
      run.breakDisk(seed: seed &* 7 &+ round, rarity: 3 + 5 * round)
      run.work(steps: 150)
      bench.files.plan { _, _ in nil }
      run.work(steps: 20)
    }
    #expect(bench.finish() == nil)
    let content = try bench.content()
    let status = bench.engine.status
    #expect(content.datagrams == run.taken)
    #expect(content.numbersIncrease)
    #expect(content.damages.allSatisfy { $0.cause == .torn && $0.missing == 0 })
    #expect(content.drops("ring") == status.droppedRing)
    #expect(content.drops("disk") == status.droppedDisk)
    #expect(status.packetsOffered == UInt64(run.offered))
    #expect(
      status.packetsOffered
        == UInt64(content.datagrams.count) + status.droppedRing + status.droppedDisk)
    #expect(
      content.payloads(EventDropsEvent.self).reduce(0) { $0 + $1.events } == status.eventsDropped)
    #expect(bench.files.violations.isEmpty)
    #expect(bench.files.open == 0)
  }

  @Test("what was written before the disk went for good is read back", arguments: 100..<108)
  func diskIsGone(seed: UInt64) throws {
    var run = try Run(seed: seed)
    let bench = run.bench
    run.work(steps: 100)
    run.breakDisk(seed: seed, rarity: 10)
    run.work(steps: 100)
    bench.files.plan { call, _ in
      call == .freeBytes || call == .remove ? nil : .error(.ioError)
    }
    run.work(steps: 100)
    bench.offer(run.offered)
    let error = bench.finish()
    #expect(error?.code == .io)
    let content = try bench.content()
    let status = bench.engine.status
    #expect(content.datagrams.count == Int(status.packetsStored))
    #expect(content.datagrams == Array(run.taken.prefix(content.datagrams.count)))
    #expect(content.numbersIncrease)
    #expect(content.damages.allSatisfy { $0.cause == .torn && $0.missing == 0 })
    #expect(
      status.packetsOffered == status.packetsStored + status.droppedRing + status.droppedDisk)
    #expect(bench.files.violations.isEmpty)
    #expect(bench.files.open == 0)
  }
}
