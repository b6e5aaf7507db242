import Testing
import Threads

@testable import CaptureLog

private let second = ManualClock.second

/// What the writer's status says while a call of the file system does not come back.
@Suite struct HangingDiskTests {
  @Test("a sync that hangs is seen in the status, with the time up to which all is stored")
  func sync() throws {
    let bench = try WriterBench()
    #expect(bench.engine.status.storedTime == nil)
    bench.files.setFree(5 << 30)
    bench.offer(0)
    bench.engine.pump()
    let stored = bench.engine.intake.now
    bench.clock.advance(second)
    _ = bench.engine.syncer.synchronize()
    #expect(bench.engine.status.storedTime == stored, "the sync says nothing of what came later")
    #expect(bench.engine.status.freeBytes == 5 << 30)
    bench.offer(1)
    bench.engine.pump()
    let synced = bench.engine.intake.now
    bench.files.syncGate.close()
    let began = bench.clock.read().boottime
    let engine = bench.engine
    let thread = try JoinableThread { _ = engine.syncer.synchronize() }
    bench.files.syncGate.awaitWaiting()
    bench.clock.advance(60 * second)
    bench.offer(2)
    bench.engine.pump()
    #expect(bench.engine.status.syncingSince == began)
    #expect(bench.engine.status.writingSince == nil)
    #expect(bench.engine.status.storedTime == stored)
    bench.files.syncGate.open()
    thread.join()
    #expect(bench.engine.status.syncingSince == nil)
    #expect(bench.engine.status.storedTime == synced)
    #expect(bench.finish() == nil)
  }

  @Test("a write that hangs is seen in the status; a sync next to it stores no later time")
  func write() throws {
    let bench = try WriterBench()
    bench.engine.pump()
    let written = bench.engine.intake.now
    bench.clock.advance(second)
    bench.offer(0)
    bench.files.writeGate.close()
    let began = bench.clock.read().boottime
    let engine = bench.engine
    let thread = try JoinableThread { _ = engine.pump() }
    bench.files.writeGate.awaitWaiting()
    bench.clock.advance(60 * second)
    #expect(bench.engine.status.writingSince == began)
    _ = bench.engine.syncer.synchronize()
    #expect(bench.engine.status.syncingSince == nil)
    #expect(bench.engine.status.storedTime == written)
    bench.files.writeGate.open()
    thread.join()
    #expect(bench.engine.status.writingSince == nil)
    #expect(bench.finish() == nil)
    #expect(try bench.content().datagrams == [0])
  }
}
