internal import SystemPackage
internal import Testing

@testable import CaptureLog

private let second = ManualClock.second

/// The writer's rounds with a file system that fails.
@Suite struct WriterFaultTests {
  @Test(
    "a write that fails ends the segment; nothing that was taken is lost",
    arguments: [Errno.noSpace, .ioError, .readOnlyFileSystem, .diskQuotaExceeded],
    [0, 1, 100, 700, 5000])
  func writeFails(error: Errno, taken: Int) throws {
    let bench = try WriterBench()
    bench.engine.pump()
    bench.files.plan { call, number in
      call == .write && number == 1 ? .torn(taken, error) : nil
    }
    for number in 0..<100 as Range<UInt32> {
      bench.offer(number)
      if number % 30 == 29 { bench.engine.pump() }
    }
    let status = bench.engine.status
    #expect(status.writeErrors == 1)
    #expect(status.currentError?.errno == error.rawValue)
    #expect(
      status.currentError?.code
        == (error == .ioError || error == .readOnlyFileSystem
          ? .io : .noSpace))
    #expect(status.segment == 1)
    _ = bench.engine.syncer.synchronize()
    bench.engine.pump()
    #expect(bench.engine.status.currentError == nil, "the new segment was synced")
    #expect(bench.engine.status.lastError?.errno == error.rawValue)
    #expect(bench.finish() == nil)

    let names = try bench.names()
    #expect(names == ["segment-000000.pcapng.part", "segment-000001.pcapng"])
    let content = try bench.content()
    #expect(content.datagrams == Array(0..<100), "each once: what was torn was written again")
    #expect(content.numbersIncrease)
    #expect(content.damages.allSatisfy { $0.cause == .torn })
    #expect(content.damages.count <= 1)
    #expect(content.isComplete, "it ended in the segment that took over")
    #expect(bench.files.open == 0)
  }

  @Test func shortWritesAndInterruptionsAreGoneOnWith() throws {
    let bench = try WriterBench()
    bench.files.plan { call, number in
      guard call == .write || call == .synchronize || call == .synchronizeFolder else {
        return nil
      }
      if number % 3 == 1 { return .error(.interrupted) }
      return call == .write ? .short(number % 50 + 1) : nil
    }
    for number in 0..<50 as Range<UInt32> { bench.offer(number) }
    bench.engine.pump()
    _ = bench.engine.syncer.synchronize()
    _ = bench.engine.syncer.synchronize()
    #expect(bench.finish() == nil)
    let content = try bench.content()
    #expect(content.isComplete)
    #expect(content.damages.isEmpty)
    #expect(content.datagrams == Array(0..<50))
    #expect(bench.engine.status.writeErrors == 0)
    #expect(bench.engine.status.syncErrors == 0)
  }

  @Test func aSyncThatFailsEndsTheSegmentAndIsNeverTriedAgain() throws {
    let bench = try WriterBench()
    bench.offer(0)
    bench.engine.pump()
    bench.files.plan { call, number in
      call == .synchronize && number == 0 ? .error(.ioError) : nil
    }
    let needsWriter = bench.engine.syncer.synchronize()
    #expect(needsWriter)
    // A round of the sync thread before the writer has reacted.
    _ = bench.engine.syncer.synchronize()
    bench.offer(1)
    bench.engine.pump()
    #expect(bench.engine.status.syncErrors == 1)
    #expect(bench.engine.status.currentError?.code == .io)
    #expect(bench.engine.status.segment == 1)
    _ = bench.engine.syncer.synchronize()
    bench.engine.pump()
    bench.offer(2)
    #expect(bench.finish() == nil)
    #expect(bench.files.violations.isEmpty)
    #expect(try bench.names() == ["segment-000000.pcapng.part", "segment-000001.pcapng"])
    let content = try bench.content()
    #expect(content.datagrams == [0, 1, 2])
    #expect(content.ends == ["sync_error", "finished"])
    #expect(content.numbersIncrease)
    #expect(bench.files.open == 0)
  }

  @Test func aSyncThatFailsWhileTheSegmentIsRotatedLeavesItsPart() throws {
    let bench = try WriterBench()
    bench.offer(0)
    bench.engine.pump()
    bench.engine.requestRotation()
    bench.engine.pump()
    bench.files.plan { call, number in
      call == .synchronize && number == 0 ? .error(.ioError) : nil
    }
    _ = bench.engine.syncer.synchronize()
    bench.engine.pump()
    #expect(bench.engine.status.currentError?.code == .io)
    _ = bench.engine.syncer.synchronize()
    #expect(bench.finish() == nil)
    #expect(try bench.names() == ["segment-000000.pcapng.part", "segment-000001.pcapng"])
    #expect(try bench.content().datagrams == [0])
  }

  @Test(arguments: [FaultyFiles.Call.rename, .synchronizeFolder])
  func aFailureOfTheFolderIsReported(call: FaultyFiles.Call) throws {
    let bench = try WriterBench()
    bench.offer(0)
    bench.engine.pump()
    _ = bench.engine.syncer.synchronize()
    bench.files.plan { other, _ in other == call ? .error(.ioError) : nil }
    let error = bench.finish()
    #expect(error?.code == .io)
    #expect(try bench.content().datagrams == [0])
    #expect(bench.files.open == 0)
  }

  @Test("a disk that stays broken: backoff, drops counted as the disk's, then all is well again")
  func lastingFailure() throws {
    let bench = try WriterBench(options: WriterOptions(ringBytes: 8192))
    bench.engine.pump()
    bench.files.plan { call, _ in
      call == .write || call == .create ? .error(.readOnlyFileSystem) : nil
    }
    var taken: [UInt32] = []
    var attempts = 0
    for number in 0..<120 as Range<UInt32> {
      if bench.offer(number) { taken.append(number) }
      let before = bench.files.count(.create)
      bench.engine.pump()
      attempts += bench.files.count(.create) - before
      bench.clock.advance(second)
    }
    #expect(attempts >= 5 && attempts <= 10, "1, 2, 4, 8, 16, 30, 30 … seconds")
    let status = bench.engine.status
    #expect(status.segment == nil)
    #expect(status.currentError?.code == .io)
    #expect(status.droppedDisk == UInt64(120 - taken.count))
    #expect(status.droppedDisk > 50)
    #expect(status.droppedRing == 0)
    bench.files.plan { _, _ in nil }
    bench.clock.advance(30 * second)
    bench.engine.pump()
    _ = bench.engine.syncer.synchronize()
    bench.engine.pump()
    #expect(bench.engine.status.currentError == nil)
    if bench.offer(500) { taken.append(500) }
    #expect(bench.finish() == nil)
    let content = try bench.content()
    #expect(content.datagrams == taken)
    #expect(content.drops("disk") == status.droppedDisk)
    #expect(content.numbersIncrease)
  }

  @Test("a segment that cannot even be begun leaves no file")
  func failureAtTheHeader() throws {
    let bench = try WriterBench()
    bench.files.plan { call, number in
      call == .write && number < 3 ? .torn(10, .noSpace) : nil
    }
    for _ in 0..<10 {
      bench.engine.pump()
      bench.clock.advance(second)
    }
    bench.offer(1)
    #expect(bench.finish() == nil)
    #expect(try bench.names() == ["segment-000000.pcapng"])
    let content = try bench.content()
    #expect(content.isComplete)
    #expect(content.damages.isEmpty)
    #expect(content.datagrams == [1])
  }

  @Test func atTheFreeSpaceFloorItStopsCleanly() throws {
    let bench = try WriterBench()
    for number in 0..<10 as Range<UInt32> { bench.offer(number) }
    bench.engine.pump()
    bench.files.setFree((64 << 20) - 1)
    _ = bench.engine.syncer.synchronize()
    for number in 10..<20 as Range<UInt32> { bench.offer(number) }
    let progress = bench.engine.pump()
    #expect(progress == .stopped)
    #expect(bench.engine.status.isStopped)
    #expect(bench.engine.status.currentError?.code == .noSpace)
    let isTaken = bench.offer(20)
    #expect(!isTaken)
    #expect(bench.engine.status.droppedDisk == 1)
    let error = bench.finish()
    #expect(error?.code == .noSpace)
    let content = try bench.content()
    #expect(content.isComplete)
    #expect(content.ends == ["disk_full"])
    #expect(content.datagrams == Array(0..<20))
    #expect(try bench.names() == ["segment-000000.pcapng"])
  }

  @Test func finishingOnABrokenDiskSaysWhatIsLost() throws {
    let bench = try WriterBench()
    bench.offer(0)
    bench.engine.pump()
    bench.files.plan { call, _ in call == .write ? .error(.ioError) : nil }
    for number in 1..<10 as Range<UInt32> { bench.offer(number) }
    bench.note(LeaveEvent(reason: "told to"))
    let error = bench.finish()
    #expect(error?.code == .io)
    let status = bench.engine.status
    #expect(status.isStopped)
    #expect(status.packetsStored == 1)
    #expect(status.droppedDisk == 9)
    #expect(status.eventsDropped >= 1)
    #expect(status.packetsOffered == status.packetsStored + status.droppedDisk)
    #expect(status.queueBytes == 0)
    #expect(try bench.content().datagrams == [0])
    #expect(bench.files.open == 0)
  }
}
