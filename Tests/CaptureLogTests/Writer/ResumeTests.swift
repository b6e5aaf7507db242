internal import FoundationEssentials
internal import Glibc
internal import SystemPackage
internal import TestSupport
internal import Testing
internal import VoiceCrypto

@testable import CaptureLog

private let second = ManualClock.second

@Suite struct ResumeTests {
  let scratch: TemporaryFolder
  let files = FaultyFiles()
  var folder: FilePath { scratch.path.appending(CaptureFixture.session.id) }

  init() throws { scratch = try TemporaryFolder() }

  private func begin(_ clock: ManualClock) throws -> CaptureWriter {
    let writer = try CaptureWriter.create(
      in: scratch.path, session: CaptureFixture.session, clock: clock, files: files)
    try writer.addConnection(1, addresses: CaptureFixture.ipv4)
    return writer
  }

  private func goOn(_ clock: ManualClock) throws -> CaptureWriter {
    try CaptureWriter.resume(folder, clock: clock, files: files)
  }

  private func offer(_ writer: CaptureWriter, _ numbers: Range<UInt32>) {
    for number in numbers {
      let bytes = WriterBench.datagram(number)
      writer.append(packet: bytes.span, connection: 1, kernelTime: nil)
    }
    writer.flush()
  }

  @Test func newRecipientsAreInTheSession() throws {
    let clock = ManualClock()
    try begin(clock).finish()
    let known = try CaptureSession.read(folder).recipients
    let more = known + ["00112233aabbccdd"]
    for _ in 0..<2 {
      let writer = try CaptureWriter.resume(
        folder, recipients: ["00112233aabbccdd"] + known, clock: clock, files: files)
      #expect(writer.session.recipients == more)
      try writer.finish()
    }
    #expect(try CaptureSession.read(folder).recipients == more)
  }

  @Test func onTheSameBootTheClockAndTheNumbersGoOn() throws {
    let clock = ManualClock()
    try {
      let writer = try begin(clock)
      offer(writer, 0..<10)
    }()
    clock.advance(60 * second)
    clock.step(-5 * second)
    let writer = try goOn(clock)
    #expect(writer.nextConnection == 2)
    offer(writer, 10..<20)
    try writer.finish()

    let content = try CaptureContent(reading: folder)
    #expect(content.damages.isEmpty)
    #expect(content.datagrams == Array(0..<20))
    #expect(content.numbersIncrease)
    #expect(content.packets.last?.time == ManualClock.start + 60 * second)
    #expect(content.payloads(ClockEvent.self).map(\.bridged) == [false, false])
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.string)
    #expect(names.contains("segment-000000.pcapng.part"))
    #expect(names.contains("segment-000001.pcapng"))
  }

  @Test func overTwoReboots() throws {
    try {
      let writer = try begin(ManualClock(bootID: "a"))
      offer(writer, 0..<10)
    }()
    // Ten minutes later by the wall clock, which bridges.
    let second = ManualClock(
      bootID: "b", boottime: 5, realtime: ManualClock.start + 600 * 1_000_000_000)
    try {
      let writer = try goOn(second)
      offer(writer, 10..<20)
    }()
    // A restart on the second boot goes on with the second boot's clock, whatever the wall says.
    second.advance(ManualClock.second)
    second.step(3600 * ManualClock.second)
    try {
      let writer = try goOn(second)
      offer(writer, 20..<30)
    }()
    // The third boot has lost the time of day.
    let writer = try goOn(ManualClock(bootID: "c", boottime: 77, realtime: 0))
    offer(writer, 30..<40)
    try writer.finish()

    let content = try CaptureContent(reading: folder)
    #expect(content.datagrams == Array(0..<40))
    #expect(content.damages.isEmpty)
    let seconds = content.packets.map { ($0.time - ManualClock.start) / ManualClock.second }
    #expect(Array(seconds[0..<10]) == Array(repeating: 0, count: 10))
    #expect(Array(seconds[10..<20]) == Array(repeating: 600, count: 10))
    #expect(Array(seconds[20..<40]) == Array(repeating: 601, count: 20))
    #expect(content.payloads(ClockEvent.self).map(\.bridged) == [false, true, true, true])
    #expect(content.payloads(ClockEvent.self).map(\.bootID) == ["a", "b", "b", "c"])
    #expect(content.numbersIncrease)
  }

  @Test("a torn segment is left as it is and followed by another", arguments: [1, 7, 150, 400])
  func tornSegment(cut: Int) throws {
    let clock = ManualClock()
    try {
      let writer = try begin(clock)
      offer(writer, 0..<10)
    }()
    let torn = folder.appending("segment-000000.pcapng.part").string
    var bytes = try Data(contentsOf: URL(filePath: torn))
    bytes.removeLast(cut)
    try bytes.write(to: URL(filePath: torn))
    let writer = try goOn(clock)
    offer(writer, 100..<103)
    try writer.finish()
    #expect(try Data(contentsOf: URL(filePath: torn)) == bytes)
    let content = try CaptureContent(reading: folder)
    #expect(content.datagrams.suffix(3) == [100, 101, 102])
    #expect(content.datagrams.count >= 10)
    #expect(content.numbersIncrease)
    #expect(content.damages.allSatisfy { $0.cause == .torn && $0.missing == 0 })
  }

  @Test("a segment torn in its beginning does not know the connections")
  func tornBeginning() throws {
    let clock = ManualClock()
    try {
      let writer = try begin(clock)
      offer(writer, 0..<10)
    }()
    try goOn(clock).finish()
    let whole = folder.appending("segment-000001.pcapng").string
    let bytes = try Data(contentsOf: URL(filePath: whole))
    try FileManager.default.removeItem(atPath: whole)
    for size in stride(from: 0, to: bytes.count, by: 4) {
      try bytes.prefix(size).write(to: URL(filePath: whole + ".part"))
      let point = try ResumePoint(in: folder, session: CaptureFixture.session)
      #expect(point.start.connections == 2, "\(size)")
      #expect(point.start.segment == 2)
      #expect(point.lastTime == ManualClock.start, "\(size)")
    }
  }

  @Test("a connection of which there are only keys is not numbered again")
  func connectionsOfTheKeyLog() throws {
    let clock = ManualClock()
    try begin(clock).finish()
    var keys = try KeyLogWriter(
      in: folder, recipients: [OperatorKey.generate().publicKey], files: files)
    try keys.append(
      KeyRecord(
        time: clock.read().realtime,
        .transport(
          connection: 6, mode: .aes256GCM, key: SecretBytes([UInt8](repeating: 1, count: 32)))))
    #expect(try goOn(clock).nextConnection == 7)
  }

  @Test func afterASegmentThatHoldsNothing() throws {
    let clock = ManualClock()
    try begin(clock).finish()
    for number in 1...2 {
      let name = SegmentFormat.fileName(UInt32(number), isPart: true)
      try Data().write(to: URL(filePath: folder.appending(name).string))
    }
    let point = try ResumePoint(in: folder, session: CaptureFixture.session)
    #expect(point.start.segment == 3)
    #expect(point.start.connections == 2)
    #expect(point.start.number > 3)
  }

  @Test func whatIsNoCaptureIsLeftAlone() throws {
    let missing = #expect(throws: CaptureError.self) { try goOn(ManualClock()) }
    #expect(missing?.code == .notFound)
    let empty = #expect(throws: CaptureError.self) {
      try CaptureWriter.resume(scratch.path, clock: ManualClock(), files: files)
    }
    #expect(empty != nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path.string).isEmpty)
  }
}
