internal import FoundationEssentials
internal import Glibc
internal import SystemPackage
internal import TestSupport
internal import Testing

@testable import CaptureLog

private let second = ManualClock.second

/// The whole writer, with its threads.
@Suite struct CaptureWriterTests {
  let scratch: TemporaryFolder
  let clock = ManualClock()
  let files = FaultyFiles()
  var folder: FilePath { scratch.path.appending(CaptureFixture.session.id) }

  init() throws { scratch = try TemporaryFolder() }

  private func create(options: WriterOptions = WriterOptions()) throws -> CaptureWriter {
    let writer = try CaptureWriter.create(
      in: scratch.path, session: CaptureFixture.session, options: options, clock: clock,
      files: files)
    try writer.addConnection(0, addresses: CaptureFixture.ipv4)
    return writer
  }

  @discardableResult
  private func offer(_ writer: CaptureWriter, _ numbers: Range<UInt32>) -> [UInt32] {
    numbers.filter {
      let bytes = WriterBench.datagram($0)
      return writer.append(packet: bytes.span, connection: 0, kernelTime: nil)
    }
  }

  @Test func recordsWithTheSystemsClockAndFiles() throws {
    let writer = try CaptureWriter.create(in: scratch.path, session: CaptureFixture.session)
    try writer.addConnection(0, addresses: CaptureFixture.ipv6)
    writer.append(VoiceServerEvent(endpoint: "voice.example:443"))
    offer(writer, 0..<200)
    writer.append(LeaveEvent(reason: "told to"))
    try writer.finish(reason: "finished")
    try writer.finish(reason: "again")

    let content = try CaptureContent(reading: folder)
    #expect(content.isComplete)
    #expect(content.damages.isEmpty)
    #expect(content.datagrams == Array(0..<200))
    #expect(content.numbersIncrease)
    #expect(content.ends == ["finished"])
    let status = writer.status
    #expect(status.packetsStored == 200 && status.packetsOffered == 200)
    #expect(status.syncedNumber == status.nextNumber)

    var info = stat()
    #expect(stat(folder.string, &info) == 0 && info.st_mode & 0o777 == 0o700)
    for name in ["segment-000000.pcapng", "session.json", "lock"] {
      #expect(stat(folder.appending(name).string, &info) == 0 && info.st_mode & 0o777 == 0o600)
    }
    let session = try CaptureReader(opening: folder).session
    #expect(session.bootID == SystemCaptureClock().bootID)
    #expect(session.startBoottimeNanoseconds != nil)
    #expect(session == writer.session)
  }

  @Test("the writer thread stores packets by itself, woken from sleep")
  func writesWithoutBeingAsked() throws {
    let writer = try create()
    for round in 0..<20 as Range<UInt32> {
      offer(writer, round..<(round + 1))
      // Ends only if the thread does its work.
      while writer.status.packetsStored <= UInt64(round) { sched_yield() }
    }
    try writer.finish()
    #expect(try CaptureContent(reading: folder).datagrams == Array(0..<20))
  }

  @Test("neither receive thread nor writer wait for a sync that is stuck")
  func stuckSync() throws {
    let writer = try create(options: WriterOptions(segmentBytes: 100_000))
    files.syncGate.close()
    offer(writer, 0..<1000)
    writer.flush()
    // The first segment was rotated out and waits at the gate.
    files.syncGate.awaitWaiting()
    let taken = offer(writer, 1000..<5000)
    writer.flush()
    #expect(taken.count == 4000)
    #expect(writer.status.packetsStored == 5000)
    #expect(writer.status.currentError == nil)
    files.syncGate.open()
    try writer.finish()
    let content = try CaptureContent(reading: folder)
    #expect(content.datagrams == Array(0..<5000))
    #expect(content.isComplete)
  }

  @Test func aWriterThatIsDroppedLeavesItsPart() throws {
    do {
      let writer = try create()
      offer(writer, 0..<10)
      writer.flush()
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.string)
    #expect(names.contains("segment-000000.pcapng.part"))
    let content = try CaptureContent(reading: folder)
    #expect(!content.isComplete)
    #expect(content.damages.isEmpty)
    #expect(content.datagrams == Array(0..<10))
    #expect(files.open == 0)
  }

  @Test func aLiveCaptureIsReadAndRefusesAnotherRecorder() throws {
    let writer = try create()
    offer(writer, 0..<10)
    writer.flush()
    let content = try CaptureContent(reading: folder)
    #expect(content.datagrams == Array(0..<10))
    #expect(!content.isComplete)
    let refused = #expect(throws: CaptureError.self) { try CaptureWriter.resume(folder) }
    #expect(refused?.code == .locked)
    #expect(refused?.message.contains("\(getpid())") == true)
    try writer.finish()
    let again = try CaptureWriter.resume(folder)
    try again.finish()
  }

  @Test func manyThreadsMayAppend() async throws {
    let writer = try create()
    await withTaskGroup(of: Void.self) { group in
      for part in 0..<8 as Range<UInt32> {
        group.addTask {
          offer(writer, (part * 500)..<(part * 500 + 500))
          for number in 0..<50 as Range<UInt32> {
            writer.append(SpeakingEvent(connection: 0, user: "u", ssrc: number, speaking: 1))
          }
        }
      }
    }
    try writer.finish()
    let content = try CaptureContent(reading: folder)
    #expect(content.datagrams.sorted() == Array(0..<4000))
    for part in 0..<8 as Range<UInt32> {
      let own = content.datagrams.filter { $0 / 500 == part }
      #expect(own == own.sorted(), "each thread's packets stay in order")
    }
    #expect(content.payloads(SpeakingEvent.self).count == 400)
    #expect(content.numbersIncrease)
  }

  @Test func whatIsThereIsNotTakenOver() throws {
    try create().finish()
    let error = #expect(throws: CaptureError.self) { try create() }
    #expect(error?.code == .exists)
  }

  @Test func tooLittleSpaceIsSaidBeforeAnythingIsMade() throws {
    files.setFree(1000)
    let error = #expect(throws: CaptureError.self) { try create() }
    #expect(error?.code == .noSpace)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path.string).isEmpty)
  }

  @Test(arguments: [
    (FaultyFiles.Call.makeFolder, Errno.permissionDenied, CaptureError.Code.notPermitted),
    (.makeFolder, .noSuchFileOrDirectory, .notFound), (.create, .readOnlyFileSystem, .io),
    (.write, .noSpace, .noSpace),
  ])
  func creatingFails(
    call: FaultyFiles.Call, errno: Errno, code: CaptureError.Code
  ) throws {
    files.plan { other, _ in other == call ? .error(errno) : nil }
    let error = #expect(throws: CaptureError.self) { try create() }
    #expect(error?.code == code)
    #expect(files.open == 0)
  }

  @Test func aConnectionOutOfRangeIsRefused() throws {
    let writer = try create()
    let error = #expect(throws: CaptureError.self) {
      try writer.addConnection(65_536, addresses: CaptureFixture.ipv4)
    }
    #expect(error?.code == .invalid)
    try writer.finish()
  }
}
