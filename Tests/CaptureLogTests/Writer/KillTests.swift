internal import Glibc
internal import SystemPackage
internal import TestSupport
internal import Testing

@testable import CaptureLog

/// The process is killed (SIGKILL) while it records.
@Suite struct KillTests {
  @Test("whatever the status called stored is there after kill -9")
  func killed() async throws {
    let scratch = try TemporaryFolder()
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = scratch.path.string as String] in
      let writer = try CaptureWriter.create(
        in: FilePath(path), session: CaptureFixture.session)
      try writer.addConnection(0, addresses: CaptureFixture.ipv4)
      for number in 0..<3000 as Range<UInt32> {
        let bytes = WriterBench.datagram(number)
        writer.append(packet: bytes.span, connection: 0, kernelTime: nil)
      }
      while writer.status.packetsStored < 3000 { sched_yield() }
      kill(getpid(), SIGKILL)
    }
    let folder = scratch.path.appending(CaptureFixture.session.id)
    let content = try CaptureContent(reading: folder)
    #expect(!content.isComplete)
    #expect(content.damages.isEmpty)
    #expect(content.datagrams == Array(0..<3000))
    let writer = try CaptureWriter.resume(folder)
    try writer.finish()
    #expect(try CaptureContent(reading: folder).datagrams.count == 3000)
  }

  @Test("killed at the k-th call to the file system", arguments: 1...40)
  func killedAtCall(number: Int) async throws {
    let scratch = try TemporaryFolder()
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = scratch.path.string as String, number = number as Int] in
      try record(in: FilePath(path), killedAt: number)
    }
    let folder = scratch.path.appending("capture")
    let stored = try acknowledged(in: scratch.path)
    let content = try CaptureContent(reading: folder)
    #expect(content.datagrams.count >= stored)
    #expect(content.datagrams == Array(0..<UInt32(content.datagrams.count)))
    #expect(content.numbersIncrease)
    #expect(content.damages.allSatisfy { $0.cause == .torn })
    #expect(content.damages.count <= 1)
    let writer = try CaptureWriter.resume(folder)
    try writer.finish()
  }
}

/// Records, rotating often, until the `number`-th call to the file system. A write is torn first.
/// What is stored is noted in the file `stored` after each round.
private func record(in scratch: FilePath, killedAt number: Int) throws {
  let files = FaultyFiles()
  let bench = try WriterBench(
    options: WriterOptions(segmentBytes: 5000), files: files,
    folder: scratch.appending("capture"))
  let calls = Counter()
  files.plan { call, _ in
    let count = calls.next()
    if count == number, call == .write { return .short(37 * number) }
    if count >= number { kill(getpid(), SIGKILL) }
    return nil
  }
  let note = open(scratch.appending("stored").string, O_WRONLY | O_CREAT, 0o600)
  for packet in 0..<10_000 as Range<UInt32> {
    bench.offer(packet)
    if packet % 10 == 9 {
      bench.engine.pump()
      let text = [UInt8]("\(bench.engine.status.packetsStored)".utf8)
      pwrite(note, text, text.count, 0)
    }
    if packet % 40 == 39 { _ = bench.engine.syncer.synchronize() }
  }
}

private func acknowledged(in scratch: FilePath) throws -> Int {
  let bytes = try FileSource.contents(of: scratch.appending("stored"), limit: 100) ?? []
  return Int(String(decoding: bytes, as: UTF8.self)) ?? 0
}
